"""NaN makes a picture black: that is told with its cure, and a decoder that overflows in float16 works in float32."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image

from seedtui.library.images.png import read_picture, read_record
from tests.support.guide import load

from .conftest import Command, Result


def spoilt(folder: Path, to: Path, part: str, name: str, value: float) -> Path:
    """The model in `folder` with other weights in one layer of a part of it."""
    pipe = load(folder)
    with torch.no_grad():
        getattr(pipe, part).get_parameter(name).fill_(value)
    pipe.save_pretrained(to)
    return to


def made(seedtui: Command, model: Path, *options: object) -> tuple[Result, Path]:
    size = ("--steps", 2, "--size", "64x64", "--device", "cpu", "--json")
    result = seedtui("generate", "a cat", "--seeds", "0-1", "--model", model, *size, *options)
    return result, Path(result.lines[0]["path"])


def is_black(path: Path) -> bool:
    return not any(read_picture(path).pixels)


@pytest.mark.slow
def test_a_decoder_that_overflows_is_made_to_work_in_float32_and_again_so(
    seedtui: Command, models: dict[str, Path], tmp_path: Path
) -> None:
    model = spoilt(models["sd"], tmp_path / "overflows", "vae", "decoder.conv_in.weight", 6e4)
    result, path = made(seedtui, model, "--dtype", "float16")
    assert "decoded again in float32" in result.lines[0]["notes"][0] and "decoded again in float32" in result.err
    assert not is_black(path)
    assert read_record(path).adjustments.float32_decoder
    assert seedtui("verify", path).out.endswith("exact\n")
    program = seedtui("script", path).out
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == f"exact {read_record(path).sha256}\n"


def test_a_picture_that_stays_black_says_why(seedtui: Command, models: dict[str, Path], tmp_path: Path) -> None:
    decoder = spoilt(models["sd"], tmp_path / "decoder", "vae", "decoder.conv_out.bias", float("nan"))
    denoiser = spoilt(models["sd"], tmp_path / "denoiser", "unet", "conv_out.bias", float("nan"))
    for model, words in ((decoder, "black: the decoder (VAE) returns NaN"), (denoiser, "black: denoising gave NaN")):
        result, path = made(seedtui, model)
        assert is_black(path)
        assert words in result.lines[0]["notes"][0] and words in result.err
        assert not read_record(path).adjustments.float32_decoder
    with Image.open(made(seedtui, models["sd"])[1]) as picture:
        assert picture.getextrema() != ((0, 0),) * 3
