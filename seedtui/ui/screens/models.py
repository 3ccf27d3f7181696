"""The models to choose from: those on this machine, and any other by its name."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key, Paste
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from seedtui.core.errors import Problem, SeedtuiError
from seedtui.core.text.display import visible
from seedtui.core.text.formatting import size_in_words
from seedtui.models.resolve import ALIASES, Model, NotHere, find_model, is_hub_id
from seedtui.ui.keys.table import bindings
from seedtui.ui.keys.type_ahead import needs_no_list
from seedtui.ui.screens.download import DownloadScreen
from seedtui.ui.widgets.plain import PlainBox, PlainInput, PlainOptions, PlainStatic

_SOURCES = {"starter": "comes with seedtui", "hub": "from the Hub", "folder": "folder", "file": "file"}


class Row(NamedTuple):
    """A line of the list: the name that it loads, and what is shown."""

    name: str
    shown: str
    kind: str
    source: str
    size: str
    about: str


class ModelScreen(ModalScreen[Model | None]):
    """Dismissed with a model that is on this machine, or None. `now` is the name of the one in use.

    The input narrows the list, and can itself be a name: a Hub ID, a folder, a file. It begins with `typed`, what was
    typed and not chosen before. `half`: download fp16
    weights.
    """

    BINDINGS = bindings("models")
    MANUAL_PAGE = "models"

    DEFAULT_CSS = """
    ModelScreen { align: center middle; }
    ModelScreen #box { width: 96; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
                       border: round $border; border-title-color: $text-muted; border-subtitle-color: $text-muted; }
    ModelScreen Input { background: transparent; margin: 0 0 1 0; }
    ModelScreen OptionList, ModelScreen OptionList:focus { height: auto; max-height: 16; padding: 0; border: none;
                       background: $background; scrollbar-size-vertical: 1; }
    ModelScreen OptionList > .option-list--option-highlighted { background: $surface-lighten-2; color: $foreground; }
    ModelScreen #about { height: 2; margin: 1 0 0 0; color: $text-muted; }
    """

    typed = query_one(PlainInput)
    rows = query_one(PlainOptions)
    about = query_one("#about", PlainStatic)

    def __init__(self, now: str, folders: Iterable[Path], half: bool, typed: str = "") -> None:
        super().__init__()
        self.typed_words = typed
        self._now, self._folders, self._half = now, tuple(folders), half
        self._found: tuple[tuple[Model, int], ...] = ()
        self._shown: list[Row] = []
        self._scanned = self._choosing = False

    def compose(self) -> ComposeResult:
        with PlainBox(id="box") as box:
            box.border_title = "model"
            box.name_keys("↑↓ choose · enter load · f1 help · esc close")
            yield PlainInput(
                self.typed_words,
                placeholder="find, or name: OWNER/NAME on the Hub, a folder, a .safetensors file",
                compact=True,
            )
            yield PlainOptions()
            yield PlainStatic(id="about")

    def on_mount(self) -> None:
        self.rows.can_focus = False
        self._fill()
        self._scan()

    @work(group="scan", exclusive=True)
    async def _scan(self) -> None:
        self._found = await asyncio.to_thread(_scan, self._folders)
        self._scanned = True
        self._fill()
        at = next((i for i, row in enumerate(self._shown) if row.name == self._now), 0)
        if self._shown and not self.typed.value:
            self.rows.highlighted = at

    def must_wait(self, event: Key | Paste) -> bool:
        """A key that chooses waits for the list, and every key for the model that was chosen."""
        return self._choosing or not (self._scanned or needs_no_list(event))

    def on_input_changed(self) -> None:
        self.typed_words = self.typed.value
        self._fill()

    def on_input_submitted(self) -> None:
        if (row := self._row) is not None:
            self._choose_now(row.name)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._choose_now(self._shown[event.option_index].name)

    def on_option_list_option_highlighted(self) -> None:
        if row := self._row:
            self.about.update(row.about)

    def action_cursor(self, step: int) -> None:
        """Move the cursor by `step` rows."""
        if self._shown:
            self.rows.highlighted = min(max((self.rows.highlighted or 0) + step, 0), len(self._shown) - 1)

    @property
    def _row(self) -> Row | None:
        at = self.rows.highlighted
        return self._shown[at] if at is not None and at < len(self._shown) else None

    def _choose_now(self, name: str) -> None:
        self._choosing = True
        self._choose(name)

    @work(group="choose", exclusive=True)
    async def _choose(self, name: str) -> None:
        """Find the model; if it is only on the Hub, show the size of the download and ask."""
        self.about.update("looking…")
        try:
            model = await asyncio.to_thread(find_model, name)
        except NotHere as missing:
            self._choosing = False
            if not await self._fetch(missing.hub_id):
                return
            self._choose_now(name)
            return
        except SeedtuiError as error:
            self._choosing = False
            self._tell(error.problem)
            return
        self.dismiss(model)

    async def _fetch(self, hub_id: str) -> bool:
        """Download the model. Whether that worked; an error is shown."""
        from seedtui.models.hub import plan_download  # its imports take a second, and only this needs them

        self.about.update(visible(f"asking the Hub about {hub_id}…"))
        try:
            plan = await asyncio.to_thread(plan_download, hub_id, self._half)
        except SeedtuiError as error:
            self._tell(error.problem)
            return False
        done = await self.app.push_screen_wait(DownloadScreen(plan))
        if isinstance(done, Problem):
            self._tell(done)
        elif not done:
            self.about.update("not downloaded")
        return done is True

    def _tell(self, problem: Problem) -> None:
        words = problem.message[:1].upper() + problem.message[1:]
        hint = f" {problem.advice}".rstrip()
        self.about.update(Content.assemble((visible(f"{words}."), "$text-error"), visible(hint)))

    def _fill(self) -> None:
        """Show the rows that match the input, with the cursor on the first."""
        typed = self.typed.value.strip()
        self._shown = _rows(self._found, typed, self._now)
        width = max(40, min(self.app.size.width, 96) - 5)
        self.rows.clear_options()
        self.rows.add_options([Option(_line(row, width, row.name == self._now)) for row in self._shown])
        if self._shown:
            self.rows.highlighted = 0
        else:
            self.about.update("" if self._scanned else "looking for models…")


def _scan(folders: tuple[Path, ...]) -> tuple[tuple[Model, int], ...]:
    from seedtui.models.installed import bytes_of, models_here

    return tuple((model, bytes_of(model)) for model in models_here(folders))


def _rows(found: Iterable[tuple[Model, int]], typed: str, now: str) -> list[Row]:
    """Models on this machine with `typed` in their names, then the model that `typed` itself may name."""
    rows = [
        Row(m.name, _short(m), m.pipeline.removesuffix("Pipeline"), _SOURCES[m.source], size_in_words(size), _about(m))
        for m, size in found
    ]
    names = {ALIASES.get(row.name, row.name) for row in rows}
    if "sd15" not in names and ALIASES["sd15"] not in names:
        about = f"{ALIASES['sd15']}: Stable Diffusion 1.5, the model of the guide"
        rows.append(Row("sd15", "sd15", "StableDiffusion", "on the Hub", "download", about))
    kept = [row for row in rows if typed.lower() in row.name.lower()]
    hub_id = ALIASES.get(typed, typed)
    if typed and typed not in names and hub_id not in names and all(typed != row.name for row in kept):
        there = os.path.exists(os.path.expanduser(typed))
        if there or is_hub_id(hub_id) or not kept:
            about = visible(f"{typed} is {hub_id} on the Hub") if hub_id != typed else "press enter to look for it"
            source = "here" if there else "on the Hub" if is_hub_id(hub_id) else "not found yet"
            kept.append(Row(typed, typed, "", source, "", about))
    elif hub_id != typed and hub_id in names:
        row = next(row for row in rows if ALIASES.get(row.name, row.name) == hub_id)
        kept.append(row._replace(name=typed, shown=typed, about=visible(f"{typed} is {hub_id} on the Hub")))
    return kept


def _short(model: Model) -> str:
    """A folder's or a file's name: the last part of its path."""
    return model.path.name if model.source in ("folder", "file") else model.name


def _about(model: Model) -> str:
    if model.source == "hub":
        return f"{visible(model.path.parent.parent)}\nrevision {visible(model.revision[:12])}"
    if model.source == "file":
        return f"{visible(model.path)}\na single file: its settings come from a model of the same kind on the Hub"
    return visible(model.path)


def _line(row: Row, width: int, now: bool) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    room = width - 2 - 24 - 20 - 9
    for words, cells, style in (
        ("●" if now else " ", 2, ""), (row.shown, room, ""), (row.kind, 24, "dim"), (row.source, 20, "dim"),
    ):  # fmt: skip
        cell = Text(visible(words), style=style)
        cell.truncate(cells - 1, overflow="ellipsis", pad=True)
        line.append_text(cell).append(" ")
    size = Text(row.size, style="dim")
    size.align("right", 8)
    return line.append_text(size)
