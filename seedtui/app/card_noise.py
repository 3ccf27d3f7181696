"""Whether the next rounds draw noise that only cards like this one draw. Pure."""

from __future__ import annotations

from typing import NamedTuple

from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.wire.protocol import ModelInfo


class CardNoise(NamedTuple):
    """An image takes `elements` numbers of noise, of which other cards draw at most the first `wave` as `gpu` does."""

    gpu: str
    elements: int
    wave: int

    @property
    def words(self) -> str:
        """What it means."""
        return (
            f"At this size, only cards like this one ({self.gpu}) draw the same noise: an image takes "
            f"{self.elements:,} numbers, and other cards agree on at most the first {self.wave:,}. "
            "From these seeds they make different pictures"
        )


def card_noise(recipe: Recipe, model: ModelInfo | None) -> CardNoise | None:
    """What to tell about the noise of rounds of `recipe` on `model`; None if other cards draw the same.

    Also None if that is unknown, or if the card does not draw it.
    """
    if model is None or recipe.generator_device is not None or not model.device.startswith("cuda"):
        return None
    card = model.environment.card
    elements = model.latents.elements(recipe.width or model.width, recipe.height or model.height)
    if card is None or elements <= card.wave:
        return None
    return CardNoise(model.environment.gpu, elements, card.wave)
