"""``generate`` says so where the pictures of all seeds look alike."""

from __future__ import annotations

from pathlib import Path

from seedtui.cli.worker.variety_watch import VarietyWatch
from seedtui.core.images.picture import Picture
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore, vary
from seedtui.core.rounds.rounds import Picked, Round
from seedtui.core.rounds.variation import Variation

from .conftest import Command


def watched(round_: Round, *levels: int) -> tuple[list[object], str]:
    """What is said of grey pictures of these levels: in each line of JSON, and at the end."""
    watch = VarietyWatch(round_)
    lines = [watch.after(Picture(8, 8, bytes([level]) * 192)).get("variety", "-") for level in levels]
    return lines, watch.told()


def test_alike_pictures_are_told_with_the_cure() -> None:
    lines, told = watched(explore("a cat", range(3), Recipe()), 100, 102, 101)
    assert lines == [None, 0.0078, 0.0052]
    assert told.startswith("these seeds look nearly alike (variety 0.5%).") and told.endswith("try --spread 40%.")
    assert "a --spread above 40%" in watched(explore("a cat", range(2), Recipe(spread=0.4)), 9, 9)[1]


def test_others_are_not() -> None:
    assert watched(explore("a cat", range(2), Recipe()), 0, 255) == ([None, 1.0], "")
    assert watched(explore("a cat", [1], Recipe()), 7) == ([None], "")
    varied = vary(1, [Variation(2, 0.1), Variation(3, 0.1)], Recipe(), picked=Picked("a cat"))
    assert watched(varied, 7, 7) == (["-", "-"], "")  # these are meant to look alike


def test_generate_says_it(seedtui: Command, models: dict[str, Path]) -> None:
    words = ("generate", "a cat", "--model", models["sd"], "--steps", 2, "--seeds")
    result = seedtui(*words, "0,4294967296", "--json")  # a CPU's generator reads 32 bits of a seed
    first, last = result.lines
    assert (first["variety"], last["variety"]) == (None, 0)
    assert "these seeds look nearly alike (variety 0.0%)" in result.err
    assert "alike" not in seedtui(*words, "0").err
