"""Finished images, from the command line: exact, made again by ``verify`` and by ``script``, and wrong input."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from diffusers import AutoPipelineForImage2Image, DiffusionPipeline
from PIL import Image as Pillow

from seedtui.core.images.record import pixel_hash
from seedtui.library.images.png import encode_png, read_picture, read_png, read_record
from tests.support.pipelines import tiny_flux, tiny_sana, tiny_sd3

from .conftest import Command

Image = dict[str, Any]
MAKERS = {"sd3": tiny_sd3, "flux": tiny_flux, "sana": tiny_sana}


def explore(seedtui: Command, model: Path, *words: object) -> list[Image]:
    return seedtui("generate", "a cat", "--model", model, "--steps", 5, "--json", *words).lines


def finish(seedtui: Command, image: Image, *words: object) -> Image:
    result = seedtui("finish", image["path"], "--json", *words)
    assert result.code == 0, result.err
    return result.lines[0]


def bare_call(model: Path, source: Path, seed: int, width: int, height: int, strength: float) -> str:
    """The hash of what plain Diffusers makes, as its guide for image-to-image does."""
    pipe = AutoPipelineForImage2Image.from_pipe(DiffusionPipeline.from_pretrained(model, use_safetensors=True))
    takes = inspect.signature(type(pipe).__call__).parameters
    size = {"width": width, "height": height} if "width" in takes else {}
    image = Pillow.open(source).resize((width, height), Pillow.Resampling.LANCZOS)
    made = pipe(
        prompt="a cat", image=image, strength=strength, num_inference_steps=5,
        guidance_scale=read_record(source).recipe.guidance, generator=torch.Generator().manual_seed(seed), **size,
    ).images[0]  # fmt: skip
    return pixel_hash(made.convert("RGB").tobytes())


def test_it_is_the_call_of_plain_diffusers(seedtui: Command, models: dict[str, Path]) -> None:
    source = explore(seedtui, models["sd"])[2]
    made = finish(seedtui, source, "--strength", "40%")
    assert (made["width"], made["height"]) == (2 * source["width"], 2 * source["height"])
    assert made["sha256"] == bare_call(models["sd"], Path(source["path"]), 2, made["width"], made["height"], 0.4)
    record = read_record(Path(made["path"]))
    assert (record.kind, record.version, record.recipe.batch_size) == ("finish", 2, 1)
    assert record.source == read_record(Path(source["path"]))
    assert record.parent == record.source.pick
    assert Path(made["path"]).name == f"a-cat_seed-2_{made['width']}x{made['height']}.png"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sd", "sdxl", "lcm", "sd3", "flux"])
def test_it_is_made_again(seedtui: Command, models: dict[str, Path], tmp_path: Path, kind: str) -> None:
    """Verified, and by plain Diffusers; also from held and varied images, and from finished ones."""
    size = ("--size", "64x48") if kind == "flux" else ()
    model = MAKERS[kind](tmp_path / kind) if kind in MAKERS else models[kind]
    noise = ("--scheduler", "euler-a") if kind == "sd" else ()
    explored = explore(seedtui, model, *size, *noise)
    varied = seedtui("vary", explored[1]["path"], "--seeds", 7, "--strength", "30%", "--json").lines[0]
    held = seedtui("refine", explored[1]["path"], "--suffix", ", art", "--hold", "40%", "--json").lines[0]
    plain = finish(seedtui, explored[1], "--strength", "60%")
    if not noise:
        shape = plain["width"], plain["height"]
        assert plain["sha256"] == bare_call(model, Path(explored[1]["path"]), 1, *shape, 0.6)
    made = [
        plain,
        finish(seedtui, explored[2], "--upscaler", "latent", "--scale", "1.5", "--strength", "40%"),
        finish(seedtui, varied, "--scale", "1", "--strength", "60%"),
        finish(seedtui, held, "--strength", "60%"),
        finish(seedtui, varied, "--scale", "1", "--strength", "100%", "--steps", 7),
    ]
    made.append(finish(seedtui, made[1], "--scale", "1", "--strength", "80%"))
    assert len({image["sha256"] for image in made}) == len(made)
    verified = seedtui("verify", *(image["path"] for image in made))
    assert verified.code == 0, verified.out + verified.err
    programs = "\n".join(seedtui("script", image["path"]).out for image in made)
    done = subprocess.run([sys.executable, "-c", programs], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"exact {image['sha256']}" for image in made]


def test_a_strength_of_100_percent_is_the_plain_call(seedtui: Command, models: dict[str, Path]) -> None:
    source = explore(seedtui, models["sd"], "--batch-size", 1)[1]
    result = seedtui("finish", source["path"], "--scale", 1, "--strength", "100%", "--json")
    assert result.lines[0]["sha256"] == source["sha256"]
    assert "another picture" in result.err
    more = finish(seedtui, source, "--scale", 1, "--strength", "100%", "--steps", 8)
    plain = seedtui(
        "generate", "a cat", "--model", models["sd"], "--seeds", 1, "--steps", 8, "--batch-size", 1, "--json"
    )
    assert more["sha256"] == plain.lines[0]["sha256"]


def test_refining_a_finished_image_starts_from_its_source(seedtui: Command, models: dict[str, Path]) -> None:
    source = explore(seedtui, models["sd"])[1]
    finished = finish(seedtui, source, "--strength", "40%")
    refined = seedtui("refine", finished["path"], "--suffix", ", art", "--json")
    assert "starting from the image that it was finished from: seed 1" in refined.err
    assert (
        refined.lines[0]["sha256"]
        == seedtui("refine", source["path"], "--suffix", ", art", "--json").lines[0]["sha256"]
    )


def test_a_source_that_does_not_come_out_the_same_is_told(
    seedtui: Command, models: dict[str, Path], tmp_path: Path
) -> None:
    """The record of a finished image is wrong about its source, as it would be on another machine."""
    finished = finish(seedtui, explore(seedtui, models["sd"])[1], "--strength", "40%")
    picture, record = read_png(Path(finished["path"]))
    assert record.source
    wrong = msgspec.structs.replace(record.source, seed=2, batch=None)
    file = tmp_path / "wrong.png"
    file.write_bytes(encode_png(picture, msgspec.structs.replace(record, source=wrong)))
    result = seedtui("verify", file)
    assert result.code == 1
    assert "the image that it was finished from does not come out the same" in result.err


def test_a_changed_image_is_refused(bare: Command, pictures: list[Path], tmp_path: Path) -> None:
    picture, record = read_png(pictures[0])
    changed = picture._replace(pixels=bytes(len(picture.pixels)))
    file = tmp_path / "changed.png"
    file.write_bytes(encode_png(changed, record))
    result = bare("finish", file)
    assert (result.code, result.out) == (2, "")
    assert "was changed after it was made" in result.err


def test_an_image_of_another_program_is_refused(bare: Command, tmp_path: Path) -> None:
    file = tmp_path / "other.png"
    Pillow.new("RGB", (64, 64)).save(file)
    result = bare("finish", file)
    assert (result.code, result.out) == (2, "")
    assert "was not made by seedtui" in result.err


def test_a_model_without_image_to_image_is_told(seedtui: Command, tmp_path: Path) -> None:
    source = explore(seedtui, tiny_sana(tmp_path / "sana"))[0]
    result = seedtui("finish", source["path"], "--strength", "60%", "--scale", "1")
    assert (result.code, result.out) == (2, "")
    assert "SanaPipeline cannot finish an image" in result.err
    assert finish(seedtui, source, "--scale", "1", "--strength", "100%")["width"] == source["width"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--strength", "0%"), "strength 0% is out of range"),
        (("--strength", "10%"), "less than one step. Use a strength of 34% or more"),
        (("--strength", "30"), "invalid strength"),
        (("--scale", "0.5"), "invalid scale"),
        (("--scale", "2", "--size", "128x128"), "cannot be combined"),
        (("--size", "128x256"), "has another shape than the image"),
        (("--size", "big"), "invalid size"),
        (("--upscaler", "best"), "unknown upscaler"),
        (("--upscaler", "none.safetensors"), "there is no upscaler"),
    ],
)
def test_wrong_words_are_told(bare: Command, pictures: list[Path], words: tuple[str, ...], told: str) -> None:
    result = bare("finish", pictures[0], *words)
    assert (result.code, result.out) == (2, "")
    assert told in result.err


def test_the_others_are_finished(seedtui: Command, pictures: list[Path]) -> None:
    result = seedtui("finish", "missing.png", pictures[0], pictures[1], "--strength", "50%", "--json")
    assert result.code == 2
    assert [line["seed"] for line in result.lines] == [0, 1]
    assert "missing.png" in result.err


def test_what_is_said_of_it(seedtui: Command, pictures: list[Path]) -> None:
    """By info and show, in words for other programs, and no recipe file that would make something else."""
    made = finish(seedtui, {"path": pictures[1]}, "--strength", "50%")
    told = seedtui("info", made["path"]).out
    assert "strength 50%, upscaler lanczos" in told
    assert (
        seedtui("show", "--json", made["path"]).lines[0]["label"] == f"seed 1 · {made['width']}x{made['height']} · 50%"
    )
    with Pillow.open(made["path"]) as image:
        parameters = image.info["parameters"]
    picture = read_picture(pictures[1])
    for words in (f"Size: {picture.width}x{picture.height}", "Denoising strength: 0.5", "Hires upscale: 2", "Lanczos"):
        assert words in parameters
    refused = seedtui("export", made["path"], "--recipe")
    assert refused.code == 2
    assert "a finished image has no recipe of its own" in refused.err
