"""``grid``: which axes its options mean, and what it leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedtui.cli.grid_axes import grid_axes
from seedtui.core.errors import InputError
from seedtui.library.images.png import read_picture, read_png, read_record

from .conftest import Command
from .test_script import run_programs

A, B = ", a", ", b"


@pytest.mark.parametrize(
    ("options", "across", "down"),
    [
        (("0-3", (A, B), (), None, None), "suffix", "seed"),
        ((None, (A, B), (), None, None), "suffix", "seed"),
        (("0-3", (A, B), (), "seed", None), "seed", "suffix"),
        (("0-3", (A, B), (), None, "suffix"), "seed", "suffix"),
        (("0-3", (), ("guidance=3,5",), None, None), "guidance", "seed"),
        ((None, (), ("guidance=3,5", "steps=4,8"), None, None), "guidance", "steps"),
        ((None, (), (), "guidance=3,5", "seed=0-3"), "guidance", "seed"),
        ((None, (), ("steps=4,8",), None, "guidance=3,5"), "steps", "guidance"),
    ],
)
def test_what_is_across_and_what_is_down(
    options: tuple[str | None, tuple[str, ...], tuple[str, ...], str | None, str | None], across: str, down: str
) -> None:
    found = grid_axes(*options)
    assert (found.across.name, found.down.name) == (across, down)


def test_one_seed_or_suffix_beside_two_axes_is_that_of_all() -> None:
    found = grid_axes("7", (A,), ("guidance=3,5", "steps=4,8"), None, None)
    assert (found.seed, found.suffix) == (7, A)


@pytest.mark.parametrize(
    "options",
    [
        (None, (), (), None, None),
        ("0-3", (), (), None, None),
        ("0-3", (A, B), ("steps=1,2",), None, None),
        (None, (), ("steps=1,2", "steps=3,4"), None, None),
        ("0-3", (A, B), (), "guidance", None),
        ("0-3", (A, B), (), "seed", "seed"),
        ("0-3", (A, B), (), "seed=1,2", None),
        (None, (A,), ("suffix=, b",), None, None),
        (None, (), ("speed=1,2", "steps=3,4"), None, None),
    ],
)
def test_what_is_no_grid(
    options: tuple[str | None, tuple[str, ...], tuple[str, ...], str | None, str | None],
) -> None:
    with pytest.raises(InputError):
        grid_axes(*options)


def test_wrong_input_is_refused_before_anything_runs(bare: Command, models: dict[str, Path]) -> None:
    for words in (
        ("--axis", "scheduler=ddim,quick"), ("--axis", "size=64x64,65x64"), ("--axis", "hold=0%,20%"),
        ("--axis", "model=starter,nowhere"), ("--suffix", ", __x__"), ("--axis", "lora=0,1"),
        ("--axis", "steps=2,3", "--towards", "5"), ("--axis", "seed=1,1", "--axis", "steps=1,2"),
        ("--axis", "profile=fast,plain", "--axis", "weights=full,float8"),
    ):  # fmt: skip
        result = bare("grid", "a cat", "--model", models["sd"], "--out", "g", *words)
        assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1), words
    assert not Path("g").exists()


def test_a_grid_and_what_it_shares(seedtui: Command, models: dict[str, Path]) -> None:
    words = ("--model", models["sd"], "--steps", 2, "--out", "g", "--json")
    made = seedtui("generate", "a cat", "--seeds", "0-1", *words)
    command = ("grid", "a <b>cat|", "--seeds", "0-1", "--suffix", "", "--suffix", ", a|b", *words)
    result = seedtui(*command)
    assert (made.code, result.code) == (0, 0)
    lines = sorted(result.lines, key=lambda line: int(line["index"]))
    assert [(line["row"], line["column"]) for line in lines] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert lines[3]["axes"] == {"suffix": ", a|b", "seed": "1"}
    again = seedtui(*command, "--resume")
    assert [line["existing"] for line in again.lines] == [True] * 4
    assert [line["index"] for line in again.lines] == [0, 1, 2, 3]
    assert {line["path"] for line in again.lines} == {line["path"] for line in lines}
    assert sorted(path.name for path in Path("g").glob("grid*")) == ["grid.html", "grid.md", "grid.png"]
    page = Path("g/grid.html").read_text()
    assert "<b>cat" not in page
    for line in lines:
        assert f'href="{Path(line["path"]).name}"' in page
    assert read_picture(Path("g/grid.png")).width > 2 * 64
    assert seedtui("verify", *(line["path"] for line in lines)).code == 0


def test_the_same_image_in_two_places_is_made_once(seedtui: Command, models: dict[str, Path]) -> None:
    words = ("--model", models["sd"], "--steps", 2, "--json")
    seedtui("generate", "a cat, x", "--seeds", "0-3", *words, "--out", "g")
    result = seedtui(
        "grid", "a cat", "--axis", "guidance=7.5,,2", "--suffix", ", x", "--seeds", "0-3", *words, "--resume",
        "--out", "g",
    )  # fmt: skip
    lines = sorted(result.lines, key=lambda line: int(line["index"]))
    assert [line.get("existing", False) for line in lines] == [True, True, False] * 4
    assert len({line["path"] for line in lines}) == 12
    for one, other, _ in zip(*[iter(lines)] * 3, strict=True):
        assert one["sha256"] == other["sha256"]
        _, record = read_png(Path(other["path"]))
        assert (record.kind, record.prompt, record.suffix) == ("grid", "a cat", ", x")
    assert seedtui("verify", *(line["path"] for line in lines[:3])).code == 0


@pytest.mark.slow
def test_the_program_of_a_cell_makes_it(seedtui: Command, models: dict[str, Path]) -> None:
    result = seedtui(
        "grid", "a cat", "--suffix", ", a", "--axis", "hold=0%,50%", "--axis", "scheduler=ddim,euler",
        "--model", models["sd"], "--steps", 2, "--out", "g", "--json",
    )  # fmt: skip
    made = sorted(result.lines, key=lambda line: int(line["index"]))
    assert read_record(Path(made[3]["path"])).holds
    assert run_programs(seedtui, [made[3]]) == [f"exact {made[3]['sha256']}"]
