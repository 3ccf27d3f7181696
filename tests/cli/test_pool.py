"""Commands on a pool: the same images as one worker makes, and every one of them once."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from seedtui.library.images.png import read_record
from seedtui.library.paths import config_file, log_file

from .conftest import Command, Result

TWO = ("--workers", "2")


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Low bits depend on the number of threads."""
    monkeypatch.setenv("SEEDTUI_THREADS", "1")


@pytest.fixture
def box(home: Path) -> tuple[str, ...]:
    """Options for a host that is this machine: the same pipes as over ssh, without the network."""
    config_file().parent.mkdir(parents=True, exist_ok=True)
    command = shlex.join([sys.executable, "-m", "seedtui", "worker", "--stdio"])
    config_file().write_text(f'[[hosts]]\nhost = "box"\ncommand = "{command}"\nworkers = 2\n')
    return ("--host", "box")


def hashes(result: Result) -> dict[int, str]:
    """The hash of each image by its index; each is there once."""
    assert result.code == 0, result.err
    found = {line["index"]: line["sha256"] for line in result.lines}
    assert len(found) == len(result.lines)
    return found


def makers(result: Result) -> set[str]:
    """The workers that made the images, as their records say."""
    return {read_record(Path(line["path"])).worker for line in result.lines}


@pytest.mark.slow
def test_two_workers_make_what_one_makes(seedtui: Command, models: dict[str, Path], box: Sequence[str]) -> None:
    words = ("generate", "a cat", "--model", models["sd"], "--steps", 3, "--seeds", "0-15", "--json")
    one = seedtui(*words, "--workers", 1, "--out", "one")
    two = seedtui(*words, *TWO, "--out", "two")
    assert not list(log_file().parent.glob("worker-*.log"))
    host = seedtui(*words, *box, "--out", "host")
    assert hashes(one) == hashes(two) == hashes(host)
    assert set(hashes(one)) == set(range(16))
    assert makers(one) == {""}
    assert makers(two) == {"cpu 1", "cpu 2"}
    assert makers(host) == {"box 1", "box 2"}
    assert one.err == two.err == host.err == ""
    again = seedtui(*words, *TWO, "--out", "two", "--resume")
    assert all(line["existing"] for line in again.lines)
    assert hashes(again) == hashes(one)


@pytest.mark.slow
def test_scouting_and_finishing(seedtui: Command, models: dict[str, Path]) -> None:
    recipe = ("--model", models["sd"], "--steps", 6, "--device", "cpu")
    scouted = seedtui("scout", "a cat", *recipe, "--seeds", "0-15", "--json", "--out", "s", *TWO)
    assert set(hashes(scouted)) == set(range(16))
    assert makers(scouted) == {"cpu 1", "cpu 2"}
    assert len(list(Path("s/saved").glob("*.safetensors"))) == 16
    assert Path("s/contact-sheet.png").is_file()
    whole = seedtui("generate", "a cat", *recipe, "--seeds", "3,7,1,12,9", "--json", "--workers", 1, "--out", "g")
    finished = seedtui("scout", "--finish", "3,7,1,12,9", "--out", "s", "--json", *TWO)
    assert hashes(finished) == hashes(whole)


@pytest.mark.slow
def test_a_grid_is_made_by_all_workers_and_its_twins_once(seedtui: Command, models: dict[str, Path]) -> None:
    words = ("grid", "a cat", "--model", models["sd"], "--steps", 3, "--json", "--axis", "guidance=1,3,5,7")
    one = seedtui(*words, "--seeds", "0-3", "--out", "one", "--workers", 1)
    two = seedtui(*words, "--seeds", "0-3", "--out", "two", *TWO)
    assert hashes(one) == hashes(two)
    assert len(hashes(one)) == 16
    assert makers(two) == {"cpu 1", "cpu 2"}
    gone = [Path(line["path"]) for line in two.lines if line["index"] in (2, 3, 9)]
    for path in gone:
        path.unlink()
    again = seedtui(*words, "--seeds", "0-3", "--out", "two", "--resume", *TWO)
    assert hashes(again) == hashes(one)
    assert {line["index"] for line in again.lines if not line.get("existing")} == {2, 3, 9}
    assert [path.name for path in Path("two").glob("grid*.png")] == ["grid.png"]

    twins = ("grid", "a cat", "--model", models["sd"], "--steps", 3, "--json", "--suffix", "", "--suffix", ", ink",
             "--axis", "hold=0%,50%", "--seeds", "1")  # fmt: skip
    assert hashes(seedtui(*twins, "--out", "t1", "--workers", 1)) == hashes(seedtui(*twins, "--out", "t2", *TWO))


@pytest.mark.slow
def test_a_part_that_the_model_refuses_does_not_stop_the_others(seedtui: Command, models: dict[str, Path]) -> None:
    words = ("grid", "a cat", "--model", models["sd"], "--json", "--axis", "steps=2,1000", "--seeds", "0-3",
             "--scheduler", "lcm")  # fmt: skip
    one, two = (seedtui(*words, *who, "--out", who[1]) for who in (("--workers", "1"), TWO))
    assert (one.code, two.code) == (2, 2)
    assert [line["sha256"] for line in one.lines] == [line["sha256"] for line in two.lines]
    assert len(one.lines) == 4
    assert one.err.partition(" wrote ")[0] == two.err.partition(" wrote ")[0]


@pytest.mark.slow
def test_images_are_verified_side_by_side_and_told_in_order(
    seedtui: Command, models: dict[str, Path], pictures: list[Path]
) -> None:
    other = seedtui("generate", "a dog", "--model", models["sd"], "--steps", 2, "--seeds", "5-7", "--json", *TWO)
    files = [*pictures[:2], *(line["path"] for line in other.lines), pictures[3]]
    checked = seedtui("verify", *files, "--json", *TWO)
    assert checked.code == 0, checked.err
    assert [line["path"] for line in checked.lines] == [str(Path(file).absolute()) for file in files]
    assert all(line["exact"] for line in checked.lines)
    finished = seedtui("finish", *pictures[:2], "--scale", 1, "--strength", "50%", "--json", *TWO, "--out", "f")
    alone = seedtui("finish", *pictures[:2], "--scale", 1, "--strength", "50%", "--json", "--out", "g")
    assert [line["sha256"] for line in finished.lines] == [line["sha256"] for line in alone.lines]
    assert seedtui("verify", *(line["path"] for line in finished.lines), *TWO).code == 0
    varied = seedtui("vary", pictures[0], "--strength", "0%", "--seeds", "8", "--json", "--out", "v", *TWO)
    assert varied.lines[0]["sha256"] == read_record(pictures[0]).sha256


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL], ids=lambda end: end.name)
def test_a_stopped_command_goes_on_without_doing_anything_twice(
    end: signal.Signals, seedtui: Command, models: dict[str, Path], tmp_path: Path
) -> None:
    words = ["generate", "a cat", "--seeds", "0-23", "--steps", "4", "--batch-size", "2", "--model", str(models["sd"])]
    job = subprocess.Popen(
        [sys.executable, "-m", "seedtui", *words, *TWO, "--out", "part"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with job:
        assert job.stdout and job.stderr
        for _ in range(3):
            assert job.stdout.readline()
        job.send_signal(end)
        told = job.stderr.read()
    if end is signal.SIGINT:
        assert job.returncode == 130
        assert "with --resume to make the rest" in told
    there = {read_record(path).seed: path.stat().st_mtime_ns for path in Path("part").glob("*.png")}
    assert 3 <= len(there) < 24
    result = seedtui(*words, *TWO, "--out", "part", "--resume", "--json")
    assert set(hashes(result)) == set(range(24))
    assert {line["seed"] for line in result.lines if line.get("existing")} == set(there)
    found = [read_record(path).seed for path in Path("part").glob("*.png")]
    assert sorted(found) == list(range(24))
    assert hashes(result) == hashes(seedtui(*words, "--workers", 1, "--out", "whole", "--json"))


@pytest.mark.slow
def test_a_model_that_only_the_host_has(seedtui: Command, models: dict[str, Path], box: Sequence[str]) -> None:
    words = ("generate", "a cat", "--model", "nobody/has-this", "--json")
    assert "is not there. Run there: seedtui models --download" in seedtui(*words).err
    result = seedtui(*words, *box)
    assert result.code == 2
    assert "box" in result.err or "nobody/has-this" in result.err


@pytest.mark.slow
def test_a_host_that_cannot_be_reached(seedtui: Command, models: dict[str, Path], box: Sequence[str]) -> None:
    words = ("generate", "a cat", "--model", models["sd"], "--steps", 2, "--json")
    result = seedtui(*words, "--host", "no.such.host.invalid")
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert "no.such.host.invalid" in result.err
    result = seedtui(*words, "--host", "no.such.host.invalid", *box)
    assert len(hashes(result)) == 4
    assert result.err.startswith("seedtui: no.such.host.invalid: ")
    assert result.err.count("\n") == 1


@pytest.mark.slow
def test_of_workers_that_may_be_unlike_the_noise_is_the_same(seedtui: Command, models: dict[str, Path]) -> None:
    words = ("generate", "a cat", "--model", models["sd"], "--steps", 2, "--seeds", "0-7", "--json", "--mixed")
    result = seedtui(*words, *TWO)
    assert len(hashes(result)) == 8
    assert "noise is drawn on the CPU" in result.err
    assert {read_record(Path(line["path"])).recipe.generator_device for line in result.lines} == {"cpu"}
