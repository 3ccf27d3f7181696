"""Holding the composition of a pick, and varying it, with the keys of the app."""

from __future__ import annotations

import msgspec

from seedtui.app.facts import facts_of
from seedtui.core.foreign.translate import ForeignImage
from seedtui.core.prompts.prompt import EXAMPLE, SUFFIXES
from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.hold import Hold
from seedtui.core.rounds.variation import Variation
from seedtui.engine import fake
from seedtui.engine.fake import FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.library.library import Library
from seedtui.ui.screens.vary import VaryScreen
from seedtui.ui.widgets.grid.cell import Cell


def cells(d) -> list[tuple[str, str]]:
    return [(cell.label, cell.said) for cell in d.app.query(Cell)]


def last(d):
    return d.engine.rounds[-1]


async def vary(d, strengths: str, seeds: str) -> None:
    """Vary the pick with these words in the dialog."""
    await d.pilot.press("V")
    await d.until(lambda: isinstance(d.app.screen, VaryScreen) and d.app.screen.is_mounted)
    d.app.screen.strengths.value, d.app.screen.seeds.value = strengths, seeds
    await d.pilot.press("enter")


async def test_a_key_holds_refinements_and_r_keeps_it(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("right", "enter", "f2", "f2", "ctrl+r")
        await d.done(2)
        assert [s.holds for s in last(d).shots] == [(Hold(0.2, EXAMPLE),)] * 4
        assert cells(d)[1][0] == "artsy" and d.app.state.round_view.round.shared == "seed 1 · hold 20%"
        assert dict(facts_of(d.app.state).rows)["hold"] == f"20% of the steps with: {EXAMPLE}"
        await d.pilot.press("right", "r")
        await d.done(3)
        assert {s.holds for s in last(d).shots} == {(Hold(0.2, EXAMPLE),)}, "the pick's own: EXAMPLE, at first"
        await d.pilot.press("enter", "f2", "f2", "f2", "ctrl+r")
        await d.done(4)
        assert d.app.main.suffix_pane.hold_line.share == 0
        assert not any(s.holds for s in last(d).shots)


async def test_one_suffix_at_several_holds_with_the_control(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("enter", "up", "up", "ctrl+n", "f3")
        await d.done(2)
        made = [(s.suffix, [h.share for h in s.holds]) for s in last(d).shots]
        assert made == [(SUFFIXES[1], []), *((SUFFIXES[1], [share]) for share in (0.1, 0.2, 0.4)), ("", [])]
        await d.until(lambda: cells(d)[4] == ("control", "✓ equals the pick"))
        assert "hold 0%-40%" in str(d.app.main.rounds.line(1, 60))
        assert [label for label, _ in cells(d)][:2] == ["hold 0% · artsy", "hold 10% · artsy"]
        await d.pilot.press("right", "right", "enter", "f3")  # of a held picture: its control is held as it was
        await d.done(3)
        assert last(d).shots[-1].holds == (Hold(0.2, EXAMPLE),)
        await d.until(lambda: cells(d)[-1] == ("control", "✓ equals the pick"))


async def test_an_empty_line_has_no_suffix_to_hold(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("enter", "end", "enter", "f3")
        assert "no suffix on this line" in d.app.state.shown_problem.message
        assert len(d.engine.rounds) == 1


async def test_a_model_that_cannot_hold_says_so(desk, monkeypatch):
    monkeypatch.setattr(fake, "MODEL", msgspec.structs.replace(fake.MODEL, form=CallForm()))
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("enter", "f2")
        assert "cannot hold" in d.app.state.shown_problem.message
        assert "no hold" in str(d.app.main.suffix_pane.hold_line.render())
        await d.pilot.press("ctrl+r")
        await d.done(2)
        assert not any(s.holds for s in last(d).shots)


async def test_two_keys_make_four_variations(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("right", "V", "enter")
        await d.done(2)
        assert (last(d).kind, last(d).prompt, {s.seed for s in last(d).shots}) == ("vary", EXAMPLE, {1})
        assert [v.strength for s in last(d).shots for v in s.variations] == [0.2] * 4
        assert last(d).parent.index == 1 and last(d).parent.sha256
        await d.pilot.press("V", "f3", "enter")
        await d.done(3)
        added = [s.variations[-1] for s in last(d).shots]
        assert [v.strength for v in added] == [0.05, 0.1, 0.2, 0.5] and len({v.seed for v in added}) == 1
        assert {s.variations[:-1] for s in last(d).shots} == {d.engine.rounds[1].shots[0].variations}


async def test_strength_0_equals_the_pick_even_of_a_varied_refinement(desk, tmp_path):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await vary(d, "0%, 30%", "7")
        await d.done(2)
        await d.until(lambda: cells(d) == [("control", "✓ equals the pick"), ("30% of 7", "")])
        await d.pilot.press("right", "enter", "f2", "ctrl+n", "ctrl+r")
        await d.done(3)
        assert {s.variations for s in last(d).shots} == {(Variation(7, 0.3),)}
        await d.until(lambda: cells(d)[-1] == ("control", "✓ equals the pick"))
        await vary(d, "0% 100%", "9")
        await d.done(4)
        assert last(d).shots[0].holds == (Hold(0.1, EXAMPLE),)
        await d.until(lambda: cells(d)[0] == ("control", "✓ equals the pick"))
        assert d.app.state.round_view.round.shared == "seed 0 · 30% of 7"
        await d.pilot.press("c")
        await d.until(lambda: len(d.app.screen_stack) == 2)
        await d.pilot.press("escape", "right", "e")
        assert "without the hold and the variation" in d.app.state.said.words
    with Library(tmp_path / "library") as library:
        session = library.sessions()[0].id
    async with desk(session=session) as d:
        await d.until(lambda: d.app.state.round_view and len(cells(d)) == 2)
        assert d.app.state.round_view.round.kind == "vary" and len(d.app.state.lineage.rounds) == 4


async def test_each_marked_picture_gets_its_round_and_those_to_come_wait(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        await d.pilot.press("escape", "space", "right", "space")
        await vary(d, "20%", "5-6")
        await d.until(lambda: len(d.app.state.queue) == 2)
        assert len(d.app.state.awaiting) == 2
        d.engine.finish(d.engine.rounds[0])
        await d.until(lambda: len(d.engine.rounds) == 2)
        assert last(d).shots[0].seed == 0 and last(d).parent.sha256
        d.engine.finish(last(d))
        await d.until(lambda: len(d.engine.rounds) == 3)
        assert last(d).shots[0].seed == 1 and last(d).parent.sha256


async def test_wrong_words_are_answered_in_the_dialog(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        for strengths, seeds, why in (
            ("much", "3", "invalid strength"),
            ("20%", "0-99", "do not fit"),
            ("", "1", "no "),
        ):
            await vary(d, strengths, seeds)
            assert why in str(d.app.screen.answer.render())
            await d.pilot.press("escape")
        assert len(d.engine.rounds) == 1


async def test_a_variation_of_another_program_opens_as_it_is(desk):
    image = ForeignImage(program="X", prompt="an owl", seed=3, recipe=Recipe(), variations=(Variation(8, 0.25),))
    async with desk() as d:
        await d.until(lambda: d.app.state.model)
        d.app.opening.begin(image)
        await d.done(1)
        assert (last(d).kind, last(d).prompt, last(d).parent) == ("vary", "an owl", None)
        assert [(s.seed, s.variations) for s in last(d).shots] == [(3, image.variations)]
        await d.pilot.press("r")
        await d.done(2)
        assert {s.variations for s in last(d).shots} == {image.variations}


async def test_tokens_are_counted_for_the_encoding_of_the_recipe(desk):
    async with desk(recipe=Recipe(prompt_encoding="weighted")) as d:
        counts = lambda: [r for r in d.engine.requests if isinstance(r, p.CountTokens)]  # noqa: E731
        await d.until(lambda: d.engines and counts())
        assert {r.encoding for r in counts()} == {"weighted"}
        d.app.controller.use(Recipe())
        await d.until(lambda: counts()[-1].encoding == "plain")
