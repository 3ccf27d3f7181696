"""Seed spread from the command line: exact, made again by ``verify``, by ``script`` and by further rounds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seedtui.library.images.png import read_record
from tests.support.pipelines import tiny_flux, tiny_pixart, tiny_sd3

from .conftest import Command

Image = dict[str, Any]


def test_a_spread_of_0_is_the_plain_round(seedtui: Command, models: dict[str, Path]) -> None:
    plain, zero = (explore(seedtui, models["sd"], *words) for words in ((), ("--spread", "0%")))
    assert hashes(zero) == hashes(plain)
    assert [read_record(Path(image["path"])).version for image in zero] == [1] * 4


def test_each_image_has_its_own_noise_whatever_its_neighbours(seedtui: Command, models: dict[str, Path]) -> None:
    plain, spread = (explore(seedtui, models["sd"], *words) for words in ((), ("--spread", "40%")))
    assert len({*hashes(plain), *hashes(spread)}) == 8
    others = explore(seedtui, models["sd"], "--spread", "40%", "--seeds", "8,1,9,3,2")
    assert [hashes(others)[at] for at in (1, 4, 3)] == hashes(spread)[1:]
    record = read_record(Path(spread[0]["path"]))
    assert (record.version, record.recipe.spread, record.recipe.spread_share) == (2, 0.4, 0.25)
    longer = explore(seedtui, models["sd"], "--spread", "40%", "--spread-share", "75%")
    assert not {*hashes(longer)} & {*hashes(spread)}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sd", "sdxl", "lcm", "sd3", "flux"])
def test_it_is_made_again_and_made_from(seedtui: Command, models: dict[str, Path], tmp_path: Path, kind: str) -> None:
    """With holds that change the prompt before and after the noise is taken away, and with variations."""
    size = ("--size", "64x48") if kind == "flux" else ()
    makers = {"sd3": tiny_sd3, "flux": tiny_flux}
    model = makers[kind](tmp_path / kind) if kind in makers else models[kind]
    spread = ("--spread", "40%", "--spread-share", "50%")
    explored = explore(seedtui, model, *size, *spread)
    refined = from_pick(
        seedtui, "refine", explored[1], "--suffix", ", artsy", "--hold", "0%", "--hold", "25%", "--hold", "75%"
    )
    control = from_pick(seedtui, "refine", explored[1], "--suffix", "", "--suffix", ", b")
    varied = from_pick(seedtui, "vary", explored[1], "--seeds", 3, *strengths("0%", "20%", "60%", "100%"))
    assert control[0]["sha256"] == varied[0]["sha256"] == explored[1]["sha256"]
    assert varied[3]["sha256"] == explored[3]["sha256"]
    made = [*explored, *refined, *control, *varied]
    assert len({*hashes(explored), *hashes(refined[:2]), *hashes(varied[1:3])}) == 8
    assert {read_record(Path(image["path"])).recipe.spread for image in made} == {0.4}
    assert seedtui("verify", *(image["path"] for image in made)).code == 0
    programs = "\n".join(seedtui("script", image["path"]).out for image in made)
    done = subprocess.run([sys.executable, "-c", programs], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"exact {image['sha256']}" for image in made]


def test_a_model_whose_prompts_cannot_change_says_so(seedtui: Command, tmp_path: Path) -> None:
    result = seedtui("generate", "a cat", "--model", tiny_pixart(tmp_path / "pixart"), "--spread", "40%")
    assert (result.code, result.out) == (2, "")
    assert "PixArtAlphaPipeline cannot spread its seeds" in result.err
    assert "Use a spread of 0%" in result.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--spread", "much"), "invalid spread “much”"),
        (("--spread", "40"), "invalid spread “40”"),
        (("--spread", "40%", "--spread-share", "0%"), "spread share 0% is out of range"),
    ],
)
def test_wrong_words_are_told(bare: Command, words: tuple[str, ...], told: str) -> None:
    result = bare("generate", "a cat", *words)
    assert (result.code, result.out) == (2, "")
    assert told in result.err


def explore(seedtui: Command, model: Path, *words: object) -> list[Image]:
    return seedtui("generate", "a cat", "--model", model, "--steps", 4, "--json", *words).lines


def from_pick(seedtui: Command, command: str, image: Image, *words: object) -> list[Image]:
    made = seedtui(command, image["path"], *words, "--json").lines
    return sorted(made, key=lambda one: one["index"])  # a control that is made again comes last


def strengths(*all_: str) -> list[str]:
    return [word for strength in all_ for word in ("--strength", strength)]


def hashes(images: list[Image]) -> list[str]:
    return [image["sha256"] for image in images]
