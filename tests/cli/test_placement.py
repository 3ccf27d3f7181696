"""``--weights``, ``--offload`` and ``--attention`` from the command line to the file and back."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from seedtui.library.images.png import read_record
from tests.support.pipelines import tiny_flux, tiny_lora

from .conftest import Command


def test_they_go_into_the_image_and_the_image_is_made_again(
    seedtui: Command, models: dict[str, Path], tmp_path: Path
) -> None:
    """By `verify`, a refine round, a recipe file and the plain programs: the same bytes."""
    lora = tiny_lora(models["sd"], tmp_path / "ink.safetensors", 1)
    words = ("generate", "a cat", "--seeds", 1, "--model", models["sd"], "--steps", 2, "--json")
    (bare,) = seedtui(*words, "--lora", lora).lines
    (made,) = seedtui(*words, "--lora", lora, "--weights", "float8", "--offload", "layers").lines
    assert made["sha256"] != bare["sha256"]
    recipe = read_record(Path(made["path"])).recipe
    assert (recipe.weights, recipe.offload, recipe.attention) == ("float8", "layers", "auto")
    (refined,) = seedtui("refine", made["path"], "--suffix", ", red", "--json").lines
    assert read_record(Path(refined["path"])).recipe.compute == recipe.compute
    result = seedtui("refine", made["path"], "--suffix", ", red", "--weights", "full", "--json")
    assert "weights float8 → full" in result.err and "will not equal the pick" in result.err
    assert seedtui("verify", made["path"], refined["path"], result.lines[0]["path"], bare["path"]).code == 0
    seedtui("export", made["path"], "--recipe", "again.toml")
    assert seedtui("generate", "--recipe", "again.toml", "--json").lines[0]["sha256"] == made["sha256"]
    assert run_programs(seedtui, made, refined) == [f"exact {made['sha256']}", f"exact {refined['sha256']}"]


def test_attention_too(seedtui: Command, tmp_path: Path) -> None:
    folder = tiny_flux(tmp_path / "flux")
    words = ("generate", "a cat", "--seeds", 1, "--model", folder, "--steps", 2, "--size", "64x64", "--json")
    (bare,) = seedtui(*words).lines
    (made,) = seedtui(*words, "--attention", "math", "--weights", "float8").lines
    assert made["sha256"] != bare["sha256"]
    assert seedtui("verify", made["path"], bare["path"]).code == 0
    assert run_programs(seedtui, made) == [f"exact {made['sha256']}"]


def test_a_draft_too(seedtui: Command, tmp_path: Path) -> None:
    folder = tiny_flux(tmp_path / "flux")
    words = ("generate", "a cat", "--seeds", "1-2", "--model", folder, "--steps", 30, "--size", "64x64", "--json")
    made = seedtui(*words, "--draft", "cache").lines
    assert [image["sha256"] for image in made] != [image["sha256"] for image in seedtui(*words).lines]
    (refined,) = seedtui("refine", made[1]["path"], "--suffix", ", red", "--json").lines
    assert read_record(Path(refined["path"])).recipe.draft == "cache"
    assert seedtui("verify", *(image["path"] for image in made), refined["path"]).code == 0
    assert run_programs(seedtui, *made) == [f"exact {image['sha256']}" for image in made]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--weights", "int3"), "unknown weights “int3”"),
        (("--offload", "moon"), "unknown offload “moon”"),
        (("--attention", "sage_hub"), "unknown attention “sage_hub”"),
        (("--profile", "fast", "--weights", "float8"), "profile fast cannot be combined with weights float8"),
        (("--profile", "fast", "--offload", "layers"), "profile fast cannot be combined with offload layers"),
    ],
)
def test_what_cannot_be_is_told_in_a_line(bare: Command, words: tuple[str, ...], told: str) -> None:
    for command in (("generate", "a cat"), ("a cat",)):
        result = bare(*command, *words)
        assert result.code == 2
        assert len(result.err.splitlines()) == 1 and told in result.err


def test_a_model_without_that_choice_is_told_in_a_line(seedtui: Command, models: dict[str, Path]) -> None:
    result = seedtui("generate", "a cat", "--model", models["sd"], "--attention", "math")
    assert result.code == 2
    assert "the attention of UNet2DConditionModel cannot be chosen" in result.err


@pytest.mark.parametrize(("weights", "package"), [("int8", "torchao"), ("nf4", "bitsandbytes")])
def test_what_to_install_is_told(
    seedtui: Command, models: dict[str, Path], tmp_path: Path, weights: str, package: str
) -> None:
    words = ("generate", "a cat", "--model", models["sd"], "--weights", weights)
    if importlib.util.find_spec(package) is None:
        result = seedtui(*words)
        assert result.code == 2
        assert f"weights {weights} needs {package}, not installed here" in result.err
        assert f"pip install {package}" in result.err
    result = seedtui(*words, "--lora", tiny_lora(models["sd"], tmp_path / "ink.safetensors", 1))
    assert result.code == 2
    assert f"LoRA files cannot be combined with weights {weights}" in result.err


def test_a_gguf_file_is_told_as_such(bare: Command, tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    result = bare("generate", "a cat", "--model", tmp_path / "model.gguf")
    assert result.code == 2
    assert "is a GGUF file" in result.err


def test_int8_goes_into_the_image_and_the_image_is_made_again(seedtui: Command, models: dict[str, Path]) -> None:
    pytest.importorskip("torchao")
    words = ("generate", "a cat", "--seeds", 1, "--model", models["sd"], "--steps", 2, "--json")
    (bare,) = seedtui(*words).lines
    for more in ((), ("--offload", "layers"), ("--profile", "small")):
        (made,) = seedtui(*words, "--weights", "int8", *more).lines
        assert made["sha256"] != bare["sha256"]
        record = read_record(Path(made["path"]))
        assert record.recipe.weights == "int8" and any("by torchao" in note for note in record.notes)
        assert seedtui("verify", made["path"], bare["path"]).code == 0
        assert run_programs(seedtui, made) == [f"exact {made['sha256']}"]


def run_programs(seedtui: Command, *made: dict) -> list[str]:
    """What the programs of those images print, all run in one process."""
    programs = "\n".join(seedtui("script", image["path"]).out for image in made)
    done = subprocess.run([sys.executable, "-c", programs], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()
