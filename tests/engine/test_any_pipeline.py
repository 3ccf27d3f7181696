"""Any text-to-image pipeline gives the bytes of the guide's bare call, for both of its rounds, and shows previews."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from seedtui.core.prompts.prompt import SUFFIXES
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore, refine
from seedtui.engine.diffusion.previews import unpacked
from seedtui.engine.wire import protocol as p
from seedtui.models.resolve import find_model
from tests.support.guide import PROMPT, guide, guide_refined, load
from tests.support.pipelines import tiny_flux, tiny_pixart, tiny_sana, tiny_sd3
from tests.support.worker_client import WorkerClient

KINDS: dict[str, tuple[Callable[[Path], Path], int, dict[str, int]]] = {
    "sd3": (tiny_sd3, 16, {}),
    "flux": (tiny_flux, 16, {"width": 64, "height": 48}),
    "pixart": (tiny_pixart, 16, {}),
    "sana": (tiny_sana, 32, {}),
}
"""How one is made, what its sizes are multiples of, and a size where its own is large."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_both_rounds_are_those_of_the_bare_call(shared: WorkerClient, tmp_path: Path, kind: str) -> None:
    make, multiple, size = KINDS[kind]
    folder = make(tmp_path / kind)
    assert find_model(str(folder)).multiple == multiple
    loaded = shared.load(folder)
    assert isinstance(loaded, p.Loaded), loaded
    assert loaded.model.token_limit > 77  # that of the encoder that reads the most
    recipe = Recipe(steps=4, **size)
    pipe = load(folder)
    expected = guide(pipe, range(4), **size)
    assert len(set(expected)) == 4
    assert shared.hashes(explore(PROMPT, range(4), recipe)) == expected
    assert shared.hashes(refine(PROMPT, 1, SUFFIXES, recipe)) == guide_refined(pipe, 1, SUFFIXES, **size)
    events = shared.run(explore(PROMPT, range(4), recipe))
    steps = [event for event in events if isinstance(event, p.Step)]
    assert [(s.step, s.steps) for s in steps] == [(n, 4) for n in range(1, 5)]


def test_packed_latents_are_unpacked_as_flux_packs_them() -> None:
    from diffusers import FluxPipeline

    latents = torch.randn(2, 16, 6, 8)
    packed = FluxPipeline._pack_latents(latents, 2, 16, 6, 8)
    assert torch.equal(unpacked(packed, 8 / 6), latents)
    assert unpacked(latents, 1.0) is latents
