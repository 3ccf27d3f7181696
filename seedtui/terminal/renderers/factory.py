"""Makes the renderer for a terminal."""

from __future__ import annotations

from collections.abc import Callable

from seedtui.terminal.probe.modes import PAINTED, PIXELS, Terminal
from seedtui.terminal.probe.tmux import HERE, Loss, Tmux
from seedtui.terminal.probe.versions import draws_octants
from seedtui.terminal.renderers.cell_size import CellSize
from seedtui.terminal.renderers.null import NullRenderer
from seedtui.terminal.renderers.renderer import Renderer
from seedtui.terminal.renderers.switchable import Link, SwitchableRenderer

LOCAL_PREVIEWS, REMOTE_PREVIEWS, REMOTE_SIXEL_PREVIEWS = 4.0, 3.0, 1.0
"""Maximum number of previews per second and tile, for a local terminal and over SSH. Those of sixel are large."""

SLOW_BYTES = 1_000_000
"""Bytes per second below which a limit that the user set counts as that of a slow connection."""

OLD_TMUX_BYTES = 600_000
"""Bytes per second that a tmux before 3.4 passes to a local terminal without dropping any."""


def make_renderer(terminal: Terminal, tmux: Tmux | None = None, bytes_per_second: float = 0) -> SwitchableRenderer:
    """The renderer for `terminal.mode`, which sends pictures through `tmux`, if given.

    `bytes_per_second` limits what is sent to the terminal, 0 for no limit.
    """
    cells = CellSize(terminal.cell)
    slow = terminal.ssh or 0 < bytes_per_second < SLOW_BYTES
    return SwitchableRenderer(
        terminal.mode, lambda: _make(terminal, cells, slow), cells, _link(terminal, tmux, bytes_per_second)
    )


def _link(terminal: Terminal, tmux: Tmux | None, bytes_per_second: float) -> Link:
    paints = terminal.mode in PAINTED
    through = tmux if terminal.mode in PIXELS else None
    limits = [limit for limit in (bytes_per_second, OLD_TMUX_BYTES if through and through.drops else 0) if limit]
    previews = REMOTE_PREVIEWS if terminal.ssh else LOCAL_PREVIEWS
    return Link(
        previews_per_second=REMOTE_SIXEL_PREVIEWS if terminal.ssh and terminal.mode == "sixel" else previews,
        bytes_per_second=min(limits, default=0),
        paints=paints,
        in_tmux=through is not None,
        lost=None if tmux is None else _painted_lost(tmux) if paints else lambda _painted, _written: tmux.lost(),
        place=tmux.settle if tmux and paints else lambda: HERE,
    )


def _painted_lost(tmux: Tmux) -> Callable[[int, int], Loss]:
    return lambda painted, written: tmux.view(painted, written).loss


def _make(terminal: Terminal, cells: CellSize, slow: bool) -> Renderer:
    from seedtui.terminal.renderers.kitty.renderer import LOCAL, REMOTE, KittyRenderer
    from seedtui.terminal.renderers.text.ascii import AsciiRenderer
    from seedtui.terminal.renderers.text.blocks import BlockRenderer
    from seedtui.terminal.renderers.text.glyphs import HALF, OCTANT, QUAD, SEXTANT

    cell = cells.rounded
    if terminal.mode == "off":
        return NullRenderer()
    if terminal.mode == "ascii":
        return AsciiRenderer(cell)
    draws = draws_octants(terminal.name, terminal.version) and not terminal.tmux  # tmux does not know their width
    best = OCTANT if draws and not terminal.named else QUAD
    glyphs = {"half": HALF, "sextant": SEXTANT, "octant": OCTANT, "quad": QUAD}.get(terminal.mode, best)
    blocks = BlockRenderer(glyphs, cell, colours=terminal.colours)
    if terminal.mode in PAINTED:
        from seedtui.terminal.renderers.painted import make_painted

        return make_painted(terminal.mode, blocks, cells, slow=slow)
    if terminal.mode != "kitty":
        return blocks
    return KittyRenderer(
        blocks, cell, tmux=terminal.tmux, allowance=REMOTE if slow else LOCAL, changes=terminal.name.lower() == "kitty"
    )
