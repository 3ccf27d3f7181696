"""Where a scout round stops: after so many of the steps that the whole image would take."""

from __future__ import annotations

import re

import msgspec

from seedtui.core.errors import InputError, quoted
from seedtui.core.recipes.recipe import MAX_STEPS
from seedtui.core.shares import parse_share, percent

STOP = 0.3
"""The usual stop, as a share of the steps: composition and colours have settled."""

MAX_STOP = 0.9
"""The largest stop, as a share of the steps: later, little is saved."""


class Stop(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """After `steps` steps, or if that is 0, after this `share` of all steps.

    `decoded`: the pictures are decoded by the VAE, at the size of the whole image, in place of small previews.
    """

    share: float = 0.0
    steps: int = 0
    decoded: bool = False

    def check(self) -> Stop:
        """Return the stop if it is valid.

        Raises:
            InputError: it is out of range, or neither or both of the two are set.
        """
        if self.steps and self.share:
            raise InputError("a stop is a number of steps or a share of them, not both", "Write 8 or 30%")
        if self.steps and not 1 <= self.steps < MAX_STEPS:
            raise InputError(f"stop {self.steps} is out of range", f"Use 1 to {MAX_STEPS - 1} steps")
        if not self.steps and not 0 < self.share <= MAX_STOP:
            raise InputError(f"stop {percent(self.share)} is out of range", f"Use 1% to {MAX_STOP:.0%} of the steps")
        return self

    def of(self, total: int) -> int:
        """After which of `total` steps it comes: at least the first, and never the last.

        Raises:
            InputError: there is no such step.
        """
        if total < 2:
            raise InputError(
                f"an image of {total} step cannot be stopped before its end", "Use generate, or more steps"
            )
        if self.steps >= total:
            raise InputError(f"stop {self.steps} is not before the last of {total} steps", f"Use 1 to {total - 1}")
        return self.steps or min(max(round(self.share * total), 1), total - 1)

    def __str__(self) -> str:
        """``30%`` or ``step 8``."""
        return f"step {self.steps}" if self.steps else percent(self.share)


def parse_stop(text: str, *, decoded: bool = False) -> Stop:
    """A stop written as a number of steps, ``8``, or as a share of them, ``30%``.

    Raises:
        InputError: it is neither, or out of range.
    """
    if re.fullmatch(r"\s*[0-9]{1,6}\s*", text):
        return Stop(steps=_at_least_one(int(text), text), decoded=decoded).check()
    try:
        share = parse_share(text, "stop")
    except InputError as error:
        raise InputError(
            f"invalid stop {quoted(text)}", "Write a number of steps, 8, or a share of them, 30%"
        ) from error
    return Stop(share=share, decoded=decoded).check()


def _at_least_one(steps: int, text: str) -> int:
    if steps:
        return steps
    raise InputError(
        f"invalid stop {quoted(text)}", "At least one step is made: write 1 or more, or a share such as 30%"
    )
