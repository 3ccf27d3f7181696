"""Decodes rows of the journal. An unreadable value becomes None or a default and does not affect the others."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, get_args

import msgspec

from seedtui.core.images.record import ImageRecord, as_text
from seedtui.core.rounds.gaps import without_gaps
from seedtui.core.rounds.rounds import Round
from seedtui.library.sessions import RoundStatus

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
