"""Prints a picture to the terminal among other output, for ``seedtui show`` and ``seedtui doctor``."""

from __future__ import annotations

from dataclasses import replace
from typing import TextIO

import numpy as np
from rich.console import Console
from rich.segment import Segment, Segments

from seedtui.core.images.picture import Picture
from seedtui.terminal.probe.modes import COLOUR_SYSTEMS, PAINTED, Terminal
from seedtui.terminal.renderers.factory import make_renderer
from seedtui.terminal.renderers.fit import fit
from seedtui.terminal.renderers.renderer import Renderer
from seedtui.terminal.renderers.text.ascii import AsciiRenderer
from seedtui.terminal.renderers.text.canvas import to_image

_BY_TERM_IMAGE = {
    "iterm2": "ITerm2Image",
    "wezterm": "ITerm2Image",
    "konsole": "KittyImage",
    "kitty": "KittyImage",
}
"""term-image's style for terminals that draw pictures, but not as placeholders."""


def print_picture(picture: Picture, terminal: Terminal, out: TextIO, columns: int, rows: int) -> str:
    """Print `picture` to `out` in at most `columns` by `rows` cells; returns the name of the method used.

    The picture stays in the terminal's memory, because it is in its scrollback.
    """
    box = fit((picture.width, picture.height), (columns, rows), (terminal.cell_width, terminal.cell_height))
    if not out.isatty():
        return _print_rows(AsciiRenderer(), picture, out, box.width, box.height, 16)
    if terminal.mode in PAINTED and terminal.tmux:
        terminal = replace(terminal, mode="quad")  # tmux does not know that there is a picture in its lines
    if terminal.mode in PAINTED:
        drawing = make_renderer(terminal).draw("plain", picture, box.width, box.height, sharing=1)
        assert drawing.painting is not None
        out.write(drawing.painting.sequence(drawing.painting.whole) + "\n")
        return terminal.mode
    if (
        terminal.mode == "quad"
        and not terminal.named
        and not terminal.tmux
        and _by_term_image(picture, terminal, out, box.width)
    ):
        return "term-image"
    return _print_rows(make_renderer(terminal), picture, out, box.width, box.height, terminal.colours)


def sample_picture(size: int = 192) -> Picture:
    """A test picture with colours, greys and a disc, which shows at a glance how well a terminal draws pictures."""
    y, x = np.mgrid[0:size, 0:size] / size
    pixels = np.stack([255 * x, 255 * y, 255 * (1 - x)], axis=-1)
    disc = np.hypot(x - 0.5, y - 0.45) < 0.3
    pixels[disc] = 255 - pixels[disc]
    greys = y > 0.9
    pixels[greys] = (np.floor(x[greys] * 16) * 17)[:, None]
    return Picture(size, size, pixels.astype(np.uint8).tobytes())


def _print_rows(renderer: Renderer, picture: Picture, out: TextIO, columns: int, rows: int, colours: int) -> str:
    background = "default" if renderer.name == "ascii" else "#000000"
    drawing = renderer.draw("plain", picture, columns, rows, background=background, sharing=1)
    out.write(drawing.send)
    console = Console(file=out, color_system=COLOUR_SYSTEMS[colours], width=columns + 1)
    segments = [segment for row in drawing.rows for segment in (*row, Segment.line())]
    console.print(Segments(segments), end="")
    out.flush()
    return renderer.name


def _by_term_image(picture: Picture, terminal: Terminal, out: TextIO, columns: int) -> bool:
    """Print the picture with term-image; False if it is not installed or does not know the terminal."""
    style = _BY_TERM_IMAGE.get(terminal.name.lower())
    if style is None:
        return False
    try:
        # Imported late: it opens the terminal on import, and queries it unless that is disabled.
        import term_image
        from term_image import image
    except ImportError:
        return False
    term_image.disable_queries()
    term_image.set_cell_ratio(terminal.cell_width / terminal.cell_height)
    drawer = getattr(image, style)
    drawer.forced_support = True
    out.write(f"{drawer(to_image(picture), width=columns):<1.^1}\n")
    return True
