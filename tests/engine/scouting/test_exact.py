"""Whatever the scheduler and the family: a kept image is finished bit for bit as `generate` makes it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.recipes.schedulers import offered
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.saved import saved_bytes
from seedtui.core.rounds.scout import scout
from seedtui.core.rounds.stop import Stop
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.wire import protocol as p
from tests.support.pipelines import tiny_flux, tiny_pixart, tiny_sana, tiny_sd3
from tests.support.scouting import hashes, keeping, made, run, told

KEPT = (4, 1, 2)
OTHER_SIZES = ("PixArtAlphaPipeline", "SanaPipeline")
"""These make the nearest of their own sizes."""


def check_exact(pipeline: Pipeline, recipe: Recipe, stop: Stop, folder: Path) -> None:
    """Scout, keep some, finish them in other batches: each has the pixels of a whole call, and once that has been
    checked, what is saved is not computed again. It has about the size that was told. On demand, each is decoded."""
    scouted = scout("a cat", range(5), stop, recipe)
    events = run(pipeline, scouted, folder)
    assert not told(events) and len(made(events)) == 5
    if pipeline.info.pipeline not in OTHER_SIZES:
        size = sum(file.stat().st_size for file in folder.iterdir())
        assert 0.4 * size < saved_bytes(pipeline.info, recipe, stop, 5) - 5 * 4096 < 1.2 * size
    whole = hashes(run(pipeline, explore("a cat", range(5), recipe)))
    for is_known in (False, True):
        events = run(pipeline, keeping(scouted, *KEPT), folder)
        assert not told(events)
        assert hashes(events) == {seed: whole[seed] for seed in KEPT}
        assert isinstance(events[-1], p.RoundDone)
        assert (events[-1].replayed > 0.3) is is_known  # the first call is made in both ways
    shot = scouted.shots[3]
    decoded = pipeline.decode(msgspec.structs.replace(scouted, shots=(shot,)), str(folder))
    again = msgspec.structs.replace(scouted, stop=msgspec.structs.replace(stop, decoded=True))
    picture = made(run(pipeline, again))[3]
    assert picture.record.stop is not None and picture.record.stop.decoded
    assert (decoded.width, decoded.height) == (picture.width, picture.height)
    difference = np.frombuffer(decoded.pixels, np.uint8).astype(int) - np.frombuffer(picture.pixels, np.uint8)
    assert abs(difference).max() <= 1


@pytest.fixture(scope="module")
def sd(models: dict[str, Path]) -> Pipeline:
    return Pipeline.load(p.Load("sd", str(models["sd"])), lambda event: None)


QUICK = ("dpm++2m", "pndm")


@pytest.mark.parametrize(
    "scheduler", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in offered()]
)
def test_schedulers(sd: Pipeline, scheduler: str, tmp_path: Path) -> None:
    check_exact(sd, Recipe(scheduler=scheduler, steps=4, batch_size=2), Stop(share=0.5), tmp_path / "s")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sdxl", "lcm", "sd3", "flux", "pixart", "sana"])
def test_families(name: str, models: dict[str, Path], tmp_path: Path) -> None:
    make = {"sd3": tiny_sd3, "flux": tiny_flux, "pixart": tiny_pixart, "sana": tiny_sana}
    folder = models[name] if name in models else make[name](tmp_path / name)
    pipeline = Pipeline.load(p.Load(name, str(folder)), lambda event: None)
    check_exact(pipeline, Recipe(width=64, height=64, steps=4, batch_size=2), Stop(steps=2), tmp_path / "s")
