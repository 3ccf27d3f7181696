"""``export --recipe`` and ``generate --recipe``: the same pixels."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Command


def test_explored_and_refined_images_come_out_the_same(seedtui: Command, pictures: list[Path], tmp_path: Path):
    (refined,) = seedtui(
        "refine", pictures[3], "--suffix", ", \"artsy\" \\ {x}", "--json", "--out", "refined"
    ).lines  # fmt: skip
    for number, image in enumerate((pictures[2], Path(refined["path"]))):
        file = tmp_path / f"{number}.toml"
        assert seedtui("export", image, "--recipe", file).code == 0
        result = seedtui("generate", "--recipe", file, "--json", "--out", f"again{number}")
        (line,) = result.lines
        (was,) = seedtui("info", image, "--json").lines
        assert line["sha256"] == was["sha256"] and "the pixels match" in result.err
        assert [was[k] for k in ("prompt", "suffix", "seed", "slot")] == [
            line[k] for k in ("prompt", "suffix", "seed", "slot")
        ]


def test_held_and_varied_images_too(seedtui: Command, pictures: list[Path]):
    held = seedtui(
        "refine", pictures[1], "--suffix", ", artsy", "--hold", "40%", "--hold", "70%", "--out", "held", "--json"
    ).lines
    of_held = seedtui("vary", held[0]["path"], "--seeds", "5", "--out", "varied", "--json").lines
    varied = seedtui(
        "vary", pictures[1], "--seeds", "8,9", "--strength", "30%", "--strength", "100%", "--out", "v", "--json"
    ).lines
    for number, image in enumerate((*held, *of_held, *varied)):
        file = f"{number}.toml"
        assert seedtui("export", image["path"], "--recipe", file).code == 0
        result = seedtui("generate", "--recipe", file, "--json", "--out", f"again{number}")
        assert result.lines[0]["sha256"] == image["sha256"] and "the pixels match" in result.err
        for same in ("hold", "variations", "slot"):
            assert result.lines[0].get(same) == image.get(same)


def test_what_is_given_is_above_the_file(seedtui: Command, pictures: list[Path], tmp_path: Path):
    text = seedtui("export", pictures[2], "--recipe").out
    file = tmp_path / "r.toml"
    file.write_text(text)
    result = seedtui("generate", "a dog", "--recipe", file, "--seeds", "4,5", "--steps", "2", "--json", "--out", "o")
    assert [(line["prompt"], line["seed"]) for line in result.lines] == [("a dog", 4), ("a dog", 5)]
    assert "pixels" not in result.err
    (info,) = seedtui("info", result.lines[0]["path"], "--json").lines
    assert info["recipe"]["steps"] == 2 and info["recipe"]["model"].endswith("sd")


def test_other_pixels_are_told(seedtui: Command, pictures: list[Path], tmp_path: Path):
    file = tmp_path / "r.toml"
    file.write_text(seedtui("export", pictures[0], "--recipe").out.replace('sha256 = "', 'sha256 = "0'))
    assert "pixels do not match" in seedtui("generate", "--recipe", file, "--out", "o").err


def test_wrong_words(bare: Command, tmp_path: Path):
    (tmp_path / "there.toml").write_text("prompt = 3")
    for words, told in (
        (["generate"], "no prompt"),
        (["generate", "--recipe", "none.toml"], "no such file"),
        (["generate", "--recipe", "there.toml"], "there.toml:1: prompt"),
        (["export", "none.png", "--recipe"], "no such file"),
        (["export", "latest", "x.toml"], "unexpected argument"),
    ):
        result = bare(*words)
        assert result.code == 2 and told in result.err


@pytest.mark.slow
def test_the_starter_gives_the_same_pixels(seedtui: Command, tmp_path: Path):
    made = seedtui(
        "generate", "Labrador in the style of Vermeer", "--seeds", "5-7", "--steps", "4", "--json", "--out", "o"
    )
    file = tmp_path / "r.toml"
    assert seedtui("export", made.lines[1]["path"], "--recipe", file).code == 0
    (line,) = seedtui("generate", "--recipe", file, "--json", "--out", "again").lines
    assert line["sha256"] == made.lines[1]["sha256"]
