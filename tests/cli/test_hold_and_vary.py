"""Holds and variations, from the command line: exact, made again by ``verify``, by ``script`` and by further rounds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seedtui.core.prompts.ideas import IDEA_SETS
from seedtui.core.rounds.hold import Hold
from seedtui.core.rounds.variation import Variation
from seedtui.library.images.png import read_record
from seedtui.library.paths import config_file
from tests.support.pipelines import tiny_flux, tiny_sana, tiny_sd3

from .conftest import Command

Image = dict[str, Any]


@pytest.fixture
def explored(seedtui: Command, models: dict[str, Path]) -> list[Image]:
    return explore(seedtui, models["sd"])


def explore(seedtui: Command, model: Path, *words: object) -> list[Image]:
    return seedtui("generate", "a cat", "--model", model, "--steps", 4, "--json", *words).lines


def test_hold_0_is_the_plain_round(seedtui: Command, explored: list[Image]) -> None:
    plain = hashes(seedtui("refine", explored[2]["path"], "--json").lines)
    assert hashes(seedtui("refine", explored[2]["path"], "--hold", "0%", "--json").lines) == plain


def test_each_hold_makes_an_image_of_its_own(seedtui: Command, explored: list[Image]) -> None:
    held = refine(seedtui, explored[1], "0%", "25%", "50%", "75%")
    assert len({*hashes(held)}) == 4
    assert hashes(refine(seedtui, explored[1], "50%"))[0] == held[2]["sha256"]  # whatever its neighbours hold
    assert [image.get("hold") for image in held] == [None, 0.25, 0.5, 0.75]
    assert read_record(Path(held[2]["path"])).holds == (Hold(0.5, "a cat"),)
    assert [read_record(Path(image["path"])).version for image in held] == [2] * 4
    assert read_record(Path(explored[0]["path"])).version == 1


def test_variations_lead_from_the_pick_to_the_other_image(seedtui: Command, explored: list[Image]) -> None:
    varied = vary(seedtui, explored[1], 3, "0%", "20%", "60%", "100%")
    assert (varied[0]["sha256"], varied[3]["sha256"]) == (explored[1]["sha256"], explored[3]["sha256"])
    assert len({*hashes(varied)}) == 4
    assert varied[1]["variations"] == [{"seed": 3, "strength": 0.2}]


@pytest.mark.slow
def test_a_variation_towards_its_own_seed_is_the_pick(
    seedtui: Command, models: dict[str, Path], explored: list[Image]
) -> None:
    varied = vary(seedtui, explored[1], 1, "20%", "100%")  # there is no angle between the two noises to divide by
    assert hashes(varied) == [explored[1]["sha256"]] * 2
    turned = vary(seedtui, explored[1], 3, "100%")[0]
    assert hashes(vary(seedtui, turned, 3, "20%")) == hashes([turned])
    program = seedtui("script", varied[0]["path"]).out
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == f"exact {varied[0]['sha256']}\n"


@pytest.mark.parametrize("kind", ["sd", "sdxl", "lcm", "sd3", "flux"])
def test_they_are_made_again_and_made_from(
    seedtui: Command, models: dict[str, Path], tmp_path: Path, kind: str
) -> None:
    """Verified, by plain Diffusers, and as the pick of further rounds, whose control equals it."""
    size = ("--size", "64x48") if kind == "flux" else ()
    makers = {"sd3": tiny_sd3, "flux": tiny_flux}
    model = makers[kind](tmp_path / kind) if kind in makers else models[kind]
    noise = ("--scheduler", "euler-a") if kind == "sd" else ("--scheduler", "ddpm") if kind == "sd3" else ()
    explored = explore(seedtui, model, *size, *noise)
    held = refine(seedtui, explored[1], "0%", "25%", "50%", "75%")
    varied = vary(seedtui, explored[1], 3, "0%", "20%", "60%", "100%")
    again = vary(seedtui, varied[1], 7, "0%", "40%", "100%")
    of_both = refine(seedtui, again[1], "50%")
    twice = seedtui("refine", held[2]["path"], "--suffix", "", "--suffix", ", b", "--hold", "70%", "--json").lines
    assert (again[0]["sha256"], twice[0]["sha256"]) == (varied[1]["sha256"], held[2]["sha256"])
    assert read_record(Path(twice[1]["path"])).holds == (Hold(0.5, "a cat"), Hold(0.7, "a cat, artsy"))
    assert read_record(Path(of_both[0]["path"])).variations == (Variation(3, 0.2), Variation(7, 0.4))
    made = [*held, *varied, *again, *of_both, *twice]
    assert seedtui("verify", *(image["path"] for image in made)).code == 0
    programs = "\n".join(seedtui("script", image["path"]).out for image in made)
    done = subprocess.run([sys.executable, "-c", programs], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"exact {image['sha256']}" for image in made]


def test_a_model_whose_prompts_have_masks_cannot_hold(seedtui: Command, tmp_path: Path) -> None:
    explored = explore(seedtui, tiny_sana(tmp_path / "sana"))
    result = seedtui("refine", explored[0]["path"], "--hold", "20%")
    assert (result.code, result.out) == (2, "")
    assert "SanaPipeline cannot hold the composition" in result.err
    assert "Use a hold of 0%" in result.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("refine", "--hold", "95%"), "hold 95% is out of range"),
        (("refine", "--hold", "20"), "invalid hold “20”"),
        (("vary", "--strength", "much"), "invalid strength “much”"),
        (("vary", "--strength", "101%"), "strength “101%” is more than 100%"),
        (("vary", "--seeds", "5,5"), "seed 5 is given twice"),
    ],
)
def test_wrong_words_are_told(bare: Command, pictures: list[Path], words: tuple[str, ...], told: str) -> None:
    command, *options = words
    result = bare(command, pictures[0], *options)
    assert (result.code, result.out) == (2, "")
    assert told in result.err


def refine(seedtui: Command, image: Image, *holds: str) -> list[Image]:
    given = [word for hold in holds for word in ("--hold", hold)]
    return seedtui("refine", image["path"], "--suffix", ", artsy", *given, "--json").lines


def vary(seedtui: Command, image: Image, seed: int, *strengths: str) -> list[Image]:
    given = [word for strength in strengths for word in ("--strength", strength)]
    return seedtui("vary", image["path"], "--seeds", seed, *given, "--json").lines


def hashes(images: list[Image]) -> list[str]:
    return [image["sha256"] for image in images]


def test_sets_alternatives_and_holds_combine(seedtui: Command, explored: list[Image], tmp_path: Path) -> None:
    ideas = seedtui("refine", explored[1]["path"], "--set", "light", "--json").lines
    assert [image["suffix"] for image in ideas] == list(IDEA_SETS["light"])
    config_file().parent.mkdir(parents=True, exist_ok=True)
    config_file().write_text('[suffix_sets]\nlight = [", {dawn|dusk}", ", noon"]\n')
    own = seedtui("refine", explored[1]["path"], "--set", "light", "--hold", "0%", "--hold", "50%", "--json").lines
    assert [(image["suffix"], image.get("hold")) for image in own] == [
        (suffix, hold) for suffix in (", dawn", ", dusk", ", noon") for hold in (None, 0.5)
    ]
