"""The lines of the suffix editor, and the suffixes they produce."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal, get_args

from seedtui.core.errors import InputError
from seedtui.core.prompts.alternatives import expand

Way = Literal["each", "pairs", "all"]
"""How lines become suffixes: each on its own, in pairs, or all together."""

WAYS: tuple[Way, ...] = get_args(Way)
OFF = "#"
MAX_SUFFIXES = 16
"""Maximum number of suffixes in a round of the app: as many as a screen can show."""


def is_off(line: str) -> bool:
    """Whether `line` is switched off: it begins with ``#``. Write ``\\#`` for a suffix that begins with ``#``."""
    return line.startswith(OFF)


def suffixes_of(lines: Sequence[str], way: Way = "each") -> tuple[str, ...]:
    """The suffixes that `lines` produce, verbatim except that ``{a|b}`` is expanded.

    At most `MAX_SUFFIXES` + 1, so that the caller can see that there are too many. Lines that are empty or switched off
    are skipped.
    """
    on = [line[line.startswith("\\#") :] for line in lines if line.strip() and not is_off(line)]
    size = {"each": 1, "pairs": min(2, len(on)), "all": len(on)}[way]
    found: list[str] = []
    for together in combinations(on, size) if on else ():
        found += expand("".join(together), MAX_SUFFIXES + 1)
        if len(found) > MAX_SUFFIXES:
            break
    return tuple(found[: MAX_SUFFIXES + 1])


def is_in_prompt(prompt: str, suffix: str) -> bool:
    """Whether `prompt` already ends with `suffix`, as whole words: adding it again would only repeat it."""
    prompt, words = prompt.rstrip().casefold(), suffix.rstrip().casefold()
    if not words or not prompt.endswith(words):
        return False
    before = prompt[: len(prompt) - len(words)][-1:]
    return not (before.isalnum() and words[0].isalnum())


class NothingNewError(InputError):
    """Every suffix is in the prompt already."""


def new_suffixes(prompt: str, suffixes: Sequence[str]) -> tuple[str, ...]:
    """`suffixes` without those that `prompt` already ends with.

    Raises:
        NothingNewError: there were some, and none is left.
    """
    left = tuple(suffix for suffix in suffixes if not is_in_prompt(prompt, suffix))
    if any(suffixes) and not any(left):
        raise NothingNewError("the prompt already ends with every suffix", "Write another suffix: enter on the picture")
    return left
