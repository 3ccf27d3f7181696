"""Whether an image comes out the same when it is made again, and how this setup differs from the original one."""

from __future__ import annotations

from enum import Enum
from pathlib import PurePath
from typing import NamedTuple, Protocol

from seedtui.core.images.difference import Difference, compare
from seedtui.core.images.environment import Environment, differences
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, pixel_hash
from seedtui.core.noise.latents import LatentShape
from seedtui.core.noise.wave import same_on
from seedtui.core.recipes.loaded import Weights


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


class Expectation(Enum):
    """What can be said of an image before it is made again. The value is for people, the name for programs."""

    EXACT = "everything the same: must be exact"
    LOW_BITS = "same noise, different kernels: low bits may differ"
    OTHER_NOISE = "different noise: expect a different picture"
    OTHER_WEIGHTS = "different weights: expect a different picture"
    UNKNOWN = "cannot tell whether the noise is the same: the picture or its low bits may differ"


class Here(Weights, Protocol):
    """A loaded model and the environment it runs in."""

    @property
    def environment(self) -> Environment: ...
    @property
    def latents(self) -> LatentShape: ...


def judge(picture: Picture, record: ImageRecord, again: Picture) -> Verdict:
    """Compare `picture` with its `record` and with `again`, the picture made from that record."""
    intact, same = (pixel_hash(p.pixels) == record.sha256 for p in (picture, again))
    return Verdict(intact, same, compare(picture, again))


def what_differs(record: ImageRecord, here: Here) -> tuple[str, ...]:
    """The differences between the setup that made the image of `record` and this one, one short line each.

    Settings that were not recorded are skipped. Of a finished image, this includes what made its source.
    """
    own = _own_differences(record, here)
    if record.source is None:
        return own
    return (*own, *(f"its source: {line}" for line in what_differs(record.source, here) if line not in own))


def _own_differences(record: ImageRecord, here: Here) -> tuple[str, ...]:
    recipe = record.recipe
    pairs = (
        ("dtype", recipe.dtype, here.dtype),
        ("device", recipe.device, here.device),
        ("generator", _kind(recipe.generator_device or recipe.device), _kind(recipe.generator_device or here.device)),
    )
    settings = tuple(f"{name}: {then} then, {now} here" for name, then, now in pairs if then and then != now)
    return _other_weights(record, here) + settings + differences(record.environment, here.environment)


def _other_weights(record: ImageRecord, here: Here) -> tuple[str, ...]:
    """The differences in weights, of the model, its GGUF transformer and LoRAs; their folders may differ."""
    then, now = record.recipe.revision, here.revision
    model = (f"weights: {_short(then)} then, {_short(now)} here",) if then and then != now else ()
    then, now = record.recipe.transformer_sha256, here.transformer_sha256
    if then and now and then != now:
        name = PurePath(record.recipe.transformer).name
        model = (*model, f"transformer {name}: {_short(then)} then, {_short(now)} here")
    now_there = {PurePath(lora.path).name: lora.sha256 for lora in here.lora}
    return model + tuple(
        f"LoRA {PurePath(lora.path).name}: {_short(lora.sha256)} then, {_short(found)} here"
        for lora in record.recipe.lora
        if (found := now_there.get(PurePath(lora.path).name)) and lora.sha256 not in (None, found)
    )


def expected(record: ImageRecord, here: Here) -> Expectation:
    """What to expect of the image of `record`, and its source if it has one, when it is made again here."""
    own = _own_expectation(record, here)
    return own if record.source is None else max(own, expected(record.source, here), key=[*Expectation].index)


def _own_expectation(record: ImageRecord, here: Here) -> Expectation:
    if _other_weights(record, here):
        return Expectation.OTHER_WEIGHTS
    same = _same_noise(record, here)
    if same is None:
        return Expectation.UNKNOWN
    if not same:
        return Expectation.OTHER_NOISE
    return Expectation.LOW_BITS if _own_differences(record, here) else Expectation.EXACT


def told_before(record: ImageRecord, here: Here) -> tuple[str, ...]:
    """What differs here and what to expect of that, one short line each; nothing if nothing differs."""
    differs = what_differs(record, here)
    return (*differs, expected(record, here).value) if differs else ()


def _same_noise(record: ImageRecord, here: Here) -> bool | None:
    """Whether the noise is the same as then; None if that is not known.

    Some noise does not come from the generators, and is drawn on the device in any case.
    """
    adjusted = record.adjustments
    on_device = adjusted.step_noise == "seeds" or adjusted.global_seed is not None
    answers = {_same_generator(record, here), *([_same_device(record, here)] if on_device else [])}
    return False if False in answers else None if None in answers else True


def _same_generator(record: ImageRecord, here: Here) -> bool | None:
    match record.recipe.generator_device:
        case "cpu":
            return _same_dtype(record, here)
        case None:
            return _same_device(record, here)
    return True


def _same_device(record: ImageRecord, here: Here) -> bool | None:
    then, now = _kind(record.recipe.device), _kind(here.device)
    if then is None:
        return None
    if then != now:
        return False
    if then == "cpu":
        return _same_dtype(record, here)
    return _same_card(record, here)


def _same_dtype(record: ImageRecord, here: Here) -> bool:
    """On a CPU, each dtype has its own noise; a card draws float32 and rounds it."""
    return record.recipe.dtype in (None, here.dtype)


def _same_card(record: ImageRecord, here: Here) -> bool | None:
    one, other = record.environment, here.environment
    if one.gpu != other.gpu and _is_amd(one) != _is_amd(other):
        return None  # the same algorithm, but nobody has compared them
    cards = one.card, other.card
    if one.gpu and one.gpu == other.gpu and (None in cards or cards[0] == cards[1]):
        return True
    waves = [card.wave for card in cards if card]
    if len(waves) < 2:
        return None
    recipe = record.recipe
    elements = here.latents.elements(recipe.width or 0, recipe.height or 0)
    if record.adjustments.global_seed is not None:
        elements *= recipe.batch_size  # drawn for the whole batch at once
    return same_on(waves, elements) if elements or waves[0] == waves[1] else None


def _is_amd(environment: Environment) -> bool:
    return bool(environment.rocm) or environment.gpu.startswith("AMD")


def _short(revision: str | None) -> str | None:
    return revision[:12] if revision else revision


def _kind(device: str | None) -> str | None:
    """``cuda`` for ``cuda:1``: the noise does not depend on which of several GPUs is used."""
    return device.partition(":")[0] if device else device
