"""``--transformer`` from the command line to the file and back."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from seedtui.library.images.png import read_record
from tests.support.pipelines import tiny_flux, tiny_gguf, tiny_lora

from .conftest import Command
from .test_placement import run_programs

needs_gguf = pytest.mark.skipif(importlib.util.find_spec("gguf") is None, reason="needs the package gguf")


@needs_gguf
def test_it_goes_into_the_image_and_the_image_is_made_again(seedtui: Command, tmp_path: Path) -> None:
    """By `verify`, a refine round, a recipe file and the plain programs; and a changed or lost file is reported."""
    folder = tiny_flux(tmp_path / "flux")
    file = tiny_gguf(folder, tmp_path / "q8.gguf")
    words = ("generate", "a cat", "--seeds", 1, "--model", folder, "--steps", 2, "--size", "64x64", "--json")
    (bare,) = seedtui(*words).lines
    (made,) = seedtui(*words, "--transformer", file.name).lines
    assert made["sha256"] != bare["sha256"]
    recipe = read_record(Path(made["path"])).recipe
    assert (recipe.transformer, len(recipe.transformer_sha256)) == (str(file), 64)
    assert f"{file}, {recipe.transformer_sha256[:12]}" in seedtui("info", made["path"]).out.replace("\n", "")
    (refined,) = seedtui("refine", made["path"], "--suffix", ", red", "--json").lines
    assert read_record(Path(refined["path"])).recipe.compute == recipe.compute
    result = seedtui("refine", made["path"], "--suffix", ", red", "--transformer", "none", "--json")
    assert "transformer q8.gguf → none" in result.err and "will not equal the pick" in result.err
    assert seedtui("verify", made["path"], refined["path"], result.lines[0]["path"], bare["path"]).code == 0
    seedtui("export", made["path"], "--recipe", "again.toml")
    assert seedtui("generate", "--recipe", "again.toml", "--json").lines[0]["sha256"] == made["sha256"]
    assert run_programs(seedtui, made, refined) == [f"exact {made['sha256']}", f"exact {refined['sha256']}"]

    (tmp_path / "elsewhere").mkdir()
    there = file.rename(tmp_path / "elsewhere" / file.name)
    gone = seedtui("verify", made["path"])
    assert gone.code == 2 and "there is no transformer" in gone.err and len(gone.err.splitlines()) == 1
    assert seedtui("verify", made["path"], "--transformer", there).out.rstrip().endswith("exact")
    tiny_gguf(folder, there, scale=0.5)
    changed = seedtui("verify", made["path"], "--transformer", there)
    assert changed.code == 1
    assert "transformer q8.gguf: " in changed.err and "differs" in changed.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--transformer", "net.safetensors"), "is not a .gguf file"),
        (("--transformer", "gone.gguf"), "there is no transformer"),
        (("--transformer", "empty.gguf"), "is not a GGUF file, judging by its first bytes"),
        (("--transformer", "net.gguf", "--profile", "fast"), "cannot be combined with the profile fast"),
        (("--transformer", "net.gguf", "--weights", "float8"), "cannot be combined with weights float8"),
        (("--transformer", "net.gguf", "--weights", "nf4"), "cannot be combined with weights nf4"),
        (("--transformer", "net.gguf", "--draft", "cache"), "cannot be combined with draft cache"),
        (("--model", "net.gguf"), "Pass it with --transformer"),
    ],
)
def test_what_cannot_be_is_told_in_a_line(bare: Command, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    (tmp_path / "net.gguf").write_bytes(b"GGUF")
    (tmp_path / "empty.gguf").write_bytes(b"")
    for command in (("generate", "a cat"), ("a cat",)):
        result = bare(*command, *words)
        assert result.code == 2
        assert len(result.err.splitlines()) == 1 and told in result.err


def test_what_it_cannot_go_with_is_told_in_a_line(seedtui: Command, models: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "net.gguf").write_bytes(b"GGUF")
    words = ("generate", "a cat", "--model", models["sd"], "--transformer", "net.gguf")
    result = seedtui(*words, "--lora", tiny_lora(models["sd"], tmp_path / "ink.safetensors", 1))
    assert result.code == 2
    assert "cannot be combined with LoRA files" in result.err
    if importlib.util.find_spec("gguf") is None:
        result = seedtui(*words)
        assert result.code == 2
        assert "pip install gguf" in result.err
