"""Rows of the journal as values. One that cannot be read is None, and in nobody's way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

import msgspec

from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.rounds import Round, Shot
from seedtui.core.rounds.seeds import MAX_SEED
from seedtui.library.sessions import RoundStatus

MAX_FILLED = 1000
"""Shots in a round at most whose gaps are filled."""

_LATEST = 4e9
"""Seconds since 1970: in the year 2096."""

_round = msgspec.json.Decoder(Round)
_record = msgspec.json.Decoder(ImageRecord)


def read_round(id_: object, body: object) -> Round | None:
    """The round `id_`, from its `body`; the place of each of its shots is its index."""
    found = decode_round(id_, body)
    return without_gaps(found) if found else None


def decode_round(id_: object, body: object) -> Round | None:
    """The round `id_` as its `body` has it: one that was rebuilt may lack shots."""
    try:
        found = _round.decode(body)  # type: ignore[arg-type]
    except (msgspec.DecodeError, TypeError, ValueError, RecursionError):
        return None
    return found if found.id == id_ and found.shots else None


def read_record(body: object) -> ImageRecord | None:
    """The record of an image."""
    try:
        return _record.decode(body)  # type: ignore[arg-type]
    except (msgspec.DecodeError, TypeError, ValueError, RecursionError):
        return None


def round_from(id_: str, records: Iterable[ImageRecord]) -> Round | None:
    """The round `id_` as the records of its images tell it, which may be not all; None without any."""
    records = sorted(records, key=lambda r: r.index)
    if not records:
        return None
    first = records[0]
    shots = tuple(Shot(r.index, r.seed, r.suffix) for r in records)
    return Round(
        id=id_, kind=first.kind, prompt=first.prompt, shots=shots, recipe=first.recipe, parent=first.parent
    )  # fmt: skip


def read_status(value: Any) -> RoundStatus:
    """How a round stands."""
    return value if value in get_args(RoundStatus) else "unfinished"


def read_pick(value: Any, round_: Round) -> int | None:
    """Which of the round's images is picked."""
    return value if isinstance(value, int) and 0 <= value < len(round_.shots) else None


def read_time(value: Any) -> float:
    """Seconds since 1970; 0 for what is no time."""
    return float(value) if isinstance(value, int | float) and 0 <= value < _LATEST else 0.0


def without_gaps(round_: Round) -> Round | None:
    """`round_` itself, or with shots where images are missing from which it was rebuilt.

    What these were is not known: of an explore round the seeds go on from their neighbours', a refine round has one.
    """
    if all(shot.index == place for place, shot in enumerate(round_.shots)):
        return round_
    known = {shot.index: shot for shot in round_.shots if 0 <= shot.index < MAX_FILLED}
    if not known:
        return None
    shots: list[Shot] = []
    nearest = known[min(known)]
    for place in range(max(known) + 1):
        nearest = known.get(place, nearest)
        step = place - nearest.index if round_.kind == "explore" else 0
        shots.append(known.get(place) or Shot(place, min(max(nearest.seed + step, 0), MAX_SEED)))
    return msgspec.structs.replace(round_, shots=tuple(shots))
