"""``generate --resume``: a stopped job goes on, and ends with the images of one that was not stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from seedtui.library.images.png import read_png, read_record

from .conftest import Command


def hashes(folder: Path) -> dict[int, str]:
    """The hash of each seed's image; there is one file of each."""
    found = [read_record(path) for path in folder.glob("*.png")]
    assert len({record.seed for record in found}) == len(found)
    return {record.seed: record.sha256 for record in found}


def test_what_is_there_is_not_made_again(seedtui: Command, models: dict[str, Path], tmp_path: Path) -> None:
    words = ("generate", "a cat", "--model", models["sd"], "--steps", 2, "--batch-size", 2, "--json")
    whole = seedtui(*words, "--seeds", "0-6", "--out", "whole")
    shutil.copytree("whole", "part")
    for seed in (1, 4, 5):
        next(Path("part").glob(f"*seed-{seed}.png")).unlink()
    Path("part/foreign.png").write_bytes(b"not a picture")
    os.mkfifo("part/pipe.png")
    seedtui(*words, "--seeds", "1", "--steps", 3, "--out", "part")  # another recipe
    again = seedtui(*words, "--seeds", "0-6", "--out", "part", "--resume")
    assert (again.code, again.err) == (0, "")
    assert [line["index"] for line in again.lines] == list(range(7))
    assert [line["seed"] for line in again.lines if line.get("existing")] == [0, 2, 3, 6]
    assert [line["sha256"] for line in again.lines] == [line["sha256"] for line in whole.lines]
    assert sum(1 for path in Path("part").glob("a-cat*.png")) == 8
    for line in again.lines:
        assert read_png(Path(line["path"]))[1].sha256 == line["sha256"]
    once_more = seedtui(*words, "--seeds", "5,0", "--out", "part", "--resume")
    assert [(line["index"], line["seed"]) for line in once_more.lines] == [(0, 5), (1, 0)]


def test_without_resume_everything_is_made(seedtui: Command, pictures: list[Path], models: dict[str, Path]) -> None:
    again = seedtui("generate", "a cat", "--model", models["sd"], "--steps", 3, "--out", "pictures", "--json")
    assert not any("existing" in line for line in again.lines)
    assert len(list(Path("pictures").iterdir())) == 2 * len(pictures)


@pytest.mark.slow
def test_killed_at_any_moment_it_ends_with_the_same_images(
    seedtui: Command, models: dict[str, Path], tmp_path: Path
) -> None:
    words = ["generate", "a cat", "--seeds", "0-19", "--steps", "4", "--batch-size", "2", "--model", str(models["sd"])]
    seedtui(*words, "--out", "whole")
    for images in (1, 8):  # killed as soon as so many lines are there, whatever it is doing then
        command = [sys.executable, "-m", "seedtui", *words, "--out", "killed", "--resume"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as job:
            assert job.stdout
            for _ in range(images):
                assert job.stdout.readline()
            job.send_signal(signal.SIGKILL)
    result = seedtui(*words, "--out", "killed", "--resume", "--json")
    assert any("existing" in line for line in result.lines)
    assert not all("existing" in line for line in result.lines)
    assert hashes(Path("killed")) == hashes(Path("whole"))
