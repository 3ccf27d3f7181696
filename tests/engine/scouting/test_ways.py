"""Whatever else a round does: what is kept of it is finished bit for bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from seedtui.core.recipes.lora import Lora
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.hold import Hold
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.scout import scout
from seedtui.core.rounds.stop import Stop
from seedtui.core.rounds.variation import Variation
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.diffusion.scouting.verdicts import Verdicts
from seedtui.engine.wire import protocol as p
from tests.support.pipelines import tiny_lora
from tests.support.scouting import hashes, keeping, run, told

BASE: dict[str, Any] = {"steps": 4, "batch_size": 4, "scheduler": "ddim"}


@pytest.fixture(scope="module")
def sd(models: dict[str, Path]) -> Pipeline:
    return Pipeline.load(p.Load("sd", str(models["sd"])), lambda event: None)


def check(pipeline: Pipeline, scouted: Round, whole: Round, folder: Path) -> None:
    """Twice, as the first call is made in both ways."""
    pipeline._verdicts = Verdicts()
    run(pipeline, scouted, folder)
    expected = hashes(run(pipeline, whole))
    for is_known in (False, True):
        events = run(pipeline, keeping(scouted, 4, 1, 3, 0), folder)
        assert not told(events)
        assert isinstance(events[-1], p.RoundDone) and (events[-1].replayed == 0.5) is is_known
        assert hashes(events) == {seed: expected[seed] for seed in (4, 1, 3, 0)}


@pytest.mark.parametrize(
    "changes",
    [
        {"spread": 0.4},
        {"prompt_encoding": "weighted"},
        {"fallback": "halves"},
        pytest.param({"fallback": "singles"}, marks=pytest.mark.slow),
        pytest.param({"generator_device": "philox"}, marks=pytest.mark.slow),
        pytest.param({"guidance": 1.0}, marks=pytest.mark.slow),
    ],
)
def test_recipes(sd: Pipeline, changes: dict[str, Any], tmp_path: Path) -> None:
    recipe = Recipe(**BASE | changes)
    prompt = "a (cat:1.2)"
    check(sd, scout(prompt, range(5), Stop(steps=2), recipe), explore(prompt, range(5), recipe), tmp_path)


def odd(round_: Round, **changes: Any) -> Round:
    return msgspec.structs.replace(
        round_, shots=tuple(msgspec.structs.replace(shot, **changes) for shot in round_.shots)
    )


def test_variations(sd: Pipeline, tmp_path: Path) -> None:
    turned = {"variations": (Variation(9, 0.3),)}
    scouted = odd(scout("a cat", range(5), Stop(steps=2), Recipe(**BASE)), **turned)
    check(sd, scouted, odd(explore("a cat", range(5), Recipe(**BASE)), **turned), tmp_path)


@pytest.mark.parametrize("has_holds", [False, True])
def test_prompts_of_a_batch(sd: Pipeline, has_holds: bool, tmp_path: Path) -> None:
    """Those are encoded together: on a CPU, low bits of an image depend on its slot. In the same slots, the images
    continue from what is saved, and in others they are computed in full."""

    def resolve(template: str, seed: int) -> str:
        return template if has_holds else f"{template} {seed * 'big '}cat"

    holds = (Hold(0.25, "a dog"),) if has_holds else ()
    scouted = odd(scout("a", range(8), Stop(steps=2), Recipe(**BASE), resolve), holds=holds)
    run(sd, scouted, tmp_path)
    assert sd.decode(msgspec.structs.replace(scouted, shots=scouted.shots[7:]), str(tmp_path)).width == 64
    for kept, least in (((0, 1, 2, 3), 0.5), ((0, 1, 3, 4, 5, 6, 7), 0.0)):
        asked = [scouted.shots[index] for index in kept]
        whole = msgspec.structs.replace(scouted, kind="explore", shots=tuple(asked), stop=None)
        expected = hashes(run(sd, whole))
        for is_known in (False, True):
            events = run(sd, keeping(scouted, *kept), tmp_path)
            assert hashes(events) == expected
            assert isinstance(events[-1], p.RoundDone) and events[-1].replayed >= least * is_known


def test_a_lora(models: dict[str, Path], tmp_path: Path) -> None:
    lora = Lora(path=str(tiny_lora(models["sd"], tmp_path / "a.safetensors", 1)), weight=0.5)
    recipe = Recipe(**BASE, lora=(lora,))
    pipeline = Pipeline.load(p.Load("sd", str(models["sd"]), recipe=recipe), lambda event: None)
    check(pipeline, scout("a cat", range(5), Stop(steps=2), recipe), explore("a cat", range(5), recipe), tmp_path)


def test_a_network_that_is_compiled_whole(sd: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compiled has a place of its own, and is not touched."""
    unet, compiled = sd._pipe.unet, sd._pipe.unet._call_impl
    monkeypatch.setattr(unet, "_compiled_call_impl", compiled)
    recipe = Recipe(**BASE)
    check(sd, scout("a cat", range(5), Stop(steps=2), recipe), explore("a cat", range(5), recipe), tmp_path)
    assert unet._compiled_call_impl is compiled and "forward" not in vars(unet)
