"""Scout rounds: they stop early, and what is kept is finished bit for bit as `generate` makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedtui.core.images.record import round_again
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Pick
from seedtui.core.rounds.scout import finishing, scout
from seedtui.core.rounds.stop import Stop
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.wire import protocol as p
from seedtui.models.resolve import find_model
from tests.support.scouting import made, run

RECIPE = Recipe(width=64, height=64)


@pytest.fixture(scope="module")
def starter() -> Pipeline:
    return Pipeline.load(p.Load("starter", str(find_model("starter").path), threads=1), lambda event: None)


def test_a_kept_image_is_the_one_that_generate_makes(starter: Pipeline, tmp_path: Path) -> None:
    scouted = scout("a cat", range(9), Stop(share=0.3), RECIPE)
    previews = made(run(starter, scouted, saved=tmp_path / "s"))
    assert len(list((tmp_path / "s").glob("*.safetensors"))) == 9
    explored = made(run(starter, explore("a cat", range(9), RECIPE)))
    assert {image.record.stop for image in previews} == {Stop(steps=2)}
    assert [image.record.recipe for image in previews] == [image.record.recipe for image in explored]
    assert {image.width for image in previews} == {4}
    whole = {image.record.seed: image.record.sha256 for image in explored}
    for kept in ((1, 3, 4, 6, 8), (8, 2, 0, 1, 5)):
        events = run(starter, finishing(scouted, [Pick(scouted.id, index) for index in kept]), saved=tmp_path / "s")
        assert {image.record.seed: image.record.sha256 for image in made(events)} == {s: whole[s] for s in kept}
    assert isinstance(events[-1], p.RoundDone) and events[-1].replayed == 0.25
    again = made(run(starter, round_again(previews[5].record)))
    assert again[previews[5].record.slot].record.sha256 == previews[5].record.sha256
