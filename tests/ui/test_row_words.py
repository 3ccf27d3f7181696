"""What a row of the tree says of its round."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.lineage import Lineage
from seedtui.core.rounds.make import explore, refine, vary
from seedtui.core.rounds.rounds import Pick, Picked, Round
from seedtui.core.rounds.seeds import seeds_in_words
from seedtui.core.rounds.variation import Variation
from seedtui.core.text.formatting import age_in_words
from seedtui.ui.widgets.rounds_tree import fitted
from seedtui.ui.widgets.row_words import RowWords, pick_words, row_words
from seedtui.ui.widgets.tree_rows import TreeRows

CAT = explore("a cat", range(4), Recipe())
SUFFIXES = (", highly realistic", ", artsy")


def child(parent: Round, index: int, suffixes=SUFFIXES, prompt: str = "") -> Round:
    shot = parent.shots[index]
    prompt = prompt or parent.full_prompt(shot)
    return refine(prompt, shot.seed, suffixes, parent.recipe, Pick(parent.id, index, "x"))


def test_an_explore_round_begins_with_its_prompt():
    assert row_words(CAT, None) == RowWords("a cat", ("0-3",))
    other = explore("a cat", [4, 9], Recipe(steps=12, model="a/b"))
    assert row_words(other, CAT) == RowWords("a cat", ("4,9", "b", "12 steps"))
    assert row_words(CAT, other).differs == ("0-3", "starter", "default steps")
    assert row_words(CAT, CAT, 2).differs == ("0-3", "2nd")


def test_a_refine_round_begins_with_its_suffixes_and_says_which_picture_they_refine():
    first = child(CAT, 2)
    assert row_words(first, CAT) == RowWords("highly realistic, artsy", ("seed 2",))
    second = child(first, 1, (", neon", ""))
    assert row_words(second, first) == RowWords("neon", ("of artsy", "control"))
    edited = child(first, 1, prompt="a dog")
    assert row_words(edited, first).differs == ("of artsy", "edited prompt")
    assert row_words(first, None).differs == ("seed 2",), "its parent is not in the session"


def test_rows_that_read_the_same_are_counted():
    rounds = [CAT, child(CAT, 1), child(CAT, 1), child(CAT, 2), explore("a cat", range(4), Recipe())]
    for known in (0, 3, len(rounds)):
        rows = TreeRows()
        for end in range(known, len(rounds) + 1):
            rows.follow(Lineage(tuple(rounds[:end])))
        drawn = [row_words(r, rows.before(r.id), rows.number(r.id)) for r in rounds]
        assert [row.differs for row in drawn] == [
            ("0-3",), ("seed 1",), ("seed 1", "2nd"), ("seed 2",), ("0-3", "2nd"),
        ]  # fmt: skip
        assert len(set(drawn)) == len(rounds)


@pytest.mark.parametrize(
    ("seeds", "words"),
    [
        ((0, 1, 2, 3), "0-3"),
        ((7, 11, 42), "7,11,42"),
        ((3735928559, 1, 2), "3735928559,1-2"),
        ((3735928559, 123456789), "2 random seeds"),
        ((3735928559,), "3735928559"),
        (tuple(range(0, 20, 2)), "10 seeds"),
    ],
)
def test_seeds_that_say_nothing_are_counted(seeds, words):
    assert seeds_in_words(seeds) == words


def test_titles_use_the_same_words():
    assert explore("x", [3735928559, 123456789], Recipe()).title == "2 random seeds"
    assert [explore("x", seeds, Recipe()).title for seeds in ([5], range(3))] == ["seed 5", "seeds 0-2"]


def test_captions_leave_out_what_the_round_has_in_common():
    round_ = child(CAT, 2, (", artsy", ""))
    assert [round_.caption(shot) for shot in round_.shots] == ["artsy", "control"]
    assert [CAT.caption(shot) for shot in CAT.shots][:2] == ["seed 0", "seed 1"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "now"), (59, "now"), (60, "1 min"), (3599, "59 min"), (7300, "2 h"), (86_400 * 3, "3 d"),
     (86_400 * 45, "45 d"), (86_400 * 70, "2 mo"), (86_400 * 800, "2 y")],
)  # fmt: skip
def test_ages(seconds, words):
    assert age_in_words(seconds) == words


differences = st.lists(st.text("ab 猫", min_size=1, max_size=20), max_size=3)


@given(st.text("ab c猫", max_size=60), differences, st.integers(3, 60))
def test_what_differs_stays_as_long_as_a_third_is_left_for_the_words(words: str, differs: list[str], room: int):
    row = RowWords(words, tuple(differs))
    drawn = fitted(row, room)
    tail = "".join(f" · {one}" for one in differs)
    assert drawn.endswith(tail)
    if cell_len(tail) <= room - room // 3 - 1:
        assert cell_len(drawn) <= room


def test_a_vary_round_tells_strengths_and_seeds_and_its_pick_what_differs():
    base = explore("a cat", [0, 1], Recipe())
    towards = [Variation(100, share) for share in (0.05, 0.5)]
    ladder = vary(1, towards, Recipe(), Pick(base.id, 1), picked=Picked("a cat"))
    assert row_words(ladder, base).words == "5%-50% of 100"
    assert row_words(ladder, base).differs == ("seed 1",)
    assert pick_words(ladder, 1) == "50%"
    four = vary(1, [Variation(seed, 0.2) for seed in range(4)], Recipe(), Pick(base.id, 1), picked=Picked("a cat"))
    assert (row_words(four, base).words, pick_words(four, 2)) == ("20% of 0-3", "20% of 2")
    held = refine("a cat", 1, [", red"], Recipe(), Pick(four.id, 2), picked=four_pick(four), holds=(0.0, 0.4))
    assert row_words(held, four).differs == ("of 20% of 2", "hold 0%-40%")[::-1]
    assert pick_words(held, 1) == "hold 40%"


def four_pick(four: Round) -> Picked:
    return Picked("a cat", variations=four.shots[2].variations)


def test_a_vary_round_whose_shots_were_lost_has_words_too():
    lost = msgspec.structs.replace(explore("a cat", [1, 2], Recipe()), kind="vary")
    assert (
        row_words(lost, None).words and pick_words(lost, 0) and lost.label(lost.shots[0]) == lost.caption(lost.shots[0])
    )
