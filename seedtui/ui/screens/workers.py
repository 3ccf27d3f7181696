"""The workers of the pool: what each one does, and keys to add, drain, park, restart and remove them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Input

from seedtui.app.pool_words import (
    USABLE,
    about,
    classes,
    count_and_pace,
    pace_in_words,
    state_in_words,
)
from seedtui.app.state.state import State
from seedtui.core.errors import InputError
from seedtui.core.pool.plan import check_host
from seedtui.core.text.display import visible
from seedtui.core.text.formatting import counted
from seedtui.engine.wire.pool_protocol import ChangeHow, ChangeWorker, WorkerView
from seedtui.engine.wire.protocol import Told
from seedtui.ui.keys.table import bindings
from seedtui.ui.messages import WorkerAdded, WorkerChanged
from seedtui.ui.screens.following import FollowingScreen
from seedtui.ui.widgets.line_list import LineList
from seedtui.ui.widgets.plain import PlainBox, PlainInput, PlainLabel, PlainStatic

_ADD_KEYS = "enter add · esc cancel"

_ENDED_KEYS = ("? help · esc close",)

ENDED = "all workers have ended: press esc, then ctrl+r to start them again"

SAID = 8.0
"""Seconds for which the screen says what was done, or what passes."""

ROOMY = 70
"""Columns from which the table has wider gaps and longer titles."""


class Column(NamedTuple):
    """A column of the table, `cells` wide."""

    title: str
    cells: int
    text: Callable[[WorkerView], str]
    right: bool = False


def columns(width: int, workers: Sequence[WorkerView]) -> tuple[Column, ...]:
    """As many columns as fit into `width` cells, the most important ones first; the last one gets what is left."""
    wide, gap = width >= ROOMY, _gap(width)
    longest = max((len(visible(worker.name)) for worker in workers), default=0)
    wanted = [
        Column("worker", min(max(longest, 8), 20 if wide else 12), lambda worker: worker.name),
        Column("state", 11, lambda worker: _state(worker, wide)),
        Column("makes", 13 if wide else 12, lambda worker: worker.doing),
        Column("images/min" if wide else "/min", 10 if wide else 5, _pace, True),
        Column("class", 5, lambda worker: str(worker.group or ""), True),
        Column("memory", 12, _memory, True),
        Column("device", 16, lambda worker: worker.device),
        Column("model", 16, lambda worker: worker.model),
    ]
    if classes(workers) < 2:
        wanted = [column for column in wanted if column.title != "class"]
    if not any(worker.memory_total for worker in workers):
        wanted = [column for column in wanted if column.title != "memory"]
    fitting: list[Column] = []
    left = width
    for column in wanted:
        if column.cells > left:
            break
        fitting.append(column)
        left -= column.cells + gap
    return tuple(fitting)


def row(cells: Sequence[str], shown: Sequence[Column], width: int) -> Text:
    """The texts of `cells` in the columns `shown`, cut or filled up."""
    line = Text(no_wrap=True, overflow="ellipsis")
    for words, column in zip(cells, shown, strict=True):
        is_last = column is shown[-1]
        room = width - line.cell_len if is_last and not column.right else column.cells
        cell = Text(visible(words))
        cell.truncate(room, overflow="ellipsis")
        cell.align("right" if column.right else "left", room)
        line.append_text(cell).append("" if is_last else " " * _gap(width))
    return line


def _gap(width: int) -> int:
    return 2 if width >= ROOMY else 1


def _state(worker: WorkerView, wide: bool) -> str:
    words = state_in_words(worker)
    return f"{words} {worker.quiet} s" if worker.quiet and wide else words


def _pace(worker: WorkerView) -> str:
    return pace_in_words(worker.per_minute) if worker.state in USABLE else ""


def _memory(worker: WorkerView) -> str:
    """``17 / 80 GB``: used by anyone, and the total."""
    if not worker.memory_total:
        return ""
    used, total = (worker.memory_ours + worker.memory_others) / 1e9, worker.memory_total / 1e9
    return f"{used:.{0 if used >= 9.95 else 1}f} / {total:.0f} GB"


def keys_for(worker: WorkerView | None) -> tuple[str, ...]:
    """The keys for the worker under the cursor, for a lower border: where it is short, without those all know."""
    if worker is None:
        return "a add · ? help · esc close", "a add · esc close"
    drain = "d resume" if is_undone("drain", worker) else "d drain" if is_possible("drain", worker) else ""
    park = "p wake" if is_undone("park", worker) else "p park" if is_possible("park", worker) else ""
    keys = " · ".join(filter(None, ("a add", drain, "r restart", park, "x remove")))
    return f"{keys} · ? help · esc close", f"{keys} · esc close", keys


def _shown(state: State) -> tuple[object, ...]:
    """What the screen shows of it."""
    return state.workers, state.batches_waiting, state.worker_gone


def is_undone(how: ChangeHow, worker: WorkerView) -> bool:
    """Whether the key takes back what was done to the worker before."""
    return worker.state in {"drain": ("draining", "drained"), "park": ("parked",)}.get(how, ())


def is_possible(how: ChangeHow, worker: WorkerView) -> bool:
    """Whether the key changes anything: one that has failed gets no work anyway, and neither does a parked one."""
    return worker.state not in {"drain": ("failed", "parked"), "park": ("failed",)}.get(how, ())


def done(how: ChangeHow, worker: WorkerView) -> str:
    """What happens to the worker now that the key was pressed."""
    name = worker.name
    if not is_possible(how, worker):
        return f"{name} is parked: press p first" if worker.state == "parked" else f"{name} has failed: press r first"
    if is_undone(how, worker):
        return f"{name} takes work again"
    match how:
        case "drain":
            first = "finishes its batch and then gets" if worker.doing else "gets"
            return f"{name} {first} no more work; press d to undo that"
        case "park":
            freed = ", and its weights leave the GPU" if worker.memory_total else ""
            return f"{name} is parked: it gets no work{freed}; press p to wake it"
        case "restart":
            return f"{name} is restarting"
        case "remove":
            return f"{name} was removed"


class Titles(PlainStatic):
    """The titles of the columns."""

    DEFAULT_CSS = "Titles { height: 1; color: $text-muted; }"

    pool: reactive[tuple[WorkerView, ...]] = reactive(())

    def render(self) -> Content:
        shown = columns(self.size.width, self.pool)
        return Content(row([column.title for column in shown], shown, self.size.width).plain)


class WorkerList(LineList):
    """One worker per line."""

    COMPONENT_CLASSES = {"workers--rests", "workers--warning", "workers--error"}

    DEFAULT_CSS = """
    WorkerList, WorkerList:focus { border: none; padding: 0; height: auto; min-height: 1; max-height: 1fr; }
    WorkerList > .workers--rests { color: $text-muted; }
    WorkerList > .workers--warning { color: $text-warning; }
    WorkerList > .workers--error { color: $text-error; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.pool: tuple[WorkerView, ...] = ()

    @property
    def at(self) -> WorkerView | None:
        """The worker under the cursor."""
        return self.pool[self.cursor] if self.pool else None

    def show(self, workers: tuple[WorkerView, ...]) -> None:
        """Draw `workers`, with the cursor on the one it was on, or else in its place."""
        at, cursor = self.at, self.cursor
        self.pool, self.count = workers, len(workers)
        places = [place for place, worker in enumerate(workers) if at and worker.id == at.id]
        self.cursor = places[0] if places else cursor
        self.refresh(layout=True)

    def line(self, row_: int, width: int) -> Text:
        worker, shown = self.pool[row_], columns(width, self.pool)
        line = row([column.text(worker) for column in shown], shown, width)
        look = {
            "working": "", "draining": "", "silent": "workers--warning", "away": "workers--warning",
            "failed": "workers--error",
        }.get(worker.state, "workers--rests")  # fmt: skip
        if look:
            line.stylize(self.get_component_rich_style(look, partial=True), shown[0].cells, None)
        return line

    def moved(self, row_: int) -> None:
        cast(WorkersScreen, self.screen).tell_about()


class WorkersScreen(FollowingScreen):
    """The table, and below it what is known of the worker under the cursor, or the field for another one."""

    BINDINGS = bindings("workers")
    MANUAL_PAGE = "several-gpus"

    DEFAULT_CSS = """
    WorkersScreen { align: center middle; }
    WorkersScreen #box { width: 112; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
                             border: round $border; border-title-color: $text-muted;
                             border-subtitle-color: $text-muted; }
    WorkersScreen #about { height: auto; min-height: 3; max-height: 8; margin: 1 0 0 0; color: $text-muted; }
    WorkersScreen #adding { height: 3; margin: 1 0 0 0; display: none; }
    WorkersScreen #adding Label { width: 100%; color: $text-muted; }
    WorkersScreen #adding Input { background: $surface-lighten-1; }
    WorkersScreen #wrong { color: $text-error; }
    WorkersScreen.-adding #adding { display: block; }
    WorkersScreen.-adding #about { display: none; }
    """

    rows = query_one(WorkerList)
    box = query_one("#box", PlainBox)
    titles = query_one(Titles)
    about = query_one("#about", PlainStatic)
    place = query_one(PlainInput)
    wrong = query_one("#wrong", PlainLabel)

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._said = ""
        self._forgets: Timer | None = None

    def compose(self) -> ComposeResult:
        with PlainBox(id="box") as box:
            box.name_keys(*keys_for(None))
            yield Titles()
            yield WorkerList()
            yield PlainStatic(id="about")
            with PlainBox(id="adding"):
                yield PlainLabel("add a worker on")
                yield PlainInput(placeholder="a host, such as user@box; leave empty for this machine", compact=True)
                yield PlainLabel(id="wrong")

    def on_mount(self) -> None:
        self.set_focus(self.rows)
        self._fill()
        failed = (place for place, worker in enumerate(self.rows.pool) if worker.state == "failed")
        self.rows.action_move(next(failed, 0))  # below the table is why

    def watch_state(self, old: State | None, state: State | None) -> None:
        if old is None or state is None or _shown(old) != _shown(state):
            self._fill()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        event.stop()

    # --- keys

    def action_close(self) -> None:
        if self.adding:
            self._stop_adding()
        else:
            self.dismiss()

    def action_add(self) -> None:
        """Ask where to start another worker."""
        if self.has_ended:
            return  # nobody is there to start it
        self.place.value = ""
        self.add_class("-adding")
        self._name_keys()
        self.set_focus(self.place)

    def action_change(self, how: ChangeHow) -> None:
        """Drain, park, restart or remove the worker under the cursor."""
        worker = self.rows.at
        if worker is None:
            return
        if is_possible(how, worker):
            self.post_message(WorkerChanged(ChangeWorker(worker.id, how)))
        self.say(done(how, worker))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        where = event.value.strip()
        try:
            self.post_message(WorkerAdded(check_host(where) if where else ""))
        except InputError as error:
            self.wrong.update(str(error))
            return
        self._stop_adding()
        self.say(f"starting a worker on {where or 'this machine'}")

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.wrong.update("")

    @property
    def has_ended(self) -> bool:
        """Whether no worker is left, nor anything that could start one."""
        return self.state is not None and self.state.worker_gone

    @property
    def adding(self) -> bool:
        """Whether the user is typing where to add a worker."""
        return self.has_class("-adding")

    def take(self, told: Told) -> bool:
        """Say what the pool tells. What has failed is in the table, for as long as it lasts."""
        self.say(told.words, told.passing)
        return told.passing or told.of_workers

    def say(self, words: str, passing: bool = True) -> None:
        """Say what a key has done, or what the pool tells: for some seconds, or until there is something else."""
        if self._forgets is not None:
            self._forgets.stop()
        self._said, self._forgets = words, self.set_timer(SAID, self._forget) if passing else None
        self.tell_about()

    def _forget(self) -> None:
        self._said = ""
        self.tell_about()

    def _name_keys(self) -> None:
        keys = (_ADD_KEYS,) if self.adding else _ENDED_KEYS if self.has_ended else keys_for(self.rows.at)
        self.box.name_keys(*keys)

    def tell_about(self) -> None:
        """Say what is known of the worker under the cursor, and what was done."""
        worker = self.rows.at
        lines = (ENDED,) if self.has_ended else about(worker, classes(self.rows.pool) > 1) if worker else ()
        repeats = worker is not None and bool(worker.why) and worker.why in self._said
        said = [Content(visible(self._said)).stylize("$foreground")] if self._said and not repeats else []
        self.about.update(Content("\n").join([*(Content(visible(line)) for line in lines), *said]))
        self._name_keys()

    # --- within

    def _stop_adding(self) -> None:
        self.remove_class("-adding")
        self._name_keys()
        self.set_focus(self.rows)

    def _fill(self) -> None:
        state = self.state
        if state is None:
            return
        self.rows.show(state.workers)
        waiting = counted(state.batches_waiting, "batch", "batches")
        words = (*count_and_pace(state.workers), f"{waiting} waiting" if state.batches_waiting else "")
        self.box.border_title = " · ".join(filter(None, words))
        self.titles.pool = state.workers
        self.tell_about()
