"""Makes the renderer for a terminal."""

from __future__ import annotations

from seedtui.terminal.probe.modes import Terminal
from seedtui.terminal.probe.tmux import Tmux
from seedtui.terminal.renderers.lazy import LazyRenderer
from seedtui.terminal.renderers.null import NullRenderer
from seedtui.terminal.renderers.renderer import Renderer

LOCAL_PREVIEWS = 4.0
REMOTE_PREVIEWS = 3.0
"""Maximum number of previews per second and tile, for a local terminal and over SSH."""

OLD_TMUX_BYTES = 600_000
"""Bytes per second that a tmux before 3.4 passes to a local terminal without dropping any."""


def make_renderer(terminal: Terminal, tmux: Tmux | None = None, bytes_per_second: float = 0) -> Renderer:
    """The renderer for `terminal.mode`, which sends pictures through `tmux`, if given.

    `bytes_per_second` limits what is sent to the terminal, 0 for no limit.
    """
    if terminal.mode == "off":
        return NullRenderer()
    name = terminal.mode if terminal.mode in ("kitty", "ascii", "half", "sextant") else "quad"
    drops = terminal.mode == "kitty" and tmux is not None and tmux.drops
    limits = [limit for limit in (bytes_per_second, OLD_TMUX_BYTES * drops) if limit]
    return LazyRenderer(
        name,
        lambda: _make(terminal, tmux, bytes_per_second),
        (terminal.cell_width, terminal.cell_height),
        previews_per_second=REMOTE_PREVIEWS if terminal.ssh else LOCAL_PREVIEWS,
        bytes_per_second=min(limits, default=0),
        can_lose=terminal.mode == "kitty" and tmux is not None,
    )


def _make(terminal: Terminal, tmux: Tmux | None, bytes_per_second: float) -> Renderer:
    from seedtui.terminal.renderers.kitty.renderer import LOCAL, REMOTE, KittyRenderer
    from seedtui.terminal.renderers.text.ascii import AsciiRenderer
    from seedtui.terminal.renderers.text.blocks import BlockRenderer
    from seedtui.terminal.renderers.text.glyphs import HALF, QUAD, SEXTANT

    cell = (terminal.cell_width, terminal.cell_height)
    if terminal.mode == "ascii":
        return AsciiRenderer(cell)
    glyphs = {"half": HALF, "sextant": SEXTANT}.get(terminal.mode, QUAD)
    blocks = BlockRenderer(glyphs, cell, colours=terminal.colours)
    if terminal.mode != "kitty":
        return blocks
    slow = terminal.ssh or 0 < bytes_per_second < LOCAL.screen
    return KittyRenderer(
        blocks, cell, tmux=terminal.tmux, allowance=REMOTE if slow else LOCAL,
        changes=terminal.name.lower() == "kitty", lost=tmux.lost if tmux else None,
    )  # fmt: skip
