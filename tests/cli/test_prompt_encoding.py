"""Weighted and long prompts, from the command line: exact, verified, and made again by plain Diffusers and compel."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seedtui.library.images.png import read_record
from tests.support.pipelines import tiny_flux

from .conftest import Command

pytest.importorskip("compel")

Image = dict[str, Any]
LONG = "a cat, at night. " * 12
"""More letters than the 75 tokens that the tiny models read, which have one for each letter."""


def generate(seedtui: Command, model: Path, prompt: str, encoding: str, *words: object) -> list[Image]:
    return seedtui(
        "generate", prompt, "--model", model, "--steps", 2, "--prompt-encoding", encoding, "--json", *words
    ).lines


def hashes(images: list[Image]) -> list[str]:
    return [image["sha256"] for image in images]


@pytest.mark.parametrize("kind", ["sd", "sdxl", "lcm"])
def test_text_without_weights_is_the_plain_call(seedtui: Command, models: dict[str, Path], kind: str) -> None:
    negative = () if kind == "lcm" else ("--negative", "fog, (rain:1)")
    plain = generate(seedtui, models[kind], "a cat, at night", "plain", *(negative and ("--negative", "fog, rain")))
    assert hashes(generate(seedtui, models[kind], "a (cat:1.0), at night", "weighted", *negative)) == hashes(plain)
    assert hashes(generate(seedtui, models[kind], r"a \(cat+", "long")) == hashes(
        generate(seedtui, models[kind], r"a \(cat+", "plain")
    )
    assert read_record(Path(plain[0]["path"])).version == 1


@pytest.mark.parametrize("kind", ["sd", "sdxl"])
def test_weights_change_the_image(seedtui: Command, models: dict[str, Path], kind: str) -> None:
    prompts = ("a cat at night", "a (cat:1.3) at night", "a cat++ at night", "a cat-- at night", "a (cat)1.3 at night")
    made = [generate(seedtui, models[kind], prompt, "weighted", "--seeds", "3")[0] for prompt in prompts]
    assert len({*hashes(made)}) == 4 and made[1]["sha256"] == made[4]["sha256"]
    negative = generate(seedtui, models[kind], "a cat at night", "weighted", "--seeds", 3, "--negative", "(fog:1.5)")
    plain = generate(seedtui, models[kind], "a cat at night", "weighted", "--seeds", 3, "--negative", "fog")
    assert hashes(negative) != hashes(plain)
    record = read_record(Path(made[1]["path"]))
    assert (record.version, record.prompt, record.recipe.prompt_encoding) == (2, prompts[1], "weighted")
    assert record.environment.compel and not made[1]["notes"]


@pytest.mark.parametrize("kind", ["sd", "sdxl"])
def test_a_long_prompt_is_not_cut_off(seedtui: Command, models: dict[str, Path], kind: str) -> None:
    cut, long = (generate(seedtui, models[kind], LONG, way, "--seeds", "0")[0] for way in ("plain", "long"))
    other = generate(seedtui, models[kind], LONG + "a dog", "long", "--seeds", "0")[0]
    assert any("cut off" in note for note in cut["notes"]) and not long["notes"]
    assert len({cut["sha256"], long["sha256"], other["sha256"]}) == 3


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sd", "sdxl", "lcm"])
@pytest.mark.parametrize("encoding", ["weighted", "long"])
def test_they_are_made_again_and_made_from(
    seedtui: Command, models: dict[str, Path], tmp_path: Path, kind: str, encoding: str
) -> None:
    """Verified, by a program, from a recipe file, and as the pick of further rounds, whose control equals it."""
    negative = () if kind == "lcm" else ("--negative", "(fog:1.2), rain")
    scheduler = ("--scheduler", "euler-a") if kind == "sd" else ()
    explored = generate(seedtui, models[kind], "a (cat:1.3), night", encoding, *negative, *scheduler)
    held = refine(seedtui, explored[1], "", ", (artsy:1.4)", f", {LONG}", "--hold", "0%", "--hold", "60%")
    varied = seedtui("vary", explored[2]["path"], "--seeds", 9, "--strength", "0%", "--strength", "30%", "--json").lines
    of_long = refine(seedtui, held[3], "", "x", "--hold", "50%")
    assert held[0]["sha256"] == explored[1]["sha256"] and varied[0]["sha256"] == explored[2]["sha256"]
    assert of_long[0]["sha256"] == held[3]["sha256"]
    spread = generate(seedtui, models[kind], "a (cat:1.3), night", encoding, "--spread", "40%", "--out", "spread")
    finished = seedtui("finish", held[1]["path"], "--scale", "2", "--strength", "60%", "--out", "large", "--json").lines
    made = [*explored[:1], *held, *varied, *of_long, *spread[:1], *finished]
    assert seedtui("verify", *(image["path"] for image in made)).code == 0
    programs = "\n".join(seedtui("script", image["path"]).out for image in made)
    done = subprocess.run([sys.executable, "-c", programs], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"exact {image['sha256']}" for image in made]
    file = tmp_path / "r.toml"
    assert seedtui("export", held[3]["path"], "--recipe", file).code == 0
    assert hashes(seedtui("generate", "--recipe", file, "--out", "again", "--json").lines) == [held[3]["sha256"]]


def test_nested_and_unbalanced_parentheses(seedtui: Command, models: dict[str, Path]) -> None:
    prompt = "((((((((a (cat:1.2)) at night))))))) (in the (rain"
    (image,) = generate(seedtui, models["sd"], prompt, "weighted", "--seeds", "0")
    assert any("parentheses" in note and "as text" in note for note in image["notes"])
    assert seedtui("verify", image["path"]).code == 0


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("a (cat:-1)", "weight -1 of a word is out of range"),
        ("a cat (at 12:30)", "weight 30 of a word is out of range"),
        ("()1.2", "compel cannot read the prompt"),
        ("(" * 300 + "a" + ")" * 300, "compel cannot read the prompt"),
    ],
)
def test_what_compel_cannot_read_is_told(seedtui: Command, models: dict[str, Path], prompt: str, told: str) -> None:
    result = seedtui("generate", prompt, "--model", models["sd"], "--steps", 1, "--prompt-encoding", "weighted")
    assert (result.code, result.out) == (2, "") and told in result.err
    assert generate(seedtui, models["sd"], prompt, "long", "--seeds", "0")


def test_a_model_of_another_family_says_so(seedtui: Command, tmp_path: Path) -> None:
    words = ("a cat", "--model", tiny_flux(tmp_path / "flux"), "--steps", 1, "--size", "32x32")
    result = seedtui("generate", *words, "--prompt-encoding", "weighted")
    assert (result.code, result.out) == (2, "")
    assert "FluxPipeline cannot encode prompts as weighted" in result.err and "encoding plain" in result.err


def test_an_unknown_encoding_says_so(bare: Command) -> None:
    result = bare("generate", "a cat", "--prompt-encoding", "heavy")
    assert result.code == 2 and "unknown prompt encoding “heavy”" in result.err


def refine(seedtui: Command, image: Image, *words: str) -> list[Image]:
    """In the order of the round. `words` are the suffixes, and then the options from the first --hold on."""
    first = words.index("--hold")
    suffixes = [word for suffix in words[:first] for word in ("--suffix", suffix)]
    lines = seedtui("refine", image["path"], *suffixes, *words[first:], "--json").lines
    return sorted(lines, key=lambda line: line["index"])
