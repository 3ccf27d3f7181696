"""Rounds rebuilt from only some of their images: the shots of the others, as far as they can be known."""

from __future__ import annotations

import msgspec

from seedtui.core.errors import InputError
from seedtui.core.rounds.axis import Axis
from seedtui.core.rounds.hold import Hold
from seedtui.core.rounds.rounds import Round, Shot
from seedtui.core.rounds.seeds import MAX_SEED
from seedtui.core.rounds.variation import Variation
from seedtui.core.shares import parse_share

MAX_FILLED = 4096
"""Maximum number of shots in a round whose gaps are filled."""


def without_gaps(round_: Round) -> Round | None:
    """`round_` with shots filled in for the images that were missing when it was rebuilt; None if none is valid.

    Those of a grid follow from its axes. Of others they are guesses: in an explore round the seeds continue from their
    neighbours, a refine round has one seed.
    """
    known = {shot.index: shot for shot in round_.shots if 0 <= shot.index < MAX_FILLED}
    if round_.axes:
        return _filled_grid(round_, known)
    if all(shot.index == place for place, shot in enumerate(round_.shots)):
        return round_
    if not known:
        return None
    shots: list[Shot] = []
    nearest = known[min(known)]
    for place in range(max(known) + 1):
        nearest = known.get(place, nearest)
        step = place - nearest.index if round_.kind in ("explore", "scout") else 0
        shots.append(known.get(place) or Shot(place, min(max(nearest.seed + step, 0), MAX_SEED)))
    return msgspec.structs.replace(round_, shots=tuple(shots))


def _filled_grid(round_: Round, known: dict[int, Shot]) -> Round | None:
    try:
        columns, rows = (axis.values for axis in round_.axes)
        count = len(columns) * len(rows)
        if not known or not 0 < count <= MAX_FILLED:
            return None
        shots = tuple(known.get(i) or _cell(round_.axes, i, known, columns, rows) for i in range(count))
    except (InputError, ValueError):
        return None
    return round_ if shots == round_.shots else msgspec.structs.replace(round_, shots=shots)


def _cell(
    axes: tuple[Axis, ...], index: int, known: dict[int, Shot], columns: tuple[str, ...], rows: tuple[str, ...]
) -> Shot:
    """The shot of a cell: what its axes do not say is as in one that is known, the one that has most in common."""

    def values_at(at: int) -> dict[str, str]:
        row, column = divmod(at, len(columns))
        return dict(zip((axis.name for axis in axes), (columns[column], rows[row]), strict=True))

    values = values_at(index)
    donor = max(known.values(), key=lambda shot: (_in_common(values, values_at(shot.index)), shot.held))
    theirs = values_at(donor.index)
    seed, suffix = int(values.get("seed", donor.seed)), values.get("suffix", donor.suffix)
    return Shot(
        index, seed, suffix, donor.prompt if seed == donor.seed else "", _holds(values, suffix, donor),
        _variations(values, theirs, seed, donor),
    )  # fmt: skip


def _holds(values: dict[str, str], suffix: str, donor: Shot) -> tuple[Hold, ...]:
    if "hold" not in values or bool(suffix) != bool(donor.suffix):
        return donor.holds if bool(suffix) == bool(donor.suffix) else ()
    share = parse_share(values["hold"], "hold")
    if not suffix or share == donor.held:
        return donor.holds
    return (Hold(share, donor.holds[-1].prompt),) if share and donor.holds else ()


def _variations(values: dict[str, str], theirs: dict[str, str], seed: int, donor: Shot) -> tuple[Variation, ...]:
    if "variation" not in values:
        return donor.variations
    towards, before = (seed + 1) % 2**64, donor.variations
    if parse_share(theirs["variation"], "variation"):
        *rest, last = donor.variations
        before = tuple(rest)
        towards = towards if last.seed == (donor.seed + 1) % 2**64 else last.seed
    turn = parse_share(values["variation"], "variation")
    return (*before, *((Variation(towards, turn),) if turn else ()))


def _in_common(values: dict[str, str], theirs: dict[str, str]) -> tuple[bool, bool, int]:
    """How much one cell tells about another: holds and suffixes depend on each other, a seed on nothing."""
    same = {name for name, value in values.items() if theirs[name] == value}
    return "hold" in same and bool(theirs.get("suffix", "x")), "suffix" in same, len(same)
