"""The status line: what is happening, the progress, and the time left."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive

from seedtui.app.state.activity import Activity
from seedtui.app.state.said import Said
from seedtui.core.text.display import visible
from seedtui.engine.wire.protocol import Memory
from seedtui.ui.widgets.bars.fitting import shortened
from seedtui.ui.widgets.plain import PlainStatic

FRESH = 6.0
"""Seconds for which what a key has done stays in sight while something else happens."""


class StatusBar(PlainStatic):
    """Draws an `Activity`, and what a key has done: until something else happens, at least for `FRESH` seconds.

    `clock` tells the time in seconds.
    """

    DEFAULT_CSS = """
    StatusBar { height: 1; padding: 0 1; color: $text-muted; }
    """

    activity: reactive[Activity] = reactive(Activity())
    said: reactive[Said] = reactive(Said())
    waiting: reactive[int] = reactive(0)
    """The number of rounds that wait behind the running one."""

    marked: reactive[int] = reactive(0)
    """The number of marked pictures."""

    place: reactive[tuple[str, ...]] = reactive(())
    """Where the pick is on a sheet; where there is no room for all parts, the last ones are left out."""

    elsewhere: reactive[str] = reactive("")
    """The title of the running round, if another one is shown."""

    leaving: reactive[bool] = reactive(False)
    """The app quits when all rounds are done."""

    hint: reactive[str] = reactive("")
    """Shown while nothing happens and there is room."""

    memory: reactive[Memory | None] = reactive(None)
    restart: reactive[str] = reactive("")
    """What to press when the worker hangs."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._said_at = 0.0
        self._is_last = False

    def watch_said(self, said: Said) -> None:
        self._said_at, self._is_last = self._clock(), bool(said.words)

    def watch_activity(self) -> None:
        if self._is_last:
            self._is_last = False
            self.set_timer(FRESH, self.refresh)

    def render(self) -> Content:
        memory = _memory(self.memory, self.content_size.width >= 100) if self.memory else ""
        leaving = "quits when done" if self.leaving else ""
        place = self.place
        while place and cell_len(" · ".join(place)) > self.content_size.width // (3 if self.activity.busy else 2):
            place = place[:-1]
        marked = f"{self.marked} marked" if self.marked else ""
        right = "  ".join(filter(None, (visible(" · ".join(place)), marked, leaving, memory)))
        room = self.content_size.width - len(right) - (2 if right else 0)
        left = self._left(room).truncate(max(room, 0), ellipsis=True)
        hint = "" if self.activity.busy or left.cell_length + cell_len(self.hint) + 3 > room else visible(self.hint)
        right = "  ".join(filter(None, (hint, right)))
        return Content.assemble(left, " " * (self.content_size.width - left.cell_length - cell_len(right)), right)

    @property
    def _news(self) -> str:
        """What a key has done, if nothing has happened since, or only just."""
        fresh = self._is_last or self._clock() - self._said_at < FRESH
        return visible(self.said.words) if fresh else ""

    def _left(self, width: int) -> Content:
        at, news = self.activity, self._news
        elsewhere = f"{self.elsewhere}: " if self.elsewhere and at.busy else ""
        words = visible(f"{elsewhere}{at.words}{'…' if at.busy and not at.total else ''}")
        behind = f" · {self.waiting} waiting" if self.waiting else ""
        if at.quiet:
            remedy = f", {self.restart}" if at.stuck else ""
            behind = f" · no step for {_time(at.quiet)}{remedy}{behind}"
        if not at.busy or not at.total:
            rest = words + behind
            if self._is_last and not at.busy and cell_len(news) + cell_len(rest) + 3 > width:
                rest = behind.removeprefix(" · ")  # what ended before is old
            news = shortened(news, max(width - cell_len(rest) - 3, width // 2))
            return Content(" · ".join(filter(None, (news, rest))))
        figures = f"  {at.done}/{at.total}{_speed(at) if not at.quiet else ''}{behind}"
        words = shortened(news, max(width - cell_len(figures), 8)) if news else words
        bar = _bar(at.done / at.total, min(width - cell_len(words) - cell_len(figures) - 2, 48))
        return Content.assemble(words, "  " if bar else "", *bar, (figures, ""))


def _bar(share: float, width: int) -> list[tuple[str, str]]:
    """A thin bar of `width` cells, in half cells."""
    if width < 8:
        return []
    halves = round(share * width * 2)
    full, half = divmod(halves, 2)
    done = "━" * full + "╸" * half
    return [(done, "$foreground"), ("━" * (width - len(done)), "$surface-lighten-2")]


def _memory(memory: Memory, wide: bool) -> str:
    """``5.1 / 80 GB``: the used memory of the GPU; where there is room, the part used by other programs."""
    total, used, others = (n / 1e9 for n in (memory.total, memory.ours + memory.others, memory.others))
    by_others = f" · {others:.1f} by others" if wide and others >= 0.05 else ""
    return f"{used:.1f} / {total:.0f} GB{by_others}"


def _speed(at: Activity) -> str:
    left = at.seconds_left
    if left is None or at.done < 2:
        return ""
    return f" · {at.rate:.1f} it/s · {_time(left)} left"


def _time(seconds: float) -> str:
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 90 else f"{whole // 60} min {whole % 60:02d} s"
