"""When the app says that other cards draw other noise."""

from __future__ import annotations

import msgspec
import pytest

from seedtui.app.card_noise import card_noise
from seedtui.core.images.environment import Environment
from seedtui.core.noise.latents import LatentShape
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.fake import MODEL

T4 = Environment(gpu="Tesla T4", multiprocessors=40, threads_per_multiprocessor=1024)
SDXL = msgspec.structs.replace(
    MODEL, device="cuda", environment=T4, width=1024, height=1024, latents=LatentShape(4)
)  # fmt: skip


def test_it_is_said_beyond_one_wave() -> None:
    noise = card_noise(Recipe(), SDXL)
    assert noise is not None
    assert (noise.elements, noise.wave) == (65_536, 40_960)
    assert "Tesla T4" in noise.words and "65,536" in noise.words


@pytest.mark.parametrize(
    ("recipe", "changes"),
    [
        (Recipe(width=512, height=512), {}),
        (Recipe(generator_device="cpu"), {}),
        (Recipe(generator_device="philox"), {}),
        (Recipe(), {"device": "cpu"}),
        (Recipe(), {"latents": LatentShape()}),
        (Recipe(), {"environment": Environment(gpu="Quadro X")}),
    ],
)
def test_it_is_not_said_otherwise(recipe: Recipe, changes: dict[str, object]) -> None:
    assert card_noise(recipe, msgspec.structs.replace(SDXL, **changes)) is None
    assert card_noise(recipe, None) is None
