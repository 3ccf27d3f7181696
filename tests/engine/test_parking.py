"""Weights that leave a device come back as they were; what can be seen of it without a GPU, and with one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from seedtui.core.errors import EngineError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.diffusion.memory.parking import move, unpark
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.wire import protocol as p

SHORT = explore("a cat", range(4), Recipe(steps=3))


@pytest.fixture
def pipeline(models: dict[str, Path]) -> Pipeline:
    return Pipeline.load(p.Load("sd", str(models["sd"])), lambda event: None)


def hashes(pipeline: Pipeline) -> list[str]:
    events: list[p.Message] = []
    pipeline.run(SHORT, events.append, lambda: False)
    return [event.record.sha256 for event in events if isinstance(event, p.ImageReady)]


def weights(pipeline: Pipeline) -> dict[str, torch.Tensor]:
    parts = pipeline._pipe.components.items()
    return {f"{n}.{k}": t for n, m in parts if isinstance(m, torch.nn.Module) for k, t in m.state_dict().items()}


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without a GPU")
def test_on_the_cpu_nothing_is_freed_and_it_says_so(pipeline: Pipeline) -> None:
    expected = hashes(pipeline)
    parked = pipeline.park()
    assert (parked.freed, parked.why) == (0, "the model is already on the CPU")
    assert hashes(pipeline) == expected


def test_every_module_is_moved_and_none_is_changed(pipeline: Pipeline) -> None:
    before = {name: tensor.clone().cpu() for name, tensor in weights(pipeline).items()}
    move(pipeline._pipe, "cpu")
    after = weights(pipeline)
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    move(pipeline._pipe, "meta")  # the one other device that is everywhere; it keeps no numbers
    assert {tensor.device.type for tensor in weights(pipeline).values()} == {"meta"}


def test_what_accelerate_moves_is_left_to_it() -> None:
    ours, theirs = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
    theirs._hf_hook = object()  # type: ignore[assignment]
    move(SimpleNamespace(components={"unet": ours, "vae": theirs, "scheduler": object()}), "meta")
    assert (ours.weight.device.type, theirs.weight.device.type) == ("meta", "cpu")


def test_where_others_took_the_room_it_is_told_and_the_weights_stay_on_the_cpu() -> None:
    class Large(torch.nn.Linear):
        def to(self, device: str) -> Large:  # type: ignore[override]
            if device != "cpu":
                raise torch.OutOfMemoryError("CUDA out of memory")
            return super().to(device)

    parts = {"text_encoder": torch.nn.Linear(2, 2), "unet": Large(2, 2)}
    before = {name: part.weight.clone() for name, part in parts.items()}
    parts["text_encoder"].to = lambda device: parts["text_encoder"]  # type: ignore[method-assign, assignment]
    with pytest.raises(EngineError, match="other processes are using the parked model's memory"):
        unpark(SimpleNamespace(components=parts), "cuda:0")
    assert all(torch.equal(part.weight, before[name]) and not part.weight.is_cuda for name, part in parts.items())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_parked_model_frees_the_gpu_and_makes_the_same(pipeline: Pipeline) -> None:
    expected = hashes(pipeline)
    before = torch.cuda.memory_reserved()
    parked = pipeline.park()
    assert parked.freed == before - torch.cuda.memory_reserved() > 0
    assert {tensor.device.type for tensor in weights(pipeline).values()} == {"cpu"}
    assert hashes(pipeline) == expected
