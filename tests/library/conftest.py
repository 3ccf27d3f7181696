"""A home of its own for every test, and pictures and records to fill it with."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seedtui.core.images.environment import Environment
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, pixel_hash
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Pick, Round, Shot
from seedtui.library.library import Library

RECIPE = Recipe(
    model="starter", revision="a" * 64, dtype="float32", device="cpu", scheduler="PNDMScheduler", steps=50,
    guidance=7.5, width=8, height=8,
)  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`SEEDTUI_HOME`, and no other home beside it."""
    monkeypatch.setenv("SEEDTUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    return tmp_path / "home"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def picture() -> Callable[..., Picture]:
    """A picture of its own for every `number`."""

    def make(number: int = 0, side: int = 8) -> Picture:
        return Picture(side, side, (bytes([number % 256, number // 256 % 256, 7]) * side * side))

    return make


@pytest.fixture
def record_of() -> Callable[..., ImageRecord]:
    """The record of `round_`'s image at `index`, which shows `picture`."""

    def make(round_: Round, index: int, picture: Picture) -> ImageRecord:
        shot = round_.shots[index]
        return ImageRecord(
            kind=round_.kind, prompt=round_.prompt, suffix=shot.suffix, seed=shot.seed, slot=index % 4, recipe=RECIPE,
            environment=Environment(torch="2.13.0", threads=2), sha256=pixel_hash(picture.pixels),
            round_id=round_.id, index=index, parent=round_.parent, stop=round_.stop, axes=round_.axes,
        )  # fmt: skip

    return make


@pytest.fixture
def record(picture: Callable[..., Picture], record_of: Callable[..., ImageRecord]) -> ImageRecord:
    """The record of a refined image, which shows ``picture()``."""
    round_ = Round(
        id="0123456789ab", kind="refine", prompt="Labrador in the style of Vermeer", shots=(Shot(0, 2, ", artsy"),),
        recipe=RECIPE, parent=Pick("ba9876543210", 2, "b" * 64),
    )  # fmt: skip
    return record_of(round_, 0, picture())


@pytest.fixture
def modes_hold(tmp_path: Path) -> None:
    """Skips the test where file modes forbid nothing, as they do not to root."""
    locked = tmp_path / "locked"
    locked.touch(mode=0)
    with contextlib.suppress(PermissionError), locked.open("rb"):
        pytest.skip("root may read and write everywhere")
    locked.unlink()
