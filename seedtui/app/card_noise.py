"""Whether the next rounds draw noise that only cards like this one draw. Pure."""

from __future__ import annotations

from typing import NamedTuple

from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.wire.protocol import ModelInfo


class CardNoise(NamedTuple):
    """An image takes `elements` of noise, and `gpu` draws no more than `wave` of them as other cards do."""

    gpu: str
    elements: int
    wave: int

    @property
    def words(self) -> str:
        """What it means."""
        return (
            f"At this size the noise is that of cards like this one ({self.gpu}): it has {self.elements:,} numbers, "
            f"and cards with fewer or more threads agree on the first {self.wave:,} at most. "
            "Other cards make other pictures of these seeds"
        )


def card_noise(recipe: Recipe, model: ModelInfo | None) -> CardNoise | None:
    """What is to be known of the noise of rounds of `recipe` on `model`; None if other cards draw the same.

    None also if that is not known, and if it is not the card that draws.
    """
    if model is None or recipe.generator_device is not None or not model.device.startswith("cuda"):
        return None
    card = model.environment.card
    elements = model.latents.elements(recipe.width or model.width, recipe.height or model.height)
    if card is None or elements <= card.wave:
        return None
    return CardNoise(model.environment.gpu, elements, card.wave)
