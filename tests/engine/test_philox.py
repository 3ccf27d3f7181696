"""Noise of philox: a card's numbers, drawn on the CPU, for latents and steps; it repeats like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from seedtui.core.errors import InputError
from seedtui.core.images.record import pixel_hash, round_again
from seedtui.core.noise.philox import philox_normals
from seedtui.core.prompts.prompt import SUFFIXES
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.adjustments import Adjustments
from seedtui.core.rounds.make import explore, refine
from seedtui.engine.diffusion.call.noise import has_drawn
from seedtui.engine.diffusion.call.philox_noise import PhiloxGenerator, PhiloxNoise
from seedtui.engine.diffusion.call.watched_call import ON_DEVICE
from seedtui.engine.diffusion.loading.describe import latent_shape
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.diffusion.pipeline_call import images_of
from seedtui.engine.wire import protocol as p
from seedtui.models.resolve import STARTER, find_model
from tests.support.families import FAMILIES
from tests.support.guide import PROMPT, STEPS, guide, load
from tests.support.pipelines import tiny_flux, tiny_sd3

PHILOX = Recipe(steps=STEPS, generator_device="philox")


def loaded(folder: Path) -> Pipeline:
    return Pipeline.load(p.Load(folder.name, str(folder), device="cpu"), lambda event: None)


def run(pipeline, round_):
    plain = torch.randn
    events: list[p.Message] = []
    pipeline.run(round_, events.append, lambda: False)
    assert torch.randn is plain
    return sorted((e.record for e in events if isinstance(e, p.ImageReady)), key=lambda record: record.index)


def hashes(records) -> list[str]:
    return [record.sha256 for record in records]


@pytest.fixture(scope="module")
def sd(models: dict[str, Path]) -> Pipeline:
    return loaded(models["sd"])


@pytest.fixture(scope="module")
def sd3(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    return loaded(tiny_sd3(tmp_path_factory.mktemp("sd3")))


# --- the generator


def test_each_draw_is_the_next_one_of_its_generator() -> None:
    one, other = PhiloxGenerator().manual_seed(42), PhiloxGenerator().manual_seed(2**64 - 1)
    with PhiloxNoise([one, other]):
        first = torch.randn((1, 4, 8, 8), generator=one, device=torch.device("cpu"), dtype=torch.float32)
        second = torch.randn(1, 4, 8, 8, generator=one)
        torch.randn(4)  # of the global generator
        third = torch.randn((4,), generator=other, dtype=torch.float16)
    assert np.array_equal(first.numpy().ravel(), philox_normals(42, 256, 0))
    assert np.array_equal(second.numpy().ravel(), philox_normals(42, 256, 1))
    assert np.array_equal(third.numpy(), philox_normals(2**64 - 1, 4, 0).astype(np.float16))
    assert (one.initial_seed(), other.initial_seed()) == (42, 2**64 - 1)


def test_a_draw_is_seen_in_its_state() -> None:
    generator = PhiloxGenerator().manual_seed(3)
    before = [generator.get_state()]
    assert not has_drawn([generator], before)
    with PhiloxNoise([generator]):
        torch.randn(2, generator=generator)
    assert has_drawn([generator], before)
    generator.manual_seed(3)
    assert not has_drawn([generator], before)


def test_what_is_drawn_otherwise_is_refused() -> None:
    generator = PhiloxGenerator().manual_seed(3)
    with pytest.raises(InputError, match="more than normal noise"), PhiloxNoise([generator]):
        torch.rand(2, generator=generator)
    with pytest.raises(TypeError, match="float64"), PhiloxNoise([generator]):
        torch.randn(2, generator=generator, dtype=torch.float64)
    plain = torch.randn
    with PhiloxNoise([torch.Generator()]):
        assert torch.randn is plain  # nothing is in the way of the guide's call


# --- rounds


def test_the_latents_are_those_numbers(sd: Pipeline, models: dict[str, Path]) -> None:
    """The guide's call, which is given the latents instead of generators."""
    pipe = load(models["sd"])
    width, height = sd.info.width, sd.info.height
    count = sd.info.latents.elements(width, height)
    latents = np.stack([philox_normals(seed, count, 0) for seed in range(4)])
    shape = (4, sd.info.latents.channels, height // sd.info.latents.factor, width // sd.info.latents.factor)
    output = pipe(
        prompt=PROMPT, num_images_per_prompt=4, num_inference_steps=STEPS,
        latents=torch.from_numpy(latents).view(shape),
    )  # fmt: skip
    assert hashes(run(sd, explore(PROMPT, range(4), PHILOX))) == [
        pixel_hash(image.tobytes()) for image in output.images
    ]


def test_device_and_cpu_stay_as_they_are(sd: Pipeline, models: dict[str, Path]) -> None:
    made = {
        source: hashes(run(sd, explore(PROMPT, range(4), Recipe(steps=STEPS, generator_device=source))))
        for source in (None, "cpu", "philox")
    }
    assert made[None] == made["cpu"] == guide(load(models["sd"]), range(4))
    assert not set(made["philox"]) & set(made["cpu"])


@pytest.mark.parametrize("scheduler", [None, "euler-a", "lcm", "ddpm"])
def test_a_round_its_refinement_its_control_and_each_image_alone(sd: Pipeline, scheduler: str | None) -> None:
    recipe = PHILOX.with_changes(scheduler=scheduler)
    four = run(sd, explore(PROMPT, range(4), recipe))
    assert len(set(hashes(four))) == 4
    assert {record.recipe.generator_device for record in four} == {"philox"}
    assert not any(record.notes for record in four)
    assert hashes(run(sd, explore(PROMPT, [2], recipe))) == [four[2].sha256]
    again = run(sd, round_again(four[3]))
    assert again[four[3].slot].sha256 == four[3].sha256
    *refined, control = run(sd, refine(PROMPT, 1, [*SUFFIXES[:3], ""], recipe, four[1].pick, four[1].whole_batch))
    assert control.sha256 == four[1].sha256
    assert run(sd, round_again(refined[0]))[refined[0].slot].sha256 == refined[0].sha256


def test_a_scheduler_that_is_given_no_generators_draws_from_them_all_the_same(sd3: Pipeline) -> None:
    four = run(sd3, explore(PROMPT, range(4), PHILOX.with_changes(scheduler="ddpm")))
    assert {record.adjustments for record in four} == {Adjustments(step_noise="generators")}
    assert run(sd3, round_again(four[2]))[2].sha256 == four[2].sha256


def test_a_scheduler_that_draws_on_the_device_says_so(sd: Pipeline) -> None:
    scheduler = "DPMSolverSDEScheduler"
    four = run(sd, explore(PROMPT, range(4), PHILOX.with_changes(scheduler=scheduler)))
    assert all(record.notes == (ON_DEVICE,) for record in four)
    assert run(sd, round_again(four[1]))[1].sha256 == four[1].sha256
    on_cpu = run(sd, explore(PROMPT, range(4), Recipe(steps=STEPS, scheduler=scheduler, generator_device="cpu")))
    assert not any(record.notes for record in on_cpu)


def test_the_starter(tmp_path: Path) -> None:
    starter = loaded(find_model(STARTER).path)
    four = run(starter, explore("a red house", range(4), PHILOX))
    assert hashes(run(starter, explore("a red house", range(4), PHILOX))) == hashes(four)
    assert run(starter, round_again(four[2]))[2].sha256 == four[2].sha256


# --- how much noise there is


def drawn(pipe, **call) -> tuple[list[int], tuple[int, int]]:
    """The elements of each draw from the generator of a call, and the size of its image."""
    plain, counts = torch.randn, []

    def randn(*size, **options):
        numbers = plain(*size, **options)
        if options.get("generator") is not None:
            counts.append(numbers.numel())
        return numbers

    torch.randn = randn
    try:
        output = pipe(prompt=PROMPT, generator=[torch.Generator().manual_seed(0)], **call)
    finally:
        torch.randn = plain
    return counts, images_of(output, type(pipe).__name__)[1][0].size


@pytest.mark.parametrize(("make", "size"), [(tiny_sd3, {}), (tiny_flux, {"width": 64, "height": 48})])
def test_the_latents_have_as_many_elements_as_is_told(tmp_path: Path, make, size: dict[str, int]) -> None:
    pipe = load(make(tmp_path))
    info = loaded(tmp_path).info
    expected = info.latents.elements(size.get("width", info.width), size.get("height", info.height))
    assert drawn(pipe, num_inference_steps=1, **size)[0] == [expected]


UNKNOWN = ("IFPipeline", "LDMTextToImagePipeline", "BriaPipeline", "ErnieImagePipeline")
"""What these draw is not told by a VAE, nor what those of Kandinsky draw."""

RESIZED = ("SanaPipeline", "SanaPAGPipeline")
"""These make another size than they are asked for, if they are as small as here."""


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in FAMILIES if FAMILIES[name].pipeline not in RESIZED])
def test_the_latents_of_every_family(tmp_path: Path, name: str) -> None:
    family = FAMILIES[name]
    pipe = load(family.save(tmp_path))
    shape = latent_shape(pipe)
    if shape.channels == 0:
        assert family.pipeline in UNKNOWN or family.pipeline.startswith("Kandinsky")
        return
    counts, size = drawn(pipe, **family.call)
    assert max(counts) == shape.elements(*size)


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_repeats_with_noise_of_philox(tmp_path: Path, name: str) -> None:
    family = FAMILIES[name]
    pipeline = loaded(family.save(tmp_path))
    recipe = Recipe(**family.recipe, batch_size=2, generator_device="philox")
    made = run(pipeline, explore(PROMPT, range(2), recipe))
    assert run(pipeline, round_again(made[1]))[made[1].slot].sha256 == made[1].sha256
    on_cpu = run(pipeline, explore(PROMPT, range(2), recipe.with_changes(generator_device="cpu")))
    assert not set(hashes(on_cpu)) & set(hashes(made))
