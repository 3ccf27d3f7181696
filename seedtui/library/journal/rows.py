"""Decodes rows of the journal. An unreadable value becomes None or a default and does not affect the others."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, get_args

import msgspec

from seedtui.core.images.record import ImageRecord, as_text
from seedtui.core.rounds.rounds import Round, Shot
from seedtui.core.rounds.seeds import MAX_SEED
from seedtui.library.sessions import RoundStatus

MAX_FILLED = 4096
"""Maximum number of shots in a round whose gaps are filled."""

_LATEST = 4e9
"""Latest valid time, in seconds since 1970: in the year 2096."""

_round = msgspec.json.Decoder(Round)
_record = msgspec.json.Decoder(ImageRecord)


def read_round(id_: object, body: object) -> Round | None:
    """The round `id_` from its `body`, with gaps filled: the place of each shot is its index."""
    found = decode_round(id_, body)
    return without_gaps(found) if found else None


def decode_round(id_: object, body: object) -> Round | None:
    """The round `id_` exactly as in its `body`; a rebuilt round may lack shots."""
    found = _decoded(body) if isinstance(body, str) else None
    return found if found and found.id == id_ and found.shots else None


@functools.lru_cache(maxsize=2)
def _decoded(body: str) -> Round | None:
    """Remembered, since it is looked at for every image of a round, and that of 4,096 takes milliseconds."""
    try:
        return _round.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def read_record(body: object) -> ImageRecord | None:
    """The record of an image, None if it is unreadable."""
    try:
        return _record.decode(body)  # type: ignore[arg-type]
    except (msgspec.DecodeError, TypeError, ValueError, RecursionError):
        return None


def round_from(id_: str, records: Iterable[ImageRecord]) -> Round | None:
    """The round `id_` from the records of its images, which may be incomplete; None without any."""
    records = sorted(records, key=lambda r: r.index)
    if not records:
        return None
    first = records[0]
    return Round(
        id=id_,
        kind=first.kind,
        prompt=first.template or first.prompt,
        shots=tuple(record.shot for record in records),
        recipe=first.recipe,
        parent=first.parent,
        finish=first.finish,
        source=as_text(first.source),
        stop=first.stop,
        axes=first.axes,
    )


def read_status(value: Any) -> RoundStatus:
    """The status of a round."""
    return value if value in get_args(RoundStatus) else "unfinished"


def read_pick(value: Any, round_: Round) -> int | None:
    """The index of the picked image of the round, if valid."""
    return value if isinstance(value, int) and 0 <= value < len(round_.shots) else None


def read_time(value: Any) -> float:
    """Seconds, since 1970 or of a round; 0 if `value` is not a valid time."""
    return float(value) if isinstance(value, int | float) and 0 <= value < _LATEST else 0.0


def without_gaps(round_: Round) -> Round | None:
    """`round_` with shots filled in for the images that were missing when it was rebuilt.

    Their values are guesses: in an explore round the seeds continue from their neighbours, a refine round has one seed.
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
        step = place - nearest.index if round_.kind in ("explore", "scout") else 0
        shots.append(known.get(place) or Shot(place, min(max(nearest.seed + step, 0), MAX_SEED)))
    return msgspec.structs.replace(round_, shots=tuple(shots))
