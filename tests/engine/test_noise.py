"""Noise from outside the generators of a call repeats, is told, and moves no pipeline that draws none."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import torch

from seedtui.core.images.record import ImageRecord, round_again
from seedtui.core.prompts.prompt import SUFFIXES
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.adjustments import Adjustments, seed_of_call
from seedtui.core.rounds.make import explore, refine
from seedtui.core.rounds.rounds import Round
from seedtui.engine.diffusion.call.noise import global_generators
from seedtui.engine.diffusion.call.watched_call import WHOLE_BATCH
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.wire import protocol as p
from tests.support.guide import PROMPT, STEPS, guide, guide_refined, load
from tests.support.pipelines import tiny_sd3


@pytest.fixture(scope="module")
def sd3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_sd3(tmp_path_factory.mktemp("sd3"))


NO_GPU = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")


@pytest.fixture(scope="module", params=["cpu", pytest.param("cuda", marks=NO_GPU)])
def device(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def pipeline(sd3: Path, device: str) -> Pipeline:
    return loaded(sd3, device)


def loaded(folder: Path, device: str) -> Pipeline:
    return Pipeline.load(p.Load(folder.name, str(folder), device=device), lambda event: None)


def run(pipeline: Pipeline, round_: Round) -> list[ImageRecord]:
    """What is made, in a process that has drawn other numbers before; those that it draws later stay the same."""
    torch.rand(5)
    torch.rand(5, device=pipeline.info.device)
    outside = global_generators(pipeline.info.device)
    before = [generator.get_state() for generator in outside]
    events: list[p.Message] = []
    pipeline.run(round_, events.append, lambda: False)
    assert all(map(torch.equal, before, (generator.get_state() for generator in outside)))
    images = [event.record for event in events if isinstance(event, p.ImageReady)]
    return sorted(images, key=lambda record: record.index)


def hashes(records: list[ImageRecord]) -> list[str]:
    return [record.sha256 for record in records]


def again(pipeline: Pipeline, record: ImageRecord) -> str:
    return run(pipeline, round_again(record))[record.slot].sha256


def test_a_pipeline_that_draws_nothing_makes_the_guides_bytes(pipeline: Pipeline, sd3: Path, device: str) -> None:
    pipe, recipe = load(sd3, device), Recipe(steps=STEPS)
    explored = run(pipeline, explore(PROMPT, range(4), recipe))
    refined = run(pipeline, refine(PROMPT, 1, SUFFIXES, recipe))
    assert hashes(explored) == guide(pipe, range(4))
    assert hashes(refined) == guide_refined(pipe, 1, SUFFIXES)
    assert {record.adjustments for record in explored + refined} == {Adjustments()}
    assert not any(record.notes for record in explored + refined)


@pytest.mark.parametrize(
    ("scheduler", "way"),
    [("ddpm", "generators"), ("FlowMatchLCMScheduler", "generators"), ("DPMSolverSDEScheduler", "seeds")],
)
def test_steps_draw_noise_from_the_seeds(pipeline: Pipeline, sd3: Path, scheduler: str, way: str) -> None:
    """Stable Diffusion 3 does not give its scheduler the generators: by itself no two of its pictures are alike."""
    recipe = Recipe(steps=STEPS, scheduler=scheduler)
    four = run(pipeline, explore(PROMPT, range(4), recipe))
    assert len(set(hashes(four))) == 4
    assert {record.adjustments for record in four} == {Adjustments(step_noise=way)}
    assert hashes(run(pipeline, explore(PROMPT, range(4), recipe))) == hashes(four)
    assert hashes(run(pipeline, explore(PROMPT, [2], recipe))) == [four[2].sha256]
    assert again(pipeline, four[3]) == four[3].sha256
    of_before = msgspec.structs.replace(four[3], adjustments=Adjustments(), batch=None)
    assert again(pipeline, of_before) != again(pipeline, of_before)  # as such images are: no one can make them again


def test_the_global_generators_are_seeded_from_the_call_and_that_is_told(sd3: Path, device: str) -> None:
    """A text encoder with dropout, as one that samples, draws from them whatever it is given."""
    pipeline, recipe = loaded(sd3, device), Recipe(steps=STEPS)
    pipeline._pipe.text_encoder_3.train()
    four = run(pipeline, explore(PROMPT, range(4), recipe))
    assert {record.adjustments for record in four} == {Adjustments(global_seed=seed_of_call(range(4)))}
    assert all(record.notes == (WHOLE_BATCH,) for record in four)
    assert hashes(run(pipeline, explore(PROMPT, range(4), recipe))) == hashes(four)
    assert hashes(run(pipeline, explore(PROMPT, [2], recipe))) != [four[2].sha256]
    assert again(pipeline, four[2]) == four[2].sha256
    (control,) = run(pipeline, refine(PROMPT, 2, [""], recipe, four[2].pick, four[2].whole_batch))
    assert control.sha256 == four[2].sha256


def test_a_control_equals_its_pick_where_neighbours_count(pipeline: Pipeline) -> None:
    """On some machines in low bits only: the text encoders read one prompt in one round and four in the other."""
    recipe = Recipe(steps=STEPS)
    pick = run(pipeline, explore(PROMPT, range(4), recipe))[1]
    parts = (PROMPT, pick.seed, [*SUFFIXES[:3], ""], recipe, pick.pick)
    *others, control = run(pipeline, refine(*parts, pick.whole_batch))
    assert control.sha256 == pick.sha256
    for record in (control, others[0]):
        assert again(pipeline, record) == record.sha256
    refined = run(
        pipeline, refine(PROMPT + SUFFIXES[0], 1, [", at night", ""], recipe, others[0].pick, others[0].whole_batch)
    )
    assert refined[1].sha256 == others[0].sha256
    assert again(pipeline, refined[1]) == refined[1].sha256


def test_the_global_seed_is_none_of_the_seeds() -> None:
    assert seed_of_call([0, 1]) != seed_of_call([1, 0])
    assert all(0 <= seed_of_call([seed] * 4) < 2**63 and seed_of_call([seed]) != seed for seed in (0, 7, 2**64 - 1))
