"""The lineage is a tree, whatever the rounds say of their parents."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.lineage import Lineage
from seedtui.core.rounds.rounds import Pick, Round, Shot


def a_round(number: int, parent: int | None) -> Round:
    return Round(
        id=f"round{number}", kind="explore", prompt="a cat", shots=(Shot(0, 0),), recipe=Recipe(),
        parent=None if parent is None else Pick(f"round{parent}", 0),
    )  # fmt: skip


@st.composite
def lineages(draw: st.DrawFn) -> Lineage:
    """Up to 30 rounds; a parent may be any of them, later ones and itself too, or one that is not there."""
    count = draw(st.integers(0, 30))
    parents = draw(st.lists(st.none() | st.integers(0, 32), min_size=count, max_size=count))
    return Lineage(tuple(a_round(i, parent) for i, parent in enumerate(parents)))


@given(lineages())
def test_every_round_is_in_the_tree_once(lineage: Lineage) -> None:
    seen, todo = [], list(lineage.children(None))
    while todo:
        round_ = todo.pop()
        seen.append(round_.id)
        assert all(lineage.parent(child) == round_ for child in lineage.children(round_))
        todo += lineage.children(round_)
    assert sorted(seen) == sorted(r.id for r in lineage.rounds)
    assert all(lineage.parent(root) is None for root in lineage.children(None))


@given(st.integers(1, 30), st.data())
def test_parents_are_the_ones_that_were_named(count: int, data: st.DataObject) -> None:
    """Where each round hangs from one that was run before it, as the app makes them."""
    parents = [data.draw(st.none() | st.integers(0, i - 1)) if i else None for i in range(count)]
    lineage = Lineage()
    for i, parent in enumerate(parents):
        lineage = lineage.add(a_round(i, parent))
    for round_, parent in zip(lineage.rounds, parents, strict=True):
        assert lineage.parent(round_) == (None if parent is None else lineage.rounds[parent])


@given(lineages().filter(lambda lineage: lineage.rounds), st.integers(-40, 40), st.data())
def test_steps_lead_back(lineage: Lineage, step: int, data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(lineage.rounds))
    place = lineage.rounds.index(start) + step
    there = lineage.beside(start, step)
    assert there == (lineage.rounds[place] if 0 <= place < len(lineage.rounds) else None)
    if there:
        assert lineage.beside(there, -step) == start


def test_it_is_a_value() -> None:
    one = Lineage((a_round(0, None),))
    two = one.add(a_round(1, 0))
    assert one.rounds == two.rounds[:1]
    assert two.get("round1") == two.rounds[1]
    assert one.get("round1") is None
    two.children(None)
    assert two == Lineage(two.rounds)
    assert msgspec.to_builtins(two) == msgspec.to_builtins(Lineage(two.rounds))


def test_a_line_of_ten_thousand_rounds() -> None:
    lineage = Lineage(tuple(a_round(i, i - 1 if i else None) for i in range(10_000)))
    depth, at = 0, lineage.get(lineage.rounds[-1].id)
    while at := lineage.parent(at):
        depth += 1
    assert depth == 9_999
