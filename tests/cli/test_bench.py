"""``bench``: its words, its figures, and a real run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from seedtui.bench.report import PoolResult, Report, Result, bars
from seedtui.cli.commands.bench import CPU_STEPS, GPU_STEPS, chosen_profiles, groups, with_defaults
from seedtui.core.recipes.recipe import Recipe
from seedtui.models.resolve import Model

from .conftest import Command


def test_profiles_are_chosen_by_name(bare: Command) -> None:
    assert chosen_profiles(" strict,plain,strict") == ["plain", "strict"]
    assert groups(["plain", "fast"], False) == [["plain", "fast"]]
    assert groups(["plain", "fast"], True) == [["plain"], ["fast"]]
    assert groups(["plain"], False, with_app=True) == [["plain", "app"]]
    assert groups(["plain"], True, with_app=True) == [["plain"], ["app"]]
    for words in ("quick", "", "plain;fast"):
        result = bare("bench", "--profiles", words)
        assert (result.code, result.out) == (2, "")
        assert result.err == f"seedtui: unknown profile “{words}”. Use plain, fast, small, strict.\n"


def test_the_script_takes_the_steps_and_guidance_that_the_models_folder_names(tmp_path: Path) -> None:
    model = Model("mine", tmp_path, "folder", "StableDiffusionPipeline", 8)
    assert with_defaults(Recipe(), model, "cpu").steps == CPU_STEPS
    assert with_defaults(Recipe(), model, "cuda").steps == GPU_STEPS
    (tmp_path / "seedtui.json").write_text('{"steps": 7, "guidance": 2.0}')
    assert with_defaults(Recipe(), model, "cuda") == Recipe(steps=7, guidance=2.0)
    assert with_defaults(Recipe(steps=3), model, "cpu") == Recipe(steps=3, guidance=2.0)


def test_figures_follow_from_the_times() -> None:
    script, ours = Result("script", 5.0, 3.0, [2.0, 4.0, 2.0]), Result("plain", 6.0, 2.5, [1.0, 2.0, 2.0])
    ours.against(script)
    report = Report("starter", Recipe(steps=10), results=[script, ours], flop=4e12, fastest=4e12)
    assert ours.speed == 2.0
    assert report.images_per_second(script) == 2.0
    assert report.steps_per_second(ours) == 5.0
    assert report.share(script) == 0.5
    one, other = bars(report)
    assert one.count("█") == other.count("█") == 40
    ours.rounds = [8.0, 8.0, 8.0]
    assert bars(report)[1].count("█") == 10


def test_a_pool_beside_one_worker_in_words() -> None:
    result = PoolResult(2, 1, 16, [4.0, 6.0, 2.0], [2.0, 2.0, 2.0])
    assert result.ratio == 2.0
    assert result.words == (
        "2 workers of 1 thread each: 16 seeds in 2.00 s, 8.00 images/s; one of them alone: 4.00 s. "
        "Speed: 2.00x, hashes equal."
    )
    result.differing = 3
    assert result.words.endswith("3 of 48 images differ.")
    assert result.line()["hashes_equal"] is False


@pytest.mark.slow
def test_a_pool_makes_the_images_of_one_worker(
    seedtui: Command, models: dict[str, Path], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEEDTUI_THREADS", "1")
    words = ("bench", "--model", models["sd"], "--steps", 2, "--rounds", 2, "--profiles", "plain", "--no-app")
    result = seedtui(*words, "--workers", 2, "--json")
    assert result.code == 0, result.err
    (row,) = (line for line in result.lines if line.get("name") == "pool")
    assert (row["workers"], row["threads"], row["seeds"], row["hashes_equal"]) == (2, 1, 16, True)
    assert len(row["one_rounds_s"]) == len(row["pool_rounds_s"]) == 2
    assert not list((home / "log").glob("worker-*bench*"))


@pytest.mark.slow
def test_a_run(seedtui: Command, models: dict[str, Path], home: Path) -> None:
    words = ("bench", "--model", models["sd"], "--steps", 3, "--rounds", 2, "--profiles", "plain,small")
    result = seedtui(*words, "--json")
    assert result.code == 0, result.err
    about, *rows = result.lines
    assert [row["name"] for row in rows] == ["script", "plain", "small", "app"]
    assert about["flop_per_round"] > 0
    assert about["matmul_flop_per_second"] > 0
    assert (about["device"], about["steps"], about["batch_size"]) == ("cpu", 3, 4)
    for row in rows:
        assert len(row["rounds_s"]) == 2
        assert 0 < row["share_of_limit"] < 1
        assert row["peak_bytes"] > 50 * 2**20 or row["name"] == "app"
    assert not [pid for pid in children(os.getpid()) if "seedtui.engine.diffusion.baseline" in pid]


def children(parent: int) -> list[str]:
    """The command lines of all processes that `parent` has started and that are there still."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(stat.with_name("cmdline").read_text())
        except (OSError, IndexError):
            continue
    return found
