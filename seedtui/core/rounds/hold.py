"""The hold of a refinement: for how many of its steps an image still follows the prompt of the pick."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from seedtui.core.errors import InputError
from seedtui.core.prompts.prompt import check_prompt
from seedtui.core.shares import percent

MAX_HOLD = 0.9
"""The largest hold, as a share of the steps: later, a suffix no longer shows."""


class Hold(msgspec.Struct, frozen=True, gc=False):
    """Up to this `share` of the steps, 0 to `MAX_HOLD`, an image follows `prompt`."""

    share: float
    prompt: str


def check_holds(holds: Sequence[Hold]) -> None:
    """Check the holds of one image, each of which ends later than the one before.

    Raises:
        InputError: a share is out of range, or a prompt is invalid.
    """
    for before, hold in zip((0.0, *(one.share for one in holds)), holds, strict=False):
        if not before < hold.share <= MAX_HOLD:
            raise InputError(f"hold {percent(hold.share)} is out of range", f"Use 0% to {MAX_HOLD:.0%} of the steps")
        check_prompt(hold.prompt)


def held(share: float, holds: Sequence[Hold], prompt: str) -> tuple[Hold, ...]:
    """The holds of an image whose first `share` of the steps run as those of the pick, made with `holds`, `prompt`."""
    if not share:
        return ()
    earlier = tuple(hold for hold in holds if hold.share < share)
    at_last = holds[len(earlier)].prompt if len(earlier) < len(holds) else prompt
    return (*earlier, Hold(share, at_last))


def held_steps(share: float, steps: int) -> int:
    """How many of `steps` come within `share`: at least one, and never the last one."""
    return min(max(round(share * steps), 1), steps - 1)
