"""The starter model, a real worker, real files: what is exact is called exact, and nothing else is."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from textual.widgets import Static

from seedtui.core.images.picture import Picture
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.client.connection import Worker
from seedtui.library.images.png import encode_png, read_png
from seedtui.library.library import Library
from seedtui.starter import WEIGHTS
from seedtui.ui.screens.compare import CompareScreen
from seedtui.ui.widgets.bars.verification_bar import VerificationBar
from seedtui.ui.widgets.grid.cell import Cell

pytestmark = pytest.mark.slow


async def until(d, true, what: str) -> None:
    """A real worker takes its time, and more on a busy machine."""
    for _ in range(6000):
        await d.pilot.pause(0.03)
        if true():
            await d.pilot.pause()
            return
    raise AssertionError(f"never happened: {what}: {d.app.state.problem}")


def said(d) -> list[str]:
    return [cell.said for cell in d.app.query(Cell)]


async def verdict(d) -> str:
    """Verify the pick; what its cell says then."""
    await d.pilot.press("v")
    await until(d, lambda: d.app.state.verification.report, "verified")
    return said(d)[d.app.state.round_view.pick]


def change_pixel(folder: Path, index: int) -> None:
    file = next(f for f in folder.rglob("*.png") if read_png(f)[1].index == index and read_png(f)[1].kind == "explore")
    picture, record = read_png(file)
    pixels = bytearray(picture.pixels)
    pixels[3000] ^= 1
    file.write_bytes(encode_png(Picture(picture.width, picture.height, bytes(pixels)), record))


def change_weights(folder: Path) -> None:
    file = next((folder / "unet").glob("*.safetensors"))
    weights = load_file(file)
    weights["conv_in.bias"] = (weights["conv_in.bias"] + np.float16(0.05)).astype(np.float16)
    save_file(weights, file, {"format": "pt"})


async def test_exact_a_changed_pixel_the_control_and_changed_weights(desk, tmp_path):
    model = Path(shutil.copytree(WEIGHTS, tmp_path / "starter"))
    recipe = Recipe(model=str(model), steps=3)
    start = lambda n: Worker(tmp_path / f"worker-{n}.log")  # noqa: E731
    async with desk(make=start, recipe=recipe) as d:
        await d.pilot.press("enter")
        await until(d, lambda: d.app.state.round_view.status == "done", "four pictures")
        await d.pilot.press("l")
        assert await verdict(d) == "✓ exact"
        change_pixel(tmp_path / "library", 1)
        assert await verdict(d) == "✕ changed on disk: 1/255 in 1 px"
        await d.pilot.press("c")
        await until(
            d,
            lambda: isinstance(d.app.screen, CompareScreen) and d.app.screen.comparison.differences.get("ab"),
            "compared",
        )
        assert d.app.screen.comparison.differences.get("ab").pixels == 1
        assert "PSNR" in str(d.app.screen.query_one("#figures", Static).render())
        await d.pilot.press("c", "j", "enter", "ctrl+n", "ctrl+r")
        await until(d, lambda: len(said(d)) == 5 and said(d)[4], "the control is compared")
        assert said(d)[4] == "✓ equals the pick"
        await d.pilot.press("l", "j")
        assert await verdict(d) == "✓ exact, = pick"
    change_weights(model)
    with Library(tmp_path / "library") as library:
        session = library.sessions()[0].id
    async with desk(make=start, recipe=recipe, session=session) as d:
        await until(
            d, lambda: d.app.state.model and d.app.state.round_view and all(d.app.state.round_view.records), "resumed"
        )
        assert (await verdict(d)).startswith("✕ differs: ")
        assert "weights: " in str(d.app.query_one(VerificationBar).render())
