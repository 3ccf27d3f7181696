"""A recipe's guidance, negative prompt and scheduler where a pipeline's call has them; what has no effect is told."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import pytest

from seedtui.core.errors import InputError
from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.diffusion import progress
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.diffusion.pipeline_call import guidance_name
from seedtui.engine.wire import protocol as p
from tests.support.families import FAMILIES
from tests.support.guide import PROMPT
from tests.support.worker_client import WorkerClient

SMALL = {"width": 32, "height": 32, "steps": 2}


@pytest.fixture(scope="module")
def qwen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return FAMILIES["qwen-image"].save(tmp_path_factory.mktemp("qwen") / "model")


@pytest.mark.parametrize(
    ("pipeline", "name"),
    [
        ("StableDiffusionPipeline", "guidance_scale"),
        ("FluxPipeline", "guidance_scale"),
        ("QwenImagePipeline", "true_cfg_scale"),
        ("QwenImage21Pipeline", "true_cfg_scale"),
        ("HunyuanImagePipeline", "distilled_guidance_scale"),
        ("UnCLIPPipeline", "decoder_guidance_scale"),
        ("StableCascadeCombinedPipeline", "prior_guidance_scale"),
        ("Ideogram4Pipeline", "guidance_scale"),
        ("Flux2KleinKVPipeline", ""),
    ],
)
def test_guidance_goes_where_it_is_in_force(pipeline: str, name: str) -> None:
    assert guidance_name(inspect.signature(getattr(diffusers, pipeline).__call__).parameters) == name


def test_a_form_in_a_record_has_names_alone() -> None:
    with pytest.raises(InputError):
        CallForm(output="images; import os").check()


def images(worker_client: WorkerClient, **recipe: Any) -> list[p.ImageReady]:
    return [
        e for e in worker_client.run(explore(PROMPT, [0], Recipe(**SMALL, **recipe))) if isinstance(e, p.ImageReady)
    ]


def test_true_guidance_and_its_negative_prompt(shared: WorkerClient, qwen: Path) -> None:
    loaded = shared.load(qwen)
    assert isinstance(loaded, p.Loaded)
    assert loaded.model.guidance == 4.0
    plain, asked, guided, more = (
        images(shared, **given)[0].record
        for given in ({}, {"guidance": 9.0}, {"negative": "fog"}, {"negative": "fog", "guidance": 9.0})
    )
    assert len({plain.sha256, guided.sha256, more.sha256}) == 3
    assert (asked.sha256, asked.recipe.guidance) == (plain.sha256, None)
    assert "without a negative prompt" in asked.notes[0]
    assert (plain.recipe.guidance, guided.recipe.guidance, more.recipe.guidance) == (None, 4.0, 9.0)
    assert more.form == CallForm(guidance="true_cfg_scale")


def test_no_guidance_of_its_own_schedule_for_other_steps(shared: WorkerClient, tmp_path: Path) -> None:
    shared.load(FAMILIES["ideogram4"].save(tmp_path / "ideogram"))
    failed = shared.run(explore(PROMPT, [0], Recipe(**SMALL)))[-1]
    assert isinstance(failed, p.RoundFailed)
    assert "48 steps" in failed.problem.message and "guidance" in failed.problem.hint


@pytest.mark.parametrize(
    ("family", "scheduler"), [("flux", "euler"), ("flux", "pndm"), ("krea2", "heun"), ("latent-diffusion", "scm")]
)
def test_a_scheduler_that_does_not_fit_is_told_before_anything_is_made(
    shared: WorkerClient, tmp_path: Path, family: str, scheduler: str
) -> None:
    scheduler = {"scm": "SCMScheduler"}.get(scheduler, scheduler)
    shared.load(FAMILIES[family].save(tmp_path / family))
    said = shared.run(explore(PROMPT, [0], Recipe(**SMALL, scheduler=scheduler)))
    assert isinstance(said[-1], p.RoundFailed)
    assert "does not fit" in said[-1].problem.message and "the model's own is" in said[-1].problem.hint
    assert not [event for event in said if isinstance(event, p.ImageReady)]
    assert isinstance(shared.run(explore(PROMPT, [0], Recipe(**SMALL)))[-1], p.RoundDone)


def test_a_scheduler_is_put_wherever_a_combined_pipeline_has_it(shared: WorkerClient, tmp_path: Path) -> None:
    kandinsky = FAMILIES["kandinsky22"]
    scheduler = diffusers.DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1)
    shared.load(kandinsky._replace(make=lambda: {**kandinsky.make(), "scheduler": scheduler}).save(tmp_path / "m"))
    rounds = [explore(PROMPT, [0], Recipe(width=64, height=64, steps=2, scheduler=name)) for name in (None, "ddpm")]
    own, other = (next(e.record for e in shared.run(each) if isinstance(e, p.ImageReady)) for each in rounds)
    assert own.sha256 != other.sha256
    assert other.form.schedulers == ("decoder_pipe",)


def loaded_here(folder: Path) -> Pipeline:
    return Pipeline.load(p.Load("tiny", str(folder)), lambda event: None)


def run(pipeline: Pipeline, cancelled: Callable[[], bool] = lambda: False, **recipe: Any) -> list[p.Message]:
    said: list[p.Message] = []
    pipeline.run(explore(PROMPT, [0], Recipe(**(SMALL | recipe))), said.append, cancelled)
    return said


def test_previews_of_latents_that_no_matrix_is_known_for(qwen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are fitted to the first round's images."""
    monkeypatch.setattr(progress, "PREVIEW_EVERY_ON_CPU", 0.0)
    pipeline = loaded_here(qwen)
    first, second = run(pipeline), run(pipeline)
    previews = [[e for e in said if isinstance(e, p.Step) and e.previews] for said in (first, second)]
    assert not previews[0]
    assert previews[1]
    pixels = [next(e for e in said if isinstance(e, p.ImageReady)).pixels for said in (first, second)]
    assert pixels[0] == pixels[1]


def test_a_call_without_a_hook_for_steps_is_stopped_by_its_scheduler(tmp_path: Path) -> None:
    pipeline = loaded_here(FAMILIES["latent-diffusion"].save(tmp_path / "ldm"))
    said = run(pipeline, steps=6, width=64, height=64)
    assert [(e.step, e.steps) for e in said if isinstance(e, p.Step)] == [(n, 6) for n in range(1, 7)]
    asked = iter([False] * 4 + [True] * 10)
    stopped = run(pipeline, lambda: next(asked), steps=6, width=64, height=64)
    assert isinstance(stopped[-1], p.RoundCancelled)
    assert 1 <= stopped[-1].step < 6
