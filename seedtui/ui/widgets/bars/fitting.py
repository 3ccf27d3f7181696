"""Cuts text where it matters least: in the middle, so that what to do, at the end, stays."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len, chop_cells, set_cell_size
from textual.content import Content


def shortened(text: str, width: int) -> str:
    """`text` in at most `width` cells, with an ellipsis in place of its middle."""
    if cell_len(text) <= width:
        return text
    if width < 2:
        return "…"[: max(width, 0)]
    left = (width - 1) * 2 // 3
    return set_cell_size(text, left).rstrip() + "…" + _end(text, width - 1 - left).lstrip()


def in_lines(message: str, remedy: str, keys: str, width: int, lines: int) -> tuple[str, str]:
    """`message` and `remedy`, shortened so that both, and `keys`, fit into `lines` of `width` cells.

    The remedy is shortened only where the lines are too few even for it alone.
    """
    if _lines(f"{message} {remedy} {keys}", width) <= lines:
        return message, remedy
    shorter = _longest(message, lambda text: _lines(f"{text} {remedy} {keys}", width) <= lines)
    if shorter:
        return shorter, remedy
    return "", _longest(remedy, lambda text: _lines(f"{text} {keys}", width) <= lines)


def _longest(text: str, fits: Callable[[str], bool]) -> str:
    """The longest form of `text` that `fits`, or nearly: a longer one may wrap better. "" if none does."""
    if fits(text):
        return text
    low, high = 0, cell_len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(shortened(text, middle)) else (low, middle - 1)
    return shortened(text, low) if low > 1 else ""


def _lines(text: str, width: int) -> int:
    return Content(text.strip()).get_height({}, max(width, 1))


def _end(text: str, width: int) -> str:
    """The last `width` cells of `text`."""
    backwards = chop_cells(text[::-1], width) if width > 0 else []
    return backwards[0][::-1] if backwards else ""
