"""Whether an image that was made again is the same, and what differs here from where it was made."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple, Protocol

from seedtui.core.images.difference import Difference, compare
from seedtui.core.images.environment import Environment, differences
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, pixel_hash
from seedtui.core.recipes.lora import Lora


class Verdict(NamedTuple):
    """`intact`: the picture has the pixels that its record tells of. `same`: they were made again, bit for bit.

    `difference` is of the picture and the one that was made again, None if they are not of one size.
    """

    intact: bool
    same: bool
    difference: Difference | None

    @property
    def exact(self) -> bool:
        """Nothing differs at all."""
        return self.intact and self.same

    @property
    def words(self) -> str:
        if self.exact:
            return "exact"
        apart = str(self.difference) if self.difference else "its size is another"
        if self.intact:
            return f"differs: {apart}"
        made = "what was recorded is made exactly" if self.same else "what was recorded is not made exactly either"
        return f"differs: its pixels were changed after it was written: {apart}; {made}"

    @property
    def short(self) -> str:
        """For a label: ``exact``, or ``differs: 1/255 in 12 px``."""
        if self.exact:
            return "exact"
        apart = self.difference.short if self.difference else "another size"
        return f"differs: {apart}" if self.intact else f"changed on disk: {apart}"


class Here(Protocol):
    """What a loaded model is and runs in."""

    @property
    def revision(self) -> str: ...
    @property
    def dtype(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def environment(self) -> Environment: ...
    @property
    def lora(self) -> tuple[Lora, ...]: ...


def judge(picture: Picture, record: ImageRecord, again: Picture) -> Verdict:
    """What is to be said of `picture`, which `record` tells how to make, and which was made `again` so."""
    intact, same = (pixel_hash(p.pixels) == record.sha256 for p in (picture, again))
    return Verdict(intact, same, compare(picture, again))


def what_differs(record: ImageRecord, here: Here) -> tuple[str, ...]:
    """What is not as it was when the image of `record` was made, one short line each, empty if nothing is.

    What is not recorded is not told of.
    """
    recipe = record.recipe
    pairs = (
        ("weights", _short(recipe.revision), _short(here.revision)),
        ("dtype", recipe.dtype, here.dtype),
        ("device", recipe.device, here.device),
        ("generator", _kind(recipe.generator_device or recipe.device), _kind(recipe.generator_device or here.device)),
    )
    settings = tuple(f"{name}: {then} then, {now} here" for name, then, now in pairs if then and then != now)
    now_there = {PurePath(lora.path).name: lora.sha256 for lora in here.lora}  # the folder may be another
    changed = tuple(
        f"LoRA {PurePath(lora.path).name}: {_short(lora.sha256)} then, {_short(now)} here"
        for lora in recipe.lora
        if (now := now_there.get(PurePath(lora.path).name)) and lora.sha256 not in (None, now)
    )
    return settings + changed + differences(record.environment, here.environment)


def _short(revision: str | None) -> str | None:
    return revision[:12] if revision else revision


def _kind(device: str | None) -> str | None:
    """``cuda`` of ``cuda:1``: which of several cards it is does not change the noise."""
    return device.partition(":")[0] if device else device
