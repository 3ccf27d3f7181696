"""The status line: what is happening, the progress, and the time left."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive

from seedtui.app.state.activity import Activity
from seedtui.core.text.display import visible
from seedtui.engine.wire.protocol import Memory
from seedtui.ui.widgets.plain import PlainStatic


class StatusBar(PlainStatic):
    """Draws an `Activity`."""

    DEFAULT_CSS = """
    StatusBar { height: 1; padding: 0 1; color: $text-muted; }
    """

    activity: reactive[Activity] = reactive(Activity())
    waiting: reactive[int] = reactive(0)
    """The number of rounds that wait behind the running one."""

    marked: reactive[int] = reactive(0)
    """The number of marked pictures."""

    memory: reactive[Memory | None] = reactive(None)
    restart: reactive[str] = reactive("")
    """What to press when the worker hangs."""

    def render(self) -> Content:
        memory = _memory(self.memory, self.content_size.width >= 100) if self.memory else ""
        right = "  ".join(filter(None, (f"{self.marked} marked" if self.marked else "", memory)))
        room = self.content_size.width - len(right) - (2 if right else 0)
        left = self._left(room).truncate(max(room, 0), ellipsis=True)
        return Content.assemble(left, " " * (self.content_size.width - left.cell_length - len(right)), right)

    def _left(self, width: int) -> Content:
        at = self.activity
        words = visible(f"{at.words}…" if at.busy and not at.total else at.words)
        behind = f" · {self.waiting} waiting" if self.waiting else ""
        if at.quiet:
            remedy = f", {self.restart}" if at.stuck else ""
            behind = f" · no step for {_time(at.quiet)}{remedy}{behind}"
        if not at.busy or not at.total:
            return Content(words + behind)
        figures = f"  {at.done}/{at.total}{_speed(at) if not at.quiet else ''}{behind}"
        return Content.assemble(
            words, "  ", *_bar(at.done / at.total, min(width - len(words) - len(figures) - 2, 48)), (figures, "")
        )


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
