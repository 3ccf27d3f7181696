"""The two axes of ``seedtui grid``, as its options say."""

from __future__ import annotations

from typing import NamedTuple

from seedtui.core.errors import InputError, quoted
from seedtui.core.rounds.axis import Axis, axis_name, parse_axis
from seedtui.core.rounds.grid import seed_axis
from seedtui.core.rounds.seeds import parse_seeds

_HINT = "Give two of --seeds, --suffix (repeated) and --axis NAME=VALUES"


class GridAxes(NamedTuple):
    """What is across and what is down, and seed and suffix of the images where these are not an axis."""

    across: Axis
    down: Axis
    seed: int = 0
    suffix: str = ""


def grid_axes(
    seeds: str | None, suffixes: tuple[str, ...], axes: tuple[str, ...], across: str | None, down: str | None
) -> GridAxes:
    """The axes of a grid: those of `axes`, `seeds` and `suffixes`, or those written for `across` and `down`.

    Seeds are down, and what is first otherwise is across, unless `across` or `down` has the name of an axis. Where
    there are two axes besides, one seed or one suffix is that of all images; where there is one, there are four seeds.

    Raises:
        InputError: there are not two axes, or one is invalid.
    """
    written = [text for text in (across, down) if text and "=" in text]
    found = [parse_axis(text) for text in (*written, *axes)]
    names = [axis.name for axis in found]
    seed, suffix = 0, ""
    if suffixes and "suffix" in names:
        raise InputError("--suffix and an axis of suffixes cannot be combined", "Give one of them")
    if seeds is not None and "seed" in names:
        raise InputError("--seeds and an axis of seeds cannot be combined", "Give one of them")
    if len(suffixes) == 1 and len(found) + (seeds is not None) > 1:
        suffix = suffixes[0]
    elif suffixes:
        found.append(Axis("suffix", suffixes))
    parsed = parse_seeds("0-3" if seeds is None else seeds)
    if len(parsed) == 1 and len(found) > 1:
        seed = parsed[0]
    elif seeds is not None or (len(found) == 1 and "seed" not in names):
        found.append(seed_axis(parsed))
    if len(found) != 2:
        raise InputError(f"a grid has two axes, not {len(found)}", _HINT)
    return GridAxes(*_placed(found, across, down), seed, suffix)


def _placed(found: list[Axis], across: str | None, down: str | None) -> tuple[Axis, Axis]:
    """The two axes, columns first."""
    first, second = found
    if first.name == second.name:
        raise InputError(f"both axes are {first.name}", "Use two different settings")
    x, y = (axis_name(text or "") for text in (across, down))
    for name in filter(None, (x, y)):
        if name not in (first.name, second.name):
            raise InputError(f"{quoted(name)} is not an axis of this grid", f"{_HINT}, or write --x NAME=VALUES")
    if x and x == y:
        raise InputError(f"{x} cannot be across and down", "Give --x or --y")
    columns = x or ({first.name, second.name} - {y}).pop() if x or y else ""
    if not columns:
        columns = second.name if first.name == "seed" else first.name
    return (first, second) if columns == first.name else (second, first)
