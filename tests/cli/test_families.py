"""Every family of pipelines: explore, refine, verify and script give the bytes of the bare call."""

from __future__ import annotations

import contextlib
import inspect
import io
from pathlib import Path
from typing import Any

import pytest
import torch

from seedtui.core.images.record import pixel_hash
from seedtui.core.prompts.prompt import SUFFIXES
from seedtui.engine.diffusion.pipeline_call import images_of
from tests.support.families import FAMILIES, Family
from tests.support.guide import PROMPT, load

from .conftest import Command

QUICK = ("latent-diffusion", "qwen-image", "kandinsky22")
"""One that takes lists alone, one with true guidance, one of two pipelines: the others are as these or plainer."""


def made(pipe: Any, arguments: dict[str, Any], seeds: list[int]) -> list[str]:
    """The pixel hashes of a bare call."""
    generator = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]
    _, images = images_of(pipe(**arguments, generator=generator), "pipe")
    return [pixel_hash(image.convert("RGB").tobytes()) for image in images]


def bare_explore(pipe: Any, family: Family) -> list[str]:
    takes, images = inspect.signature(type(pipe).__call__).parameters, family.images
    prompt = {"prompt": PROMPT, "num_images_per_prompt": images} if "num_images_per_prompt" in takes else {}
    return made(pipe, (prompt or {"prompt": [PROMPT] * images}) | family.call, list(range(images)))


def options(recipe: dict[str, Any]) -> list[object]:
    words: list[object] = []
    if "width" in recipe:
        words += ["--size", f"{recipe['width']}x{recipe['height']}"]
    for name in ("steps", "guidance"):
        words += [f"--{name}", recipe[name]] if name in recipe else []
    return words


def run(program: str) -> str:
    """What `program` prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(program, "program", "exec"), {"__name__": "__main__"})
    return said.getvalue().strip()


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in FAMILIES]
)
def test_all_four_are_exact(seedtui: Command, tmp_path: Path, name: str) -> None:
    check(seedtui, FAMILIES[name], tmp_path / "model")


def check(seedtui: Command, family: Family, folder: Path) -> None:
    family.save(folder)
    pipe = load(folder)
    images = family.images
    words = [*options(family.recipe), "--batch-size", images, "--seeds", f"0-{images - 1}", "--json"]
    explored = seedtui("generate", PROMPT, "--model", folder, *words)
    assert explored.code == 0, explored.err
    expected = bare_explore(pipe, family)
    assert len(set(expected)) == images
    assert [line["sha256"] for line in explored.lines] == expected
    path = explored.lines[1]["path"]
    suffixes = SUFFIXES[:images]
    refined = seedtui("refine", path, *(word for suffix in suffixes for word in ("--suffix", suffix)), "--json")
    assert refined.code == 0, refined.err
    prompts = {"prompt": [PROMPT + suffix for suffix in suffixes]}
    assert [line["sha256"] for line in refined.lines] == made(pipe, prompts | family.call, [1] * images)
    again = refined.lines[-1]["path"]
    verified = seedtui("verify", path, again)
    assert [line.rsplit(maxsplit=1)[1] for line in verified.out.splitlines()] == ["exact"] * 2, verified.err
    for image in (explored.lines[1], refined.lines[-1]):
        assert run(seedtui("script", image["path"]).out) == f"exact {image['sha256']}"
