"""Rich's console with filtered output. Imported late, because importing Rich takes time."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from seedtui.core.text.display import visible, visible_lines
from seedtui.core.text.gated_stream import ungated

_UNLIMITED = 100_000
"""Width if the output is not a terminal, so that no line is wrapped or cut."""


def console(*, stderr: bool = False) -> Console:
    """A console on standard output or error. It never interprets markup, and sends no escape sequences but colours.

    Lines wrap only on a terminal: in a file or a pipe, each row stays on one line.
    """
    stream = ungated(sys.stderr if stderr else sys.stdout)
    width = None if stream.isatty() else _UNLIMITED
    return _GatedConsole(file=stream, width=width, markup=False, highlight=False, emoji=False)


def cell(value: object, style: str = "") -> Text:
    """`value` on one line, for a table cell or a line of its own."""
    return Text(visible(value), style)


def table(*columns: str) -> Table:
    """A table without borders, to be filled with `cell`s; the column ``size`` is right-aligned."""
    made = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in columns:
        made.add_column(name, justify="right" if name == "size" else "left", overflow="fold")
    return made


class _GatedConsole(Console):
    def print(self, *objects: Any, **settings: Any) -> None:
        if self.width != _UNLIMITED:
            super().print(*objects, **settings)
            return
        with self.capture() as captured:
            super().print(*objects, **settings)
        # Cells are padded to the width of their column, which may have a prompt of thousands of characters.
        self.file.write("\n".join(line.rstrip(" ") for line in captured.get().split("\n")))

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else visible_lines(text), style, control)
