"""Whether an image comes out the same when it is made again, and how this setup differs from the original one."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple, Protocol

from seedtui.core.images.difference import Difference, compare
from seedtui.core.images.environment import Environment, differences
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, pixel_hash
from seedtui.core.recipes.lora import Lora


class Verdict(NamedTuple):
    """The result of a verification.

    `intact`: the picture's pixels match its record. `same`: the pixels made again match the record, bit for bit.
    `difference` is between the picture and the one made again, None if their sizes differ.
    """

    intact: bool
    same: bool
    difference: Difference | None

    @property
    def exact(self) -> bool:
        """Whether nothing differs at all."""
        return self.intact and self.same

    @property
    def words(self) -> str:
        if self.exact:
            return "exact"
        apart = str(self.difference) if self.difference else "different size"
        if self.intact:
            return f"differs: {apart}"
        made = "its record reproduces exactly" if self.same else "its record does not reproduce exactly either"
        return f"differs: the file was changed after it was written: {apart}; {made}"

    @property
    def short(self) -> str:
        """For a label: ``exact``, or ``differs: 1/255 in 12 px``."""
        if self.exact:
            return "exact"
        apart = self.difference.short if self.difference else "different size"
        return f"differs: {apart}" if self.intact else f"changed on disk: {apart}"


class Here(Protocol):
    """A loaded model and the environment it runs in."""

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
    """Compare `picture` with its `record` and with `again`, the picture made from that record."""
    intact, same = (pixel_hash(p.pixels) == record.sha256 for p in (picture, again))
    return Verdict(intact, same, compare(picture, again))


def what_differs(record: ImageRecord, here: Here) -> tuple[str, ...]:
    """The differences between the setup that made the image of `record` and this one, one short line each.

    Settings that were not recorded are skipped.
    """
    recipe = record.recipe
    pairs = (
        ("weights", _short(recipe.revision), _short(here.revision)),
        ("dtype", recipe.dtype, here.dtype),
        ("device", recipe.device, here.device),
        ("generator", _kind(recipe.generator_device or recipe.device), _kind(recipe.generator_device or here.device)),
    )
    settings = tuple(f"{name}: {then} then, {now} here" for name, then, now in pairs if then and then != now)
    now_there = {PurePath(lora.path).name: lora.sha256 for lora in here.lora}  # the folder may differ
    changed = tuple(
        f"LoRA {PurePath(lora.path).name}: {_short(lora.sha256)} then, {_short(now)} here"
        for lora in recipe.lora
        if (now := now_there.get(PurePath(lora.path).name)) and lora.sha256 not in (None, now)
    )
    return settings + changed + differences(record.environment, here.environment)


def _short(revision: str | None) -> str | None:
    return revision[:12] if revision else revision


def _kind(device: str | None) -> str | None:
    """``cuda`` for ``cuda:1``: the noise does not depend on which of several GPUs is used."""
    return device.partition(":")[0] if device else device
