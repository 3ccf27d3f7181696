"""Rounds rebuilt from some of their images: what is missing is filled in as it was asked for."""

from __future__ import annotations

import msgspec
import pytest

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.axis import Axis
from seedtui.core.rounds.gaps import without_gaps
from seedtui.core.rounds.grid import grid
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.scout import scout
from seedtui.core.rounds.stop import Stop

SEEDS, SUFFIXES = Axis("seed", ("3-6",)), Axis("suffix", ("", ", red", ", blue"))
HOLDS, TURNS, STEPS = (
    Axis("hold", ("0%", "20%", "40%")),
    Axis("variation", ("0%", "10%", "30%")),
    Axis("steps", ("4", "8")),
)


def lacking(round_: Round, kept: set[int]) -> Round:
    return msgspec.structs.replace(round_, shots=tuple(shot for shot in round_.shots if shot.index in kept))


@pytest.mark.parametrize("axes", [(SEEDS, SUFFIXES), (SUFFIXES, SEEDS), (SEEDS, STEPS), (SEEDS, TURNS)])
def test_a_grid_is_whole_again_from_any_image_of_it(axes: tuple[Axis, Axis]) -> None:
    whole = grid("a cat", *axes, Recipe())
    for shot in whole.shots:
        assert without_gaps(lacking(whole, {shot.index})) == whole


def test_so_is_a_grid_of_holds_that_lacks_some() -> None:
    whole = grid("a cat", HOLDS, SUFFIXES, Recipe())
    for index in range(9):
        assert without_gaps(lacking(whole, set(range(9)) - {index})) == whole
    assert without_gaps(lacking(whole, {0, 4, 7, 8})) == whole


def test_a_scout_round_of_neighbours_is_whole_up_to_its_last_image() -> None:
    whole = scout("a cat", range(5, 25), Stop(share=0.3), Recipe())
    assert without_gaps(lacking(whole, {0, 7, 19})) == whole
    assert without_gaps(whole) is whole


def test_axes_that_say_nonsense_give_no_round() -> None:
    whole = grid("a cat", SEEDS, SUFFIXES, Recipe())
    for axes in ((Axis("seed", ("x",)), SUFFIXES), (SEEDS, Axis("suffix", ())), (Axis("seed", ("0-4095",)), SUFFIXES)):
        assert without_gaps(msgspec.structs.replace(whole, axes=axes)) is None
