"""What is saved is used only where it gives exactly the images of a whole call; otherwise they are computed in full."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.scout import scout
from seedtui.core.rounds.stop import Stop
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.diffusion.scouting.replay import INEXACT, MISSING, MOVED
from seedtui.engine.diffusion.scouting.verdicts import Verdicts
from seedtui.engine.wire import protocol as p
from tests.support.scouting import hashes, keeping, run, told

RECIPE = Recipe(scheduler="euler-a", steps=4, batch_size=2)
SCOUTED = scout("a cat", range(4), Stop(steps=2), RECIPE)


@pytest.fixture(scope="module")
def sd(models: dict[str, Path]) -> Pipeline:
    return Pipeline.load(p.Load("sd", str(models["sd"]), threads=1), lambda event: None)


@pytest.fixture(scope="module")
def whole(sd: Pipeline) -> dict[int, str]:
    return hashes(run(sd, explore("a cat", range(4), RECIPE)))


@pytest.fixture
def saved(sd: Pipeline, tmp_path: Path) -> Path:
    """A folder with states, and a process that knows nothing about them."""
    sd._verdicts = Verdicts()
    run(sd, SCOUTED, tmp_path / "s")
    return tmp_path / "s"


def replayed(events: list[p.Message]) -> float:
    assert isinstance(events[-1], p.RoundDone)
    return events[-1].replayed


def test_the_folder_is_private_and_has_no_leftovers(saved: Path) -> None:
    assert saved.stat().st_mode & 0o077 == 0
    assert sorted(file.name for file in saved.iterdir()) == [f"{seed}.safetensors" for seed in range(4)]


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def flipped(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


def of_another_seed(file: Path) -> None:
    file.write_bytes(file.with_name("2.safetensors").read_bytes())


def not_a_file(file: Path) -> None:
    file.unlink()
    file.mkdir()


def without_metadata(file: Path) -> None:
    import safetensors.torch

    safetensors.torch.save_file({"0.0": torch.zeros(2, 4, 8, 8)}, file)


@pytest.mark.parametrize(
    "damage",
    [Path.unlink, truncated, flipped, of_another_seed, not_a_file, without_metadata, lambda f: f.write_text("x")],
)
def test_a_damaged_file(sd: Pipeline, saved: Path, whole: dict[int, str], damage: Callable[[Path], object]) -> None:
    damage(saved / "1.safetensors")
    events = run(sd, keeping(SCOUTED, 0, 1, 2, 3), saved)
    assert hashes(events) == whole
    assert told(events) == [MISSING]
    with pytest.raises(Exception, match="missing, damaged, or from another setup"):
        sd.decode(msgspec.structs.replace(SCOUTED, shots=SCOUTED.shots[1:2]), str(saved))


@pytest.mark.parametrize(
    "changes", [{"guidance": 3.0}, {"scheduler": "euler"}, {"steps": 5}, {"negative": "dog"}, {"batch_size": 4}]
)
def test_another_recipe_or_prompt(sd: Pipeline, saved: Path, changes: dict[str, Any]) -> None:
    other = msgspec.structs.replace(RECIPE, **changes)
    events = run(sd, msgspec.structs.replace(keeping(SCOUTED, 0, 1), recipe=other), saved)
    assert told(events) == [MISSING] and not replayed(events)
    assert hashes(events) == hashes(run(sd, explore("a cat", (0, 1), other)))


def test_another_prompt_and_other_threads(sd: Pipeline, saved: Path) -> None:
    assert told(run(sd, msgspec.structs.replace(keeping(SCOUTED, 0, 1), prompt="a dog"), saved)) == [MISSING]
    before = sd.info
    environment = msgspec.structs.replace(before.environment, threads=before.environment.threads + 1)
    sd.info = msgspec.structs.replace(before, environment=environment)
    try:
        assert told(run(sd, keeping(SCOUTED, 0, 1), saved)) == [MISSING]
    finally:
        sd.info = before


def test_the_first_call_is_made_in_both_ways_and_its_verdict_kept(
    sd: Pipeline, saved: Path, whole: dict[int, str]
) -> None:
    for expected in (0.0, 0.5):
        events = run(sd, keeping(SCOUTED, 1, 2), saved)
        assert replayed(events) == expected
        assert hashes(events) == {seed: whole[seed] for seed in (1, 2)}
    sd._verdicts = Verdicts()  # as in another process
    assert replayed(run(sd, keeping(SCOUTED, 1, 2), saved)) == 0.5


@pytest.fixture(params=["denoiser", "scheduler"])
def with_memory(request: pytest.FixtureRequest, sd: Pipeline, monkeypatch: pytest.MonkeyPatch) -> str:
    """A pipeline whose denoiser answers, or whose scheduler scales, by how often it did before."""
    times = itertools.count()
    if request.param == "denoiser":
        answer = sd._pipe.unet.forward
        monkeypatch.setattr(sd._pipe.unet, "forward", lambda *a, **k: (answer(*a, **k)[0] + 0.1 * (next(times) % 7),))
    else:
        scale = sd._pipe.scheduler.scale_model_input
        cls = type(sd._pipe.scheduler)
        monkeypatch.setattr(cls, "scale_model_input", lambda own, x, t: scale.__func__(own, x, t) + 0.01 * next(times))
    return str(request.param)


def test_a_pipeline_that_cannot_continue_exactly(sd: Pipeline, tmp_path: Path, with_memory: str) -> None:
    expected = [INEXACT] if with_memory == "denoiser" else [MOVED]
    sd._verdicts = Verdicts()
    run(sd, SCOUTED, tmp_path)
    events = run(sd, keeping(SCOUTED, 0, 1, 2, 3), tmp_path)
    assert told(events) == expected and not replayed(events)
    assert len(hashes(events)) == 4
    sd._verdicts = Verdicts()
    assert told(run(sd, keeping(SCOUTED, 0, 1), tmp_path)) == expected


def test_a_full_disk_costs_only_what_cannot_be_saved(sd: Pipeline, small_disk: Path, whole: dict[int, str]) -> None:
    previews = hashes(run(sd, SCOUTED))
    (small_disk / "filler").write_bytes(bytes(2**20 - 24 * 1024))
    events = run(sd, SCOUTED, small_disk / "s")
    assert hashes(events) == previews
    (words,) = told(events)
    assert "the disk is full" in words and "in full" in words
    assert not [file for file in small_disk.rglob("*") if file.name.startswith(".")]
    assert hashes(run(sd, keeping(SCOUTED, 0, 1, 2, 3), small_disk / "s")) == whole


def test_cancelling_leaves_only_whole_files(sd: Pipeline, tmp_path: Path, whole: dict[int, str]) -> None:
    calls = 0

    def cancelled() -> bool:
        nonlocal calls
        calls += 1
        return calls > 6

    events = run(sd, SCOUTED, tmp_path, cancelled)
    assert isinstance(events[-1], p.RoundCancelled)
    assert {file.name for file in tmp_path.iterdir()} == {"0.safetensors", "1.safetensors"}
    calls = 5
    assert isinstance(run(sd, keeping(SCOUTED, 0, 1), tmp_path, cancelled)[-1], p.RoundCancelled)
    assert hashes(run(sd, keeping(SCOUTED, 0, 1), tmp_path)) == {seed: whole[seed] for seed in (0, 1)}


def test_a_round_of_drafts_says_that_it_saves_nothing(sd: Pipeline) -> None:
    from seedtui.engine.diffusion.scouting.work import DRAFTS, work_of

    events: list[p.Message] = []
    recipe = msgspec.structs.replace(RECIPE, draft="cache")
    work = work_of(sd._pipe, SCOUTED, recipe, sd.info, "somewhere", None, Verdicts(), events.append)
    assert told(events) == [DRAFTS] and work is not None
    assert work_of(sd._pipe, keeping(SCOUTED, 0), recipe, sd.info, "s", None, Verdicts(), events.append) is None
