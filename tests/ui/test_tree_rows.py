"""The tree's rows: right, and no more work than a change needs."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text
from textual.app import App, ComposeResult

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.lineage import Lineage
from seedtui.core.rounds.rounds import Pick, Round, Shot
from seedtui.ui.widgets.line_list import LineList
from seedtui.ui.widgets.tree_rows import TreeRows


def made(number: int, parent: int | None = None) -> Round:
    return Round(
        id=str(number), kind="explore" if parent is None else "refine", prompt="x", shots=(Shot(0, 0),),
        recipe=Recipe(), parent=None if parent is None else Pick(str(parent), 0),
    )  # fmt: skip


def drawn(tree_rows: TreeRows) -> list[str]:
    return [tree_rows.lines(id_) + id_ for id_ in tree_rows.rows]


def test_rows_and_the_lines_to_them():
    rounds = (made(0), made(1, 0), made(2), made(3, 1), made(4, 0), made(5, 3), made(6, 4))
    tree_rows = TreeRows()
    assert tree_rows.follow(Lineage(rounds))
    assert drawn(tree_rows) == ["0", "├─1", "│ └─3", "│   └─5", "└─4", "  └─6", "2"]
    assert tree_rows.lines("5", deepest=2) == "…  └─"
    assert (tree_rows.row_of("4"), tree_rows.row_of("gone")) == (4, None)


@given(st.lists(st.integers(-1, 30), max_size=30), st.integers(0, 30))
def test_a_tree_that_grew_is_the_tree_that_was_built(parents: list[int], from_: int):
    rounds = [made(i, None if p < 0 or p >= i else p) for i, p in enumerate(parents)]
    grown, built = TreeRows(), TreeRows()
    for end in range(min(from_, len(rounds)), len(rounds) + 1):
        grown.follow(Lineage(tuple(rounds[:end])))
    built.follow(Lineage(tuple(rounds)))
    assert drawn(grown) == drawn(built)
    assert sorted(grown.rows) == sorted(r.id for r in rounds)
    without = tuple(r for r in rounds if r.id != "0")
    grown.follow(Lineage(without))
    built.follow(Lineage(without))
    assert drawn(grown) == drawn(built)


def test_one_more_round_among_ten_thousand_is_one_row():
    choice = random.Random(1)
    rounds = tuple(made(i, choice.randrange(i) if i and choice.random() < 0.7 else None) for i in range(10_000))
    tree_rows = TreeRows()
    tree_rows.follow(Lineage(rounds[:-2]))
    before = tree_rows.built
    tree_rows.follow(lineage := Lineage(rounds[:-2]).add(rounds[-2]))
    assert tree_rows.built == before + 1
    tree_rows.follow(lineage)
    assert tree_rows.built == before + 1
    tree_rows.follow(lineage.add(rounds[-1]))
    assert tree_rows.built == before + 2


class Numbers(LineList):
    """10,000 lines, which counts those that are made."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[int] = []

    def line(self, row: int, width: int) -> Text:
        self.made.append(row)
        return Text(f"number {row}")


class NumbersApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Numbers()


async def test_only_lines_on_the_screen_are_made():
    app = NumbersApp()
    async with app.run_test(size=(40, 20)) as pilot:
        numbers = app.query_one(Numbers)
        numbers.count = 10_000
        await pilot.pause()
        numbers.focus()
        await pilot.pause()
        numbers.made.clear()
        await pilot.press("down", "j", "k")
        await pilot.pause()
        assert set(numbers.made) <= {0, 1, 2}
        numbers.made.clear()
        await pilot.press("end")
        await pilot.pause()
        assert numbers.cursor == 9_999
        assert set(numbers.made) <= {0, *range(9_980, 10_000)}
        assert 9_999 in numbers.rows_on_screen
        await pilot.press("pageup", "home", "up")
        assert numbers.cursor == 0
        await pilot.click(Numbers, offset=(5, 4))
        assert numbers.cursor == 3
