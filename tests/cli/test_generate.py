"""``generate`` and ``refine``: the lines they print, the files they leave."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image, PngImagePlugin

from seedtui.cli.options import RecipeChanges
from seedtui.cli.picked_image import from_record
from seedtui.core.images.record import pixel_hash
from seedtui.core.prompts.prompt import SUFFIXES
from seedtui.library.images.png import read_record
from tests.support import foreign_files as f

from .conftest import Command


def test_a_line_an_image_and_the_pixels_it_names(seedtui: Command, models: dict[str, Path], tmp_path: Path) -> None:
    words = ("generate", "a cat", "--seeds", "7,2-3", "--model", models["sd"], "--steps", 3, "--out", "new/folder")
    result = seedtui(*words, "--json")
    assert result.code == 0
    assert result.err == ""
    assert [(line["index"], line["seed"]) for line in result.lines] == [(0, 7), (1, 2), (2, 3)]
    for line in result.lines:
        assert (line["prompt"], line["suffix"], line["model"]) == ("a cat", "", str(models["sd"]))
        path = Path(line["path"])
        assert path.parent == tmp_path / "new" / "folder"
        with Image.open(path) as image:
            assert pixel_hash(image.convert("RGB").tobytes()) == line["sha256"]
    again = seedtui(*words)
    assert [line.split()[1:] for line in again.out.splitlines()] == [["seed", seed] for seed in "723"]
    assert len(list((tmp_path / "new" / "folder").iterdir())) == 6


def test_options_reach_the_record(seedtui: Command, models: dict[str, Path]) -> None:
    options = ("--steps", 2, "--guidance", 3.5, "--size", "72x64", "--negative", "dog", "--scheduler", "euler")
    result = seedtui(
        "generate", "a cat", "--seeds", 5, "--model", models["sd"], *options, "--dtype", "bfloat16",
        "--device", "cpu", "--batch-size", 2, "--generator-device", "cpu", "--json",
    )  # fmt: skip
    recipe = read_record(Path(result.lines[0]["path"])).recipe
    assert (recipe.steps, recipe.guidance, recipe.width, recipe.height) == (2, 3.5, 72, 64)
    assert (recipe.negative, recipe.scheduler, recipe.dtype) == ("dog", "EulerDiscreteScheduler", "bfloat16")
    assert (recipe.device, recipe.batch_size, recipe.generator_device) == ("cpu", 2, "cpu")


def test_a_seed_alone_is_the_seed_among_others(seedtui: Command, pictures: list[Path], models: dict[str, Path]) -> None:
    alone = seedtui("generate", "a cat", "--seeds", 2, "--model", models["sd"], "--steps", 3, "--json")
    assert alone.lines[0]["sha256"] == read_record(pictures[2]).sha256


def test_what_the_worker_refuses_is_one_line_too(seedtui: Command, models: dict[str, Path]) -> None:
    for words in (("--scheduler", "FooScheduler"), ("--device", "cuda:99")):
        result = seedtui("generate", "a cat", "--model", models["sd"], *words)
        assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)


def test_a_prompt_that_is_cut_is_said(seedtui: Command, models: dict[str, Path]) -> None:
    result = seedtui("generate", "x" * 80, "--seeds", 0, "--model", models["sd"], "--steps", 2)
    assert result.err == "seedtui: seed 0: prompt too long, cut off: xxxxx.\n"


def test_refine_takes_everything_from_the_picture(seedtui: Command, pictures: list[Path]) -> None:
    picked = read_record(pictures[1])
    result = seedtui("refine", pictures[1], "--json")
    assert [line["suffix"] for line in result.lines] == list(SUFFIXES)
    for line in result.lines:
        record = read_record(Path(line["path"]))
        assert (record.kind, record.prompt, record.seed) == ("refine", "a cat", 1)
        assert record.recipe == picked.recipe
        assert record.parent == picked.pick


def test_an_image_of_another_program_is_refined(seedtui: Command, models: dict[str, Path], tmp_path: Path) -> None:
    words = "a dog\nSteps: 2, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 64x64, Clip skip: 2"
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", words)
    Image.new("RGB", (64, 64)).save(tmp_path / "other.png", pnginfo=texts)
    result = seedtui("refine", "other.png", "--model", models["sd"], "--suffix", ", red", "--json")
    (line,) = result.lines
    record = read_record(Path(line["path"]))
    assert (record.full_prompt, record.seed, record.recipe.steps, record.parent) == ("a dog, red", 5, 2, None)
    assert "Clip skip “2”" in result.err


def test_a_recipe_option_replaces_the_setting_of_the_picture(seedtui: Command, pictures: list[Path]) -> None:
    picked = read_record(pictures[1])
    control = ("--suffix", "", "--json")
    (same,) = seedtui("refine", pictures[1], *control).lines
    assert same["sha256"] == picked.sha256
    for words in (
        ("--steps", 3),
        ("--scheduler", picked.recipe.scheduler),
        ("--dtype", "float32"),
        ("--device", "cpu"),
    ):
        again = seedtui("refine", pictures[1], *words, "--generator-device", "cpu", *control)
        assert (again.lines[0]["sha256"], again.err) == (picked.sha256, "")
    changed = ("--steps", 2, "--guidance", 3, "--size", "72x64", "--negative", "a dog", "--scheduler", "euler")
    result = seedtui("refine", pictures[1], *changed, "--dtype", "bfloat16", "--batch-size", 2, *control)
    recipe = read_record(Path(result.lines[0]["path"])).recipe
    assert (recipe.steps, recipe.guidance, recipe.width, recipe.height, recipe.negative) == (2, 3, 72, 64, "a dog")
    assert (recipe.scheduler, recipe.dtype, recipe.batch_size) == ("EulerDiscreteScheduler", "bfloat16", 2)
    assert (recipe.model, recipe.revision) == (picked.recipe.model, picked.recipe.revision)
    assert result.err == (
        "seedtui: steps 3 → 2, guidance 7.5 → 3, size 64x64 → 72x64, negative none → “a dog”, scheduler PNDMScheduler →"
        " EulerDiscreteScheduler, dtype float32 → bfloat16, batch size 4 → 2: the control will not equal the pick.\n"
    )
    assert seedtui("verify", result.lines[0]["path"]).code == 0


def test_what_moves_low_bits_alone_is_told_as_that(seedtui: Command, pictures: list[Path]) -> None:
    result = seedtui("refine", pictures[3], "--batch-size", 2, "--suffix", "", "--json")
    assert result.err == "seedtui: batch size 4 → 2: the control may differ from the pick in low bits.\n"
    assert result.code == seedtui("verify", result.lines[0]["path"]).code == 0


def test_of_a_smaller_batch_memory_is_asked_anew(bare: Command, pictures: list[Path]) -> None:
    record = read_record(pictures[0])
    record = replace(record, recipe=replace(record.recipe, fallback="halves"))
    assert from_record(record, RecipeChanges({"steps": 2})).recipe.fallback == "halves"
    assert from_record(record, RecipeChanges({"batch_size": 2})).recipe.fallback is None


def test_an_image_of_another_program_takes_recipe_options(
    seedtui: Command, models: dict[str, Path], tmp_path: Path
) -> None:
    other = f.files(tmp_path)["a1111"]
    words = ("--model", models["sd"], "--size", "64x64", "--steps", 2, "--scheduler", "ddim", "--suffix", ", red")
    (line,) = seedtui("refine", other, *words, "--json").lines
    recipe = read_record(Path(line["path"])).recipe
    assert (recipe.steps, recipe.width, recipe.scheduler) == (2, 64, "DDIMScheduler")


def test_what_was_refined_is_refined_again(seedtui: Command, pictures: list[Path]) -> None:
    first = seedtui("refine", pictures[3], "--suffix", ", artsy", "--json").lines[0]
    second = seedtui("refine", first["path"], "--suffix", "", "--suffix", ", blue", "--json").lines
    assert [(line["prompt"], line["suffix"], line["seed"]) for line in second] == [
        ("a cat, artsy", "", 3), ("a cat, artsy", ", blue", 3),
    ]  # fmt: skip
    assert second[0]["sha256"] == first["sha256"]
    assert read_record(Path(second[1]["path"])).parent == read_record(Path(first["path"])).pick


def test_refine_with_another_prompt_and_model(seedtui: Command, models: dict[str, Path]) -> None:
    made = seedtui("generate", "a cat", "--seeds", 6, "--model", models["sdxl"], "--steps", 3, "--json").lines[0]
    words = ("--prompt", "a dog", "--model", models["sd"], "--suffix", ", red", "--json")
    result = seedtui("refine", made["path"], *words)
    assert result.code == 0
    (line,) = result.lines
    assert (line["prompt"], line["seed"], line["model"]) == ("a dog", 6, str(models["sd"]))
    assert "the picked image was made differently: weights" in result.err


@pytest.mark.parametrize("words", [("--suffix", "x" * 4001), ("--prompt", ""), ("--model", "nope"), ("--device", "x")])
def test_refine_refuses(seedtui: Command, pictures: list[Path], words: tuple[str, str]) -> None:
    result = seedtui("refine", pictures[0], *words)
    assert (result.code, len(result.err.splitlines())) == (2, 1)
