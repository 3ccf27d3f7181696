"""``--lora`` from the command line to the file and back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from seedtui.library.images.png import read_record
from tests.support.pipelines import tiny_lora

from .conftest import Command


@pytest.fixture
def lora(models: dict[str, Path], tmp_path: Path) -> Path:
    return tiny_lora(models["sd"], tmp_path / "style.safetensors", 1)


def test_it_goes_into_the_image_and_the_image_is_made_again(
    seedtui: Command, models: dict[str, Path], lora: Path
) -> None:
    """The plain program too makes the same bytes."""
    words = ("generate", "a cat", "--seeds", 1, "--model", models["sd"], "--steps", 2, "--json")
    (bare,) = seedtui(*words).lines
    (made,) = seedtui(*words, "--lora", f"{lora.name}:0.5").lines
    assert made["sha256"] != bare["sha256"]
    (kept,) = read_record(Path(made["path"])).recipe.lora
    assert (kept.path, kept.weight, len(kept.sha256 or "")) == (str(lora), 0.5, 64)
    assert "weight 0.5" in seedtui("info", made["path"]).out
    (refined,) = seedtui("refine", made["path"], "--suffix", ", red", "--json").lines
    (without,) = seedtui("refine", made["path"], "--suffix", ", red", "--lora", "none", "--json").lines
    assert refined["sha256"] != without["sha256"]
    assert seedtui("verify", made["path"], refined["path"], without["path"], bare["path"]).code == 0
    seedtui("export", made["path"], "--recipe", "again.toml")
    assert seedtui("generate", "--recipe", "again.toml", "--json").lines[0]["sha256"] == made["sha256"]
    programs = "\n".join(seedtui("script", image["path"]).out for image in (made, refined))
    done = subprocess.run([sys.executable, "-c", programs], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"exact {made['sha256']}", f"exact {refined['sha256']}"]


@pytest.mark.slow
def test_a_compiled_model_with_one(seedtui: Command, models: dict[str, Path], lora: Path) -> None:
    words = ("generate", "a cat", "--seeds", 1, "--model", models["sd"], "--steps", 2, "--profile", "fast", "--json")
    (made,) = seedtui(*words, "--lora", lora).lines
    program = seedtui("script", made["path"]).out
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == f"exact {made['sha256']}\n"


def test_verify_tells_that_the_file_was_changed(seedtui: Command, models: dict[str, Path], lora: Path) -> None:
    (made,) = seedtui(
        "generate", "a cat", "--seeds", 1, "--model", models["sd"], "--steps", 2, "--lora", lora, "--json"
    ).lines  # fmt: skip
    tiny_lora(models["sd"], lora, 2)
    result = seedtui("verify", made["path"])
    assert result.code == 1
    assert "LoRA style.safetensors: " in result.err and "differs" in result.out
    lora.unlink()
    result = seedtui("verify", made["path"])
    assert result.code == 2
    assert "--lora" in result.err
    assert "there is no LoRA" in result.err and "style.safetensors”" in result.err and "oading" not in result.err


def test_verify_is_told_where_the_file_is_now(seedtui: Command, models: dict[str, Path], lora: Path) -> None:
    (made,) = seedtui(
        "generate", "a cat", "--seeds", 1, "--model", models["sd"], "--steps", 2, "--lora", f"{lora}:0.5", "--json"
    ).lines  # fmt: skip
    (lora.parent / "elsewhere").mkdir()
    there = lora.rename(lora.parent / "elsewhere" / lora.name)
    assert seedtui("verify", made["path"]).code == 2
    assert seedtui("verify", made["path"], "--lora", there).out.rstrip().endswith("exact")
    tiny_lora(models["sd"], there, 2)
    result = seedtui("verify", made["path"], "--lora", there)
    assert result.code == 1
    assert "LoRA style.safetensors: " in result.err


def test_what_is_no_lora_is_told_in_a_line(bare: Command, models: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "bad.safetensors").write_bytes(b"no")
    weights = models["sd"] / "unet" / "diffusion_pytorch_model.safetensors"
    for word, says in (
        ("gone.safetensors", "there is no LoRA"), ("bad.safetensors", "cannot be read"),
        (str(weights), "is not a LoRA"), ("x.bin", "not a .safetensors file"), ("bad.safetensors:x", "not a number"),
    ):  # fmt: skip
        for command in (("generate", "a cat"), ("a cat",)):
            result = bare(*command, "--model", models["sd"], "--lora", word)
            assert result.code == 2
            assert len(result.err.splitlines()) == 1 and says in result.err


def test_one_for_another_model_is_told_in_a_line(seedtui: Command, models: dict[str, Path], tmp_path: Path) -> None:
    wide = tiny_lora(models["sdxl"], tmp_path / "wide.safetensors", 1)
    result = seedtui("generate", "a cat", "--model", models["sd"], "--lora", wide)
    assert result.code == 2
    assert "“wide.safetensors” does not fit this model" in result.err
