"""Makes the calls of a round that finishes images of a scout round: what is saved is not computed again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from PIL.Image import Image

from seedtui.core.rounds.calls import Call
from seedtui.engine.diffusion.scouting.keys import key_of_image
from seedtui.engine.diffusion.scouting.saved_state import Saved, Unusable, load
from seedtui.engine.diffusion.scouting.scouting import Make
from seedtui.engine.diffusion.scouting.tape import Mismatch, Tape
from seedtui.engine.diffusion.scouting.verdicts import Verdicts

MISSING = "the saved state of some images is missing, damaged, or from another setup: they are computed in full"
MOVED = "some images cannot continue exactly from their saved state in this batch: they are computed in full"
INEXACT = "this pipeline cannot continue from a saved state exactly: the images are computed in full"


class _Made(Protocol):
    @property
    def image(self) -> Image: ...


_T = TypeVar("_T", bound=_Made)


class Replay:
    """Answers for the denoiser of `pipe` with the states in `folder`, whose setup must have the key `setup`.

    The first part of a setup is made in both ways: `verdicts` has whether they gave the same pixels. `tell` tells the
    user something once.
    """

    def __init__(
        self, pipe: Any, folder: Path, setup: str, verdicts: Verdicts, tell: Callable[[str], object]
    ) -> None:  # fmt: skip
        self._pipe, self._folder, self._setup = pipe, folder, setup
        self._verdicts, self._tell = verdicts, tell
        self._needed = self._computed = 0

    @property
    def replayed(self) -> float:
        """The share of the denoiser's calls that were not computed; those to compare both ways count too."""
        return max(0.0, 1 - self._computed / self._needed) if self._needed else 0.0

    def part(self, call: Call, slots: slice, make: Make[_T]) -> list[_T]:
        """Make the part of `call` in `slots`: each image is the one that the whole call makes."""
        there = range(len(call.shots))[slots]
        saved = self._saved(call, there)
        if saved is None:
            self._tell(MISSING)
            return self._in_full(there, make)
        tape = Tape(self._pipe, len(there), [one.state for one in saved])
        moved = [one.row for one in saved] != [*range(len(there))]
        setup = self._verdicts.key(self._setup, call.has_one_prompt, moved, len(there), tape.given)
        verdict = self._verdicts.get(setup)
        if verdict is False:
            self._tell(INEXACT)
            return self._in_full(there, make)
        replayed = self._replayed(tape, make)
        if replayed is None:
            self._tell(MOVED)
            return self._in_full(there, make)
        if verdict:
            self._needed += tape.answered + tape.computed
            return replayed
        whole = self._in_full(there, make)
        is_exact = _are_same(replayed, whole)
        self._verdicts.put(setup, is_exact)
        if not is_exact:
            self._tell(INEXACT)
        return whole

    def _saved(self, call: Call, there: range) -> list[Saved] | None:
        """What is saved for each slot, None if any is missing; slots that fill up a batch repeat an image."""
        found = []
        try:
            for slot in there:
                shot = call.shots[slot]
                found.append(load(self._folder, shot, key_of_image(self._setup, call, shot), len(there)))
        except Unusable:
            return None
        return found

    def _replayed(self, tape: Tape, make: Make[_T]) -> list[_T] | None:
        """The images, None if the call does not go as the saved one."""
        try:
            made = make(tape, None)
        except Mismatch:
            self._pipe.maybe_free_model_hooks()  # the exception skipped it
            return None
        finally:
            self._computed += tape.computed
        return made

    def _in_full(self, there: range, make: Make[_T]) -> list[_T]:
        tape = Tape(self._pipe, len(there))
        made = make(tape, None)
        self._computed += tape.computed
        self._needed += tape.computed
        return made


def _are_same(some: list[_T], others: list[_T]) -> bool:
    return [_pixels(one) for one in some] == [_pixels(other) for other in others]


def _pixels(made: _Made) -> bytes:
    return made.image.convert("RGB").tobytes()
