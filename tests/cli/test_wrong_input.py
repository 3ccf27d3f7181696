"""Whatever is typed wrong: one clear line, exit code 2, and nothing was loaded to find out."""

from __future__ import annotations

import shutil
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from .conftest import Command


def refused(command: Command, *words: object) -> str:
    """The one line with which `words` are refused."""
    result = command(*words)
    assert result.code == 2
    assert result.out == ""
    (line,) = result.err.splitlines()
    assert line.startswith("seedtui: ")
    assert line.endswith((".", "?"))
    return line


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--seeds", "-1"], "seed -1 is out of range"),
        (["--seeds", str(2**64)], "out of range"),
        (["--seeds", "3-1"], "Write 1-3"),
        (["--seeds", "1,1"], "given twice"),
        (["--seeds", ""], "invalid seeds"),
        (["--seeds", "0-99999"], "more than 4096 seeds"),
        (["--size", "100x100"], "try 96x96"),
        (["--size", "big"], "Write it as 512x512"),
        (["--steps", "0"], "steps 0 is out of range"),
        (["--steps", "many"], "--steps"),
        (["--steps"], "--steps"),
        (["--guidance", "nan"], "guidance"),
        (["--guidance", "-1"], "guidance"),
        (["--batch-size", "0"], "batch size 0"),
        (["--dtype", "int8"], "unknown dtype “int8”"),
        (["--device", "toaster"], "unknown device “toaster”"),
        (["--scheduler", "best"], "unknown scheduler “best”"),
        (["--generator-device", "cuda"], "unknown generator device “cuda”"),
        (["--negative", "x" * 4001], "4,001 characters"),
        (["--color"], "no such option: --color"),
        (["a dog"], "unexpected extra argument"),
    ],
)
def test_options(bare: Command, models: dict[str, Path], words: list[str], says: str) -> None:
    assert says in refused(bare, "generate", "a cat", "--model", models["sd"], *words)


@pytest.mark.parametrize(
    ("prompt", "says"),
    [
        ("", "the prompt is empty"),
        (" \n", "the prompt is empty"),
        ("x" * 10_000, "the prompt has 10,000 characters"),
        ("caf\udce9", "not text"),
        ("a\0b", "not text"),
    ],
)
def test_prompts(bare: Command, prompt: str, says: str) -> None:
    assert says in refused(bare, "generate", prompt)
    assert says in refused(bare, "--", prompt)


def test_a_prompt_is_asked_for(bare: Command) -> None:
    assert "there is no prompt" in refused(bare, "generate")


@pytest.mark.parametrize("model", ["nope", "/", ".", "sd15", "x" * 5000, "~nobody/model", "a\x1b[2Jb", ""])
def test_models(bare: Command, model: str) -> None:
    refused(bare, "generate", "a cat", "--model", model)
    refused(bare, "--model", model, "a cat")


def test_a_model_with_damaged_weights(bare: Command, models: dict[str, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(models["sd"], tmp_path / "damaged"))
    file = folder / "vae" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    assert "is damaged" in refused(bare, "generate", "a cat", "--model", folder)


def test_folders_that_can_not_be_written(bare: Command, models: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for out in ("file", "file/below", "/proc/here", "x" * 300):
        assert "cannot write" in refused(bare, "generate", "a cat", "--model", models["sd"], "--out", out)


def png(path: Path, **texts: str) -> Path:
    chunks = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        chunks.add_text(name, text)
    Image.new("RGB", (8, 8)).save(path, pnginfo=chunks)
    return path


@pytest.mark.parametrize("command", ["refine", "verify", "info", "script"])
def test_files_that_seedtui_did_not_make(bare: Command, tmp_path: Path, command: str) -> None:
    (tmp_path / "text.png").write_text("not a picture")
    Image.new("RGB", (8, 8)).save(tmp_path / "photo.jpg")
    hostile = {
        "json": '{"version": 1}',
        "deep": "[" * 200_000,
        "path": '{"version":1,"kind":"explore","prompt":"x","recipe":{"model":"../../etc"}}',
        "late": '{"version": 99}',
    }
    files = [
        tmp_path / "nothing.png",
        tmp_path,
        tmp_path / "text.png",
        tmp_path / "photo.jpg",
        png(tmp_path / "plain.png"),
        png(tmp_path / "other.png", parameters="{}"),
        *(png(tmp_path / f"{name}.png", seedtui=text) for name, text in hostile.items()),
        bomb(tmp_path / "bomb.png"),
    ]
    for file in files:
        refused(bare, command, file)


def bomb(path: Path) -> Path:
    """A small PNG file with a text that would unpack to a gigabyte."""
    chunk = b"iTXt" + b"seedtui\0\1\0\0\0" + zlib.compress(b" " * 2**26)
    data = path.with_name("plain.png").read_bytes()
    length = struct.pack(">I", len(chunk) - 4)
    path.write_bytes(data[:33] + length + chunk + struct.pack(">I", zlib.crc32(chunk)) + data[33:])
    return path


def test_words_that_are_no_prompt(bare: Command) -> None:
    assert "Did you mean seedtui generate" in refused(bare, "genrate", "a cat")
    assert "needs quotes" in refused(bare, "a", "red", "cat")
    assert "See seedtui --help" in refused(bare, "--wrong")
    assert "20 images do not fit" in refused(bare, "a cat", "--images", 20)


def test_one_bad_file_does_not_stop_the_others(seedtui: Command, pictures: list[Path]) -> None:
    for command in ("info", "show"):
        result = seedtui(command, "nothing.png", pictures[0])
        assert result.code == 2
        assert len(result.err.splitlines()) == 1
        assert str(pictures[0]) in result.out
