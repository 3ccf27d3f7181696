"""What to scout, as editable text fields: what they ask for, and what that costs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from seedtui.core.errors import InputError, quoted
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.seeds import MAX_SEED, format_seeds, parse_seeds
from seedtui.core.rounds.stop import STOP, Stop, parse_stop
from seedtui.core.text.formatting import counted

MANY = 256
"""Seeds to scout at once, unless other seeds are asked for."""

_PREVIEWS = {"small": False, "decoded": True}

SCOUT_FIELDS: dict[str, str] = {"seeds": f"0-{MANY - 1}", "stop": f"{STOP:.0%}", "previews": "small"}
"""In the order of the form, with what each has at first."""


class ScoutWanted(NamedTuple):
    """The seeds to scout, as text, since random ones are drawn later; how many they are, and where they stop."""

    seeds: str
    images: int
    stop: Stop


def scout_wanted(fields: Mapping[str, str]) -> ScoutWanted:
    """What the fields ask for.

    Raises:
        InputError: one of them is invalid.
    """
    seeds, stop, previews = (fields.get(name, "").strip() or usual for name, usual in SCOUT_FIELDS.items())
    if previews not in _PREVIEWS:
        raise InputError(f"invalid previews {quoted(previews)}", "Write small, or decoded")
    return ScoutWanted(seeds, len(parse_seeds(seeds)), parse_stop(stop, decoded=_PREVIEWS[previews]))


def next_seeds(prompt: str, rounds: Iterable[Round]) -> str:
    """The seeds to offer for a prompt: those after the ones that its scout `rounds` have looked at."""
    scouts = (round_ for round_ in rounds if round_.kind == "scout" and round_.prompt == prompt)
    first = max((shot.seed for scout in scouts for shot in scout.shots), default=-1) + 1
    return format_seeds(tuple(range(first, first + MANY))) if first + MANY <= MAX_SEED else SCOUT_FIELDS["seeds"]


def cost_words(wanted: ScoutWanted, steps: int) -> str:
    """What scouting costs, where an image takes so many `steps`, 0 for unknown.

    Raises:
        InputError: an image has no such step.
    """
    images = counted(wanted.images, "image")
    if not steps:
        return f"{images}, each stopped at {wanted.stop}"
    made = wanted.stop.of(steps)
    whole = max(1, round(wanted.images * made / steps))
    return f"{images}, {made} of {steps} steps each: about as long as {counted(whole, 'whole image')}"
