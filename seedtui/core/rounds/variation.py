"""Variations of an image: the noise of its seed, turned some way towards that of other seeds."""

from __future__ import annotations

import msgspec

from seedtui.core.errors import InputError
from seedtui.core.rounds.seeds import check_seed, parse_seeds
from seedtui.core.shares import parse_share, percent


class Variation(msgspec.Struct, frozen=True, gc=False):
    """Towards the noise of which `seed` an image's noise is turned, and how far.

    A `strength` of 0 leaves it as it is, 1 makes it that of the other seed.
    """

    seed: int
    strength: float

    def check(self) -> Variation:
        """Return the variation if it is valid.

        Raises:
            InputError: the seed or the strength is out of range.
        """
        check_seed(self.seed)
        if not 0 <= self.strength <= 1:
            raise InputError(f"strength {percent(self.strength)} is out of range", "Use 0% to 100%")
        return self

    def __str__(self) -> str:
        return f"{percent(self.strength)} of {self.seed}"


def variations_of(strengths: str, seeds: str) -> tuple[Variation, ...]:
    """A variation of each of `seeds` at each of `strengths`, which are written as ``5% 20%``.

    Raises:
        InputError: a strength or a seed is invalid, or there is none.
    """
    found = tuple(dict.fromkeys(parse_share(word, "strength") for word in strengths.replace(",", " ").split()))
    if not found:
        raise InputError("there is no strength", "Write one such as 20%")
    return tuple(Variation(seed, strength) for seed in parse_seeds(seeds) for strength in found)


def in_force(seed: int, variations: tuple[Variation, ...]) -> tuple[int, tuple[Variation, ...]]:
    """The seed that the noise begins with, and the variations that then change it.

    One of strength 1 makes all before it irrelevant: the image has the noise, and the generator, of its seed.
    """
    for number, variation in enumerate(variations):
        if variation.strength == 1:
            return in_force(variation.seed, variations[number + 1 :])
    return seed, tuple(one for one in variations if one.strength)
