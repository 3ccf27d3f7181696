"""What a tile of a sheet shows, and the words above it. Pure."""

from __future__ import annotations

from typing import NamedTuple

from seedtui.app.state.round_view import RoundView
from seedtui.app.state.verification import CellNote
from seedtui.core.images.picture import Picture
from seedtui.core.text.display import visible


class Tile(NamedTuple):
    """`picture` is None while there is none. `faded`: it is rejected."""

    picture: Picture | None = None
    faded: bool = False


def tile_words(round_view: RoundView, index: int, mark: int = 0, note: CellNote | None = None) -> str:
    """The words above a tile: the seed, and what the user did with it: ``17 ★``. In a grid, heads tell the seed."""
    shot = round_view.round.shots[index]
    seed = "" if round_view.round.axes else str(shot.seed)
    culled = "★" if index in round_view.starred else "✕" if index in round_view.rejected else ""
    parts = (f"[{mark}]" if mark else "", seed, culled, note.text if note else "")
    return visible(" ".join(filter(None, parts)))
