"""Images are finished by the loaded model itself: no weights twice, any source, little memory, cancelled at a step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from seedtui.core.errors import InputError, ModelError
from seedtui.core.images.finishing import MAX_SOURCES, finish
from seedtui.core.images.record import ImageRecord, round_again
from seedtui.core.recipes.recipe import FALLBACKS, Recipe
from seedtui.core.rounds.finish import Finish
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Round
from seedtui.engine.diffusion import source_image
from seedtui.engine.diffusion.call.finish_call import Source, finish_call
from seedtui.engine.diffusion.call.watched_call import watched_call
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.wire import protocol as p
from tests.support.pipelines import tiny_flux

HOW = Finish(strength=0.5)


@pytest.fixture(scope="module")
def pipeline(models: dict[str, Path]) -> Pipeline:
    return Pipeline.load(p.Load("sd", str(models["sd"])), lambda event: None)


@pytest.fixture(scope="module")
def source(pipeline: Pipeline) -> p.ImageReady:
    return images(pipeline, explore("a cat", range(4), Recipe(steps=4)))[2]


def images(pipeline: Pipeline, round_: Round, pixels: bytes = b"") -> list[p.ImageReady]:
    return [event for event in events(pipeline, round_, pixels) if isinstance(event, p.ImageReady)]


def events(
    pipeline: Pipeline, round_: Round, pixels: bytes = b"", cancelled: Callable[[], bool] = lambda: False
) -> list[p.Message]:
    found: list[p.Message] = []
    pipeline.run(round_, found.append, cancelled, source=pixels)
    return found


def larger(source: p.ImageReady, how: Finish = HOW) -> Round:
    return finish(source.record, how, 2 * source.width, 2 * source.height)


@pytest.mark.parametrize("make", ["sd", "sdxl", "lcm", "flux"])
def test_the_weights_are_there_once(models: dict[str, Path], tmp_path: Path, make: str) -> None:
    model = tiny_flux(tmp_path / "flux") if make == "flux" else models[make]
    loaded = Pipeline.load(p.Load(make, str(model)), lambda event: None)
    (ready, *_) = images(loaded, explore("a cat", [0], Recipe(steps=2, width=32, height=32)))
    call = finish_call(loaded._pipe, HOW, Source(ready_picture(ready), ready.record), ready.record.recipe)
    assert addresses(call.pipe) == addresses(loaded._pipe)
    assert call.pipe.scheduler is loaded._pipe.scheduler


def ready_picture(ready: p.ImageReady) -> Any:
    from seedtui.core.images.picture import Picture

    return Picture(ready.width, ready.height, ready.pixels)


def addresses(pipe: Any) -> set[int]:
    """Where the weights of `pipe` are."""
    parts = [part for part in pipe.components.values() if isinstance(part, torch.nn.Module)]
    return {weight.untyped_storage().data_ptr() for part in parts for weight in part.parameters()}


def test_the_source_is_sent_or_made_again(pipeline: Pipeline, source: p.ImageReady) -> None:
    """The same pixels, and with them no step of the source's own."""
    sent = events(pipeline, larger(source), source.pixels)
    made = events(pipeline, larger(source))
    wrong = events(pipeline, larger(source), bytes(len(source.pixels)))
    assert len({record_of(each).sha256 for each in (sent, made, wrong)}) == 1
    assert {step.how for step in steps(sent)} == {""}
    assert {step.how for step in steps(made)} == {"", source_image.HOW}
    assert len(steps(made)) == len(steps(wrong)) > len(steps(sent)) > 0
    assert record_of(made).source == source.record
    assert not record_of(made).notes


def steps(found: list[p.Message]) -> list[p.Step]:
    return [event for event in found if isinstance(event, p.Step)]


def record_of(found: list[p.Message]) -> ImageRecord:
    (record,) = (event.record for event in found if isinstance(event, p.ImageReady))
    return record


def test_a_source_that_differs_is_told_and_recorded(pipeline: Pipeline, source: p.ImageReady) -> None:
    wrong = msgspec.structs.replace(source.record, seed=7, batch=None)
    record = record_of(events(pipeline, finish(wrong, HOW, 64, 64)))
    assert record.notes == (source_image.DIFFERS,)
    assert record.source.sha256 != wrong.sha256
    assert record_of(events(pipeline, round_again(record))).sha256 == record.sha256


@pytest.mark.parametrize("at", [1, 7])
def test_it_is_cancelled_at_a_step(pipeline: Pipeline, source: p.ImageReady, at: int) -> None:
    """While its source is made, and later; afterwards all is as before."""
    round_ = larger(source)
    asked = iter(range(1000))
    found = events(pipeline, round_, cancelled=lambda: next(asked) >= at)
    assert isinstance(found[-1], p.RoundCancelled)
    assert found[-1].round_id == round_.id
    assert not any(isinstance(event, p.ImageReady) for event in found)
    again = images(pipeline, explore("a cat", range(4), Recipe(steps=4)))[2]
    assert again.record.sha256 == source.record.sha256


@pytest.mark.parametrize("part", ["encode", "decode"])
def test_the_vae_works_in_tiles_if_it_does_not_fit(
    pipeline: Pipeline, source: p.ImageReady, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """The record says so, and the image is made again in the same way."""
    vae = pipeline._pipe.vae
    plain = getattr(type(vae), f"_{part}")

    def short(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not self.use_tiling:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return plain(self, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(type(vae), f"_{part}", short)
        record = record_of(events(pipeline, larger(source), source.pixels))
    assert record.recipe.fallback == "tiled"
    assert FALLBACKS["tiled"] in record.notes
    assert not vae.use_tiling
    assert record_of(events(pipeline, round_again(record))).sha256 == record.sha256


def test_latents_are_taken_as_they_are(pipeline: Pipeline, source: p.ImageReady) -> None:
    lanczos, latent = (
        record_of(events(pipeline, larger(source, how), source.pixels))
        for how in (HOW, Finish(strength=0.5, upscaler="latent"))
    )
    assert lanczos.sha256 != latent.sha256
    assert record_of(events(pipeline, round_again(latent))).sha256 == latent.sha256


def test_a_damaged_source_is_refused(pipeline: Pipeline, source: p.ImageReady) -> None:
    for text in ("", "{}", source.record.sha256):
        with pytest.raises(InputError, match="source"):
            events(pipeline, msgspec.structs.replace(larger(source), source=text))


def test_an_upscaler_that_changed_is_refused(pipeline: Pipeline, source: p.ImageReady, models: dict[str, Path]) -> None:
    file = str(next((models["sd"] / "vae").glob("*.safetensors")))
    with pytest.raises(ModelError, match="is another one: 000000000000 then"):
        events(pipeline, larger(source, Finish(strength=0.5, upscaler=file, sha256="0" * 64)), source.pixels)


def test_it_is_finished_only_so_often(pipeline: Pipeline, source: p.ImageReady) -> None:
    record = source.record
    for _ in range(MAX_SOURCES):
        record = record_of(events(pipeline, finish(record, HOW, 64, 64)))
    with pytest.raises(InputError, match="4 times already"):
        finish(record, HOW, 64, 64)
    assert record.unfinished == source.record


def test_the_call_is_watched(pipeline: Pipeline, source: p.ImageReady, monkeypatch: pytest.MonkeyPatch) -> None:
    """As any other: for unseeded noise and for NaN."""
    called: list[str] = []

    def watching(pipe: Any, *args: Any, **kwargs: Any) -> Any:
        called.append(type(pipe).__name__)
        return watched_call(pipe, *args, **kwargs)

    monkeypatch.setattr("seedtui.engine.diffusion.round_calls.watched_call", watching)
    events(pipeline, larger(source), source.pixels)
    assert called == ["StableDiffusionImg2ImgPipeline"]
