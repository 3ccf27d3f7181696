"""The sides of a cell's frame."""

from __future__ import annotations

from rich.segment import Segment
from rich.text import Text
from textual.content import Content
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from seedtui.core.text.display import visible

_QUIET = {"top": "╭─╮", "bottom": "╰─╯", "left": "│", "right": "│"}
_PICKED = {"top": "┏━┓", "bottom": "┗━┛", "left": "┃", "right": "┃"}


class FrameSide(Widget):
    """One side, with `words` in it: a separate widget, not a border of the cell.

    A border is written to the terminal together with what it frames, so each move of the pick would
    send two pictures again.
    """

    COMPONENT_CLASSES = {"edge--words"}

    DEFAULT_CSS = """
    FrameSide { color: $border-blurred; }
    FrameSide > .edge--words { color: $text-muted; }
    FrameSide.picked { color: $accent; }
    FrameSide.picked > .edge--words { color: $accent; text-style: bold; }
    FrameSide.top { dock: top; height: 1; }
    FrameSide.bottom { dock: bottom; height: 1; }
    FrameSide.bottom > .edge--words { color: $text-warning; text-style: none; }
    FrameSide.bottom.good > .edge--words { color: $text-success; }
    FrameSide.left { dock: left; width: 1; margin: 1 0; }
    FrameSide.right { dock: right; width: 1; margin: 1 0; }
    """

    words: reactive[str] = reactive("")
    picked: reactive[bool] = reactive(False, toggle_class="picked")

    def __init__(self, side: str) -> None:
        super().__init__(classes=side)
        self._side = side

    def watch_words(self, words: str) -> None:
        self.tooltip = Content(visible(words)) if words else None  # it may be cut

    def render_line(self, y: int) -> Strip:
        line = (_PICKED if self.picked else _QUIET)[self._side]
        if len(line) == 1:
            return Strip([Segment(line, self.rich_style)], 1)
        first, middle, last = tuple(line)
        room = max(0, self.size.width - 2)
        words = Text(f" {visible(self.words)} " if self.words else "")
        words.truncate(max(0, room - 1), overflow="ellipsis")
        rest = middle * max(0, room - words.cell_len - 1)
        left, right = (middle, rest) if self._side == "top" else (rest, middle)
        style, words_style = self.rich_style, self.get_component_rich_style("edge--words")
        return Strip(
            [Segment(first + left, style), Segment(words.plain, words_style), Segment(right + last, style)]
        ).crop(0, self.size.width)
