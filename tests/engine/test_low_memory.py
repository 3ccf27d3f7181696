"""Memory runs out, at each step and in the decoder: the round is made again in a smaller way, and marked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from seedtui.core.errors import EngineError
from seedtui.core.images.record import ImageRecord, round_again
from seedtui.core.prompts.prompt import SUFFIXES
from seedtui.core.recipes.recipe import FALLBACKS, Fallback, Recipe
from seedtui.core.rounds.make import explore, refine
from seedtui.core.rounds.rounds import Round
from seedtui.engine.diffusion.memory import low_memory
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.wire import protocol as p

STEPS = 3
EXPLORE = explore("a cat", range(4), Recipe(steps=STEPS))
REFINE = refine("a cat", 2, SUFFIXES, Recipe(steps=STEPS))


@pytest.fixture(scope="module")
def pipeline(models: dict[str, Path]) -> Pipeline:
    return Pipeline.load(p.Load("sd", str(models["sd"])), lambda event: None)


class Allocator:
    """Lets a part of the pipeline run out of memory: in its call number `at`, or at more than `most` images."""

    def __init__(self, part: torch.nn.Module, method: str, *, at: int = 0, most: int = 1000) -> None:
        inner, self.calls = getattr(part, method), 0

        def call(sample: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            if self.calls == at or len(sample) > most:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
            return inner(sample, *args, **kwargs)

        self._part, self._method = part, method
        setattr(part, method, call)

    def __enter__(self) -> Allocator:
        return self

    def __exit__(self, *_: object) -> None:
        delattr(self._part, self._method)


def run(pipeline: Pipeline, round_: Round) -> list[ImageRecord]:
    events: list[p.Message] = []
    pipeline.run(round_, events.append, lambda: False)
    assert isinstance(events[-1], p.RoundDone)
    return [event.record for event in events if isinstance(event, p.ImageReady)]


def check(pipeline: Pipeline, round_: Round, records: list[ImageRecord], way: Fallback | None) -> None:
    """All images are marked as made in that way, a round that asks for it makes the very same, and so does one
    image alone, as `verify` makes it; afterwards a round is as ever."""
    assert [record.index for record in records] == list(range(4))
    assert {record.recipe.fallback for record in records} == {way}
    assert all((FALLBACKS[way] in record.notes) if way else not record.notes for record in records)
    hashes = [record.sha256 for record in records]
    asked = Round(id="again", kind=round_.kind, prompt=round_.prompt, shots=round_.shots, recipe=records[0].recipe)
    assert [record.sha256 for record in run(pipeline, asked)] == hashes
    assert run(pipeline, round_again(records[2]))[records[2].slot].sha256 == hashes[2]
    assert not pipeline._pipe.vae.use_slicing
    assert {record.recipe.fallback for record in run(pipeline, round_)} == {None}


@pytest.mark.parametrize(("at", "round_"), [(1, EXPLORE), (2, EXPLORE), (3, EXPLORE), (4, EXPLORE), (4, REFINE)])
def test_once_at_a_step(pipeline: Pipeline, round_: Round, at: int) -> None:
    """PNDM takes one step more than it is asked for."""
    with Allocator(pipeline._pipe.unet, "forward", at=at):
        records = run(pipeline, round_)
    check(pipeline, round_, records, "sliced")


def test_once_in_the_decoder_and_no_step_is_lost(pipeline: Pipeline) -> None:
    with Allocator(pipeline._pipe.vae, "decode", at=1), Allocator(pipeline._pipe.unet, "forward") as unet:
        records = run(pipeline, EXPLORE)
    assert unet.calls == STEPS + 1  # PNDM's own count
    check(pipeline, EXPLORE, records, "sliced")


@pytest.mark.parametrize(("most", "way"), [(4, "halves"), (2, "singles")])
@pytest.mark.parametrize("round_", [EXPLORE, REFINE], ids=["explore", "refine"])
def test_as_many_as_fit(pipeline: Pipeline, round_: Round, most: int, way: Fallback) -> None:
    """With guidance a step takes two samples an image."""
    with Allocator(pipeline._pipe.unet, "forward", most=most):
        records = run(pipeline, round_)
    check(pipeline, round_, records, way)


def test_a_decoder_that_holds_two(pipeline: Pipeline) -> None:
    with Allocator(pipeline._pipe.vae, "decode", most=2):
        records = run(pipeline, EXPLORE)
    check(pipeline, EXPLORE, records, "halves")


def test_when_not_even_one_fits_it_is_said_and_the_next_round_runs(pipeline: Pipeline) -> None:
    before = run(pipeline, EXPLORE)
    with Allocator(pipeline._pipe.unet, "forward", most=1), pytest.raises(EngineError, match="out of memory"):
        run(pipeline, EXPLORE)
    assert [r.sha256 for r in run(pipeline, EXPLORE)] == [r.sha256 for r in before]


def test_the_second_call_alone_is_marked(pipeline: Pipeline) -> None:
    """Six images are two calls, each of as many steps; what was made before stays unmarked."""
    six = explore("a cat", range(6), Recipe(steps=STEPS))
    with Allocator(pipeline._pipe.unet, "forward", at=STEPS + 3):
        records = run(pipeline, six)
    assert [record.recipe.fallback for record in records] == [None] * 4 + ["sliced"] * 2


def test_steps_go_on_in_parts(pipeline: Pipeline) -> None:
    events: list[p.Message] = []
    with Allocator(pipeline._pipe.unet, "forward", most=4):
        pipeline.run(EXPLORE, events.append, lambda: False)
    steps = [event for event in events if isinstance(event, p.Step)]
    assert steps[-1].step == steps[-1].steps
    assert steps[-1].how == "in two halves"


def test_a_cpu_that_says_it_in_its_own_words(pipeline: Pipeline) -> None:
    words = "[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't allocate memory"
    assert low_memory.is_out_of_memory(RuntimeError(words))
    assert low_memory.is_out_of_memory(MemoryError())
    assert not low_memory.is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))


def test_what_was_held_is_free_before_the_next_attempt() -> None:
    import weakref

    held: list[weakref.ref] = []

    def work() -> None:
        tensor = torch.zeros(8)
        held.append(weakref.ref(tensor))
        raise torch.OutOfMemoryError("CUDA out of memory")

    assert low_memory.attempt(work, lambda: None) is None
    assert held[0]() is None


@pytest.mark.parametrize(
    ("device", "batch", "asked", "there"),
    [
        ("cuda", 4, None, [None, "sliced", "halves", "singles", "offload"]),
        ("cpu", 4, None, [None, "sliced", "halves", "singles"]),
        ("cpu", 2, None, [None, "sliced", "singles"]),
        ("cpu", 1, None, [None, "sliced"]),
        ("cuda", 4, "singles", ["singles", "offload"]),
        ("cpu", 4, "offload", ["offload"]),
    ],
)
def test_ways(pipeline: Pipeline, device: str, batch: int, asked: Fallback | None, there: list) -> None:
    assert list(low_memory.ways(pipeline._pipe, device, batch, asked)) == there


def test_parts_fill_the_batch_in_order() -> None:
    def slots(batch: int, way: Fallback | None) -> list[list[int]]:
        return [list(range(batch))[part] for part in low_memory.parts(batch, way)]

    assert slots(4, "sliced") == [[0, 1, 2, 3]]
    assert slots(4, "halves") == [[0, 1], [2, 3]]
    assert slots(5, "halves") == [[0, 1, 2], [3, 4]]
    assert slots(3, "offload") == [[0], [1], [2]]


def test_what_is_done_already_is_no_way_out(models: dict[str, Path]) -> None:
    """The profile `small` decodes one by one by itself, and a VAE may not be able to."""
    load = p.Load("sd", str(models["sd"]), recipe=Recipe(profile="small"))
    small = Pipeline.load(load, lambda event: None)
    assert list(low_memory.ways(small._pipe, "cpu", 4, None)) == [None, "halves", "singles"]
    del small._pipe.vae.use_slicing
    assert list(low_memory.ways(small._pipe, "cpu", 4, None)) == [None, "halves", "singles"]
