"""Makes the renderer for a terminal."""

from __future__ import annotations

from seedtui.terminal.probe.modes import PAINTED, PIXELS, Terminal
from seedtui.terminal.probe.tmux import Tmux
from seedtui.terminal.renderers.lazy import LazyRenderer
from seedtui.terminal.renderers.null import NullRenderer
from seedtui.terminal.renderers.renderer import Renderer

LOCAL_PREVIEWS, REMOTE_PREVIEWS, REMOTE_SIXEL_PREVIEWS = 4.0, 3.0, 1.0
"""Maximum number of previews per second and tile, for a local terminal and over SSH. Those of sixel are large."""

OLD_TMUX_BYTES = 600_000
"""Bytes per second that a tmux before 3.4 passes to a local terminal without dropping any."""


def make_renderer(terminal: Terminal, tmux: Tmux | None = None, bytes_per_second: float = 0) -> Renderer:
    """The renderer for `terminal.mode`, which sends pictures through `tmux`, if given.

    `bytes_per_second` limits what is sent to the terminal, 0 for no limit.
    """
    if terminal.mode == "off":
        return NullRenderer()
    paints = terminal.mode in PAINTED
    through = tmux if terminal.mode in PIXELS else None
    limits = [limit for limit in (bytes_per_second, OLD_TMUX_BYTES if through and through.drops else 0) if limit]
    previews = REMOTE_PREVIEWS if terminal.ssh else LOCAL_PREVIEWS
    return LazyRenderer(
        terminal.mode,
        lambda: _make(terminal, through, bytes_per_second),
        (terminal.cell_width, terminal.cell_height),
        previews_per_second=REMOTE_SIXEL_PREVIEWS if terminal.ssh and terminal.mode == "sixel" else previews,
        bytes_per_second=min(limits, default=0),
        can_lose=through is not None,
        paints=paints,
        in_tmux=through is not None,
    )


def _make(terminal: Terminal, tmux: Tmux | None, bytes_per_second: float) -> Renderer:
    from seedtui.terminal.renderers.kitty.renderer import LOCAL, REMOTE, KittyRenderer
    from seedtui.terminal.renderers.text.ascii import AsciiRenderer
    from seedtui.terminal.renderers.text.blocks import BlockRenderer
    from seedtui.terminal.renderers.text.glyphs import HALF, OCTANT, QUAD, SEXTANT

    cell = (terminal.cell_width, terminal.cell_height)
    if terminal.mode == "ascii":
        return AsciiRenderer(cell)
    glyphs = {"half": HALF, "sextant": SEXTANT, "octant": OCTANT}.get(terminal.mode, QUAD)
    blocks = BlockRenderer(glyphs, cell, colours=terminal.colours)
    slow = terminal.ssh or 0 < bytes_per_second < LOCAL.screen
    if terminal.mode in PAINTED:
        from seedtui.terminal.renderers.painted import make_painted

        return make_painted(terminal.mode, blocks, terminal.cell, slow=slow, tmux=tmux)
    if terminal.mode != "kitty":
        return blocks
    return KittyRenderer(
        blocks, cell, tmux=terminal.tmux, allowance=REMOTE if slow else LOCAL,
        changes=terminal.name.lower() == "kitty", lost=tmux.lost if tmux else None,
    )  # fmt: skip
