"""How a round ended, in words for the status line. Pure."""

from __future__ import annotations

from seedtui.core.errors import InputError
from seedtui.core.images.record import ImageRecord
from seedtui.core.shares import percent
from seedtui.core.text.formatting import counted, time_in_words


def outcome_of_scout(count: int, seconds: float, record: ImageRecord | None) -> str:
    """``256 seeds scouted in 61 s · full runs would take 3 min 20 s``, as far as the steps of an image are known."""
    words = f"{counted(count, 'seed')} scouted in {short_time(seconds)}"
    if record is None or record.stop is None or not record.recipe.steps:
        return words
    try:
        stop = record.stop.of(record.recipe.steps)
    except InputError:
        return words
    return f"{words} · full runs would take {short_time(seconds * record.recipe.steps / stop)}"


def outcome_of(count: int, seconds: float, replayed: float) -> str:
    """``7 images in 4.1 s · 30% of the steps were saved``; `replayed` is that share."""
    saved = f" · {percent(round(replayed, 2))} of the steps were saved" if replayed >= 0.005 else ""
    return f"{counted(count, 'image')} in {seconds:.1f} s{saved}"


def short_time(seconds: float) -> str:
    """``4.1 s``, ``61 s`` or ``3 min 20 s``."""
    return f"{seconds:.1f} s" if seconds < 10 else time_in_words(seconds)
