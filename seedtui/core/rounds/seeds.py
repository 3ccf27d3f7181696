"""Seeds, as `torch.Generator.manual_seed` takes them, and the notation for several at once."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from seedtui.core.errors import InputError, quoted

MAX_SEED = 2**64 - 1
"""The largest seed that `torch.Generator.manual_seed` accepts."""

MAX_SEEDS = 4096
"""Maximum number of images per command."""

_TELLING = 100_000
"""Seeds from here on were hardly typed by hand: of 25,000 seeds drawn at random, one is smaller."""

_MANY = 6
"""Parts of a list of seeds that are too many for a row."""

_FORMS = "write 0-3, or 7,11,42, or random:4"


def parse_seeds(text: str, draw: Callable[[], int] | None = None) -> tuple[int, ...]:
    """The seeds that `text` names, in its order.

    `0-3` is an inclusive range, `7,11,42` a list, `random:4` four seeds drawn with `draw` (by default 32-bit numbers
    from the system, short enough to remember). Forms can be mixed: `0-3,42`.

    Raises:
        InputError: none of these forms, a seed outside 0 to 2^64-1, a seed named twice, or more than `MAX_SEEDS`.
    """
    draw = draw or _draw_from_system
    seeds: list[int] = []
    for part in text.split(","):
        seeds += _parse_part(part.strip(), draw, room=MAX_SEEDS - len(seeds))
    before: set[int] = set()
    twice = next((s for s in seeds if s in before or before.add(s)), None)  # type: ignore[func-returns-value]
    if twice is not None:
        raise InputError(f"seed {twice} is given twice", "Give each seed once: the same seed gives the same image")
    return tuple(seeds)


def check_seed(seed: int) -> int:
    """Return `seed` if it is valid.

    Raises:
        InputError: it is outside 0 to 2^64-1.
    """
    if not 0 <= seed <= MAX_SEED:
        raise InputError(f"seed {seed} is out of range", f"A seed is a whole number from 0 to {MAX_SEED}")
    return seed


def format_seeds(seeds: tuple[int, ...]) -> str:
    """The shortest text for `seeds` such that ``parse_seeds(format_seeds(s)) == s``."""
    parts: list[str] = []
    i = 0
    while i < len(seeds):
        j = i
        while j + 1 < len(seeds) and seeds[j + 1] == seeds[j] + 1:
            j += 1
        parts.append(str(seeds[i]) if i == j else f"{seeds[i]}-{seeds[j]}")
        i = j + 1
    return ",".join(parts)


def seeds_in_words(seeds: tuple[int, ...]) -> str:
    """For a row: ``0-3``, ``7,11,42``, or where the numbers say nothing, ``4 random seeds`` and ``9 seeds``."""
    text = format_seeds(seeds)
    scattered = "-" not in text and len(seeds) > 1
    if scattered and min(seeds) >= _TELLING:
        return f"{len(seeds)} random seeds"
    return f"{len(seeds)} seeds" if text.count(",") >= _MANY else text


def _parse_part(part: str, draw: Callable[[], int], room: int) -> list[int]:
    if re.fullmatch(r"[+-]?[0-9]{1,40}", part):
        found = [check_seed(int(part))]
    elif match := re.fullmatch(r"([0-9]{1,40})\s*-\s*([0-9]{1,40})", part):
        first, last = check_seed(int(match[1])), check_seed(int(match[2]))
        if last < first:
            raise InputError(f"seeds {part} run backwards", f"Write {last}-{first}")
        found = list(range(first, min(last, first + room) + 1))
    elif match := re.fullmatch(r"random:([0-9]{1,6})", part):
        found = _draw_distinct(min(int(match[1]), room + 1), draw)
    else:
        raise InputError(f"invalid seeds {quoted(part)}", f"To name seeds, {_FORMS}")
    if not found:
        raise InputError("no seeds given", f"To name seeds, {_FORMS}")
    if len(found) > room:
        raise InputError(f"more than {MAX_SEEDS} seeds", "Use fewer at a time")
    return found


def _draw_distinct(count: int, draw: Callable[[], int]) -> list[int]:
    drawn: dict[int, None] = {}
    while len(drawn) < count:
        drawn[check_seed(draw())] = None
    return list(drawn)


def _draw_from_system() -> int:
    return random.SystemRandom().getrandbits(32)
