"""Picked pictures are made larger: the dialog, the round, its place in the tree, its source, compare and verify."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Static

from seedtui.app.facts import facts_of
from seedtui.core.images.finishing import source_of
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import pixel_hash
from seedtui.engine.fake import SIDE, FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.library.library import Library
from seedtui.terminal.renderers.fit import fit
from seedtui.ui.screens.compare import CompareScreen
from seedtui.ui.screens.finish import FinishScreen
from seedtui.ui.widgets.grid.cell import Cell
from seedtui.ui.widgets.row_words import row_words


def by_hand(n: int) -> FakeEngine:
    return FakeEngine(by_hand=True)


def runs(d) -> list[p.Run]:
    return [request for request in d.engine.requests if isinstance(request, p.Run)]


async def explored(d) -> None:
    await d.pilot.press("enter")
    await d.done(1)


async def asked(d) -> FinishScreen:
    await d.pilot.press("b")
    await d.until(lambda: isinstance(d.app.screen, FinishScreen))
    await d.pilot.pause()
    return d.app.screen


def note(screen, name: str) -> str:
    return str(screen.query_one(f"#note-{name}", Static).render())


def says(screen) -> str:
    return str(screen.query_one("#says", Static).render())


async def test_two_keys_finish_the_pick(desk):
    async with desk() as d:
        await explored(d)
        await d.pilot.press("l", "b", "enter")
        await d.done(2)
        state = d.app.state
        first, round_ = d.engine.rounds
        record = state.round_views[first.id].records[1]
        assert round_.kind == "finish" and round_.parent == record.pick and source_of(round_) == record
        assert (round_.recipe.width, round_.recipe.height) == (2 * SIDE, 2 * SIDE)
        assert pixel_hash(runs(d)[1].source) == record.sha256
        assert state.shown == round_.id and state.lineage.parent(round_) == first
        assert [cell.label for cell in d.app.query(Cell)] == [f"seed 1 · {2 * SIDE}x{2 * SIDE} · 30%"]
        words = row_words(round_, first)
        assert words.words == f"{2 * SIDE}x{2 * SIDE}" and words.differs[0] == "seed 1"
        facts = {fact.name: fact.value for fact in facts_of(state).rows}
        assert facts["finished"] == f"30% of the steps, lanczos, from {SIDE}x{SIDE}"
        assert facts["size"] == f"{2 * SIDE}x{2 * SIDE}" and facts["from"].startswith("seed 1, of seeds 0-3")
        await d.pilot.press("u")
        assert d.app.state.shown == first.id


async def test_the_dialog_says_what_it_comes_to_and_what_is_wrong(desk):
    async with desk() as d:
        await explored(d)
        screen = await asked(d)
        assert f"→ {2 * SIDE}x{2 * SIDE}" in note(screen, "size") and "1 of 4 steps" in note(screen, "strength")
        size, strength = screen.query_one("#size", Input), screen.query_one("#strength", Input)
        for field, value, told in (
            (size, "9x", "1 to 8"), (size, "32x64", "another shape"), (size, "17x17", "multiples of 8"),
            (size, "x", "1.5 or 2"),
            (strength, "0%", "out of range"), (strength, "2%", "less than one step"), (strength, "many", "20%"),
        ):  # fmt: skip
            before, field.value = field.value, value
            await d.pilot.pause()
            assert told in says(screen), value
            await d.pilot.press("enter")
            assert d.app.screen is screen
            field.value = before
        strength.value = "100%"
        await d.pilot.pause()
        assert "another one" in says(screen)
        await d.pilot.press("escape")
        assert len(d.engine.rounds) == 1
        assert (await asked(d)).query_one("#strength", Input).value == "100%"
        await d.pilot.press("enter")
        await d.done(2)
        assert d.engine.rounds[1].source == "" and runs(d)[1].source == b""


async def test_size_steps_and_upscaler_are_entered(desk, tmp_path):
    async with desk() as d:
        await explored(d)
        screen = await asked(d)
        await d.pilot.press(*"48x48", "down", *"50%", "down", *"12", "down", *"latent", "enter")
        await d.done(2)
        assert d.app.screen is not screen
        round_ = d.engine.rounds[1]
        assert (round_.recipe.width, round_.recipe.steps) == (48, 12)
        assert (round_.finish.strength, round_.finish.upscaler) == (0.5, "latent")
        assert row_words(round_, d.engine.rounds[0]).differs == ("seed 0", "latent", "12 steps")
        await d.pilot.press("u")
        screen = await asked(d)
        screen.query_one("#upscaler", Input).value = str(tmp_path / "gone.safetensors")
        await d.pilot.pause()
        assert "no upscaler" in says(screen)


async def test_each_marked_picture_gets_a_round_of_its_own(desk):
    async with desk(make=by_hand) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engines and d.engine.rounds and d.app.state.job)
        d.engine.finish(d.engine.rounds[0])
        await d.done(1)
        await d.pilot.press("a")
        screen = await asked(d)
        assert "4 pictures" in note(screen, "size")
        await d.pilot.press("enter")
        for count in range(2, 6):
            await d.until(lambda count=count: len(d.engine.rounds) == count)
            d.engine.finish(d.engine.rounds[-1])
            await d.done(count)
        records = d.app.state.round_views[d.engine.rounds[0].id].records
        assert [r.parent for r in d.engine.rounds[1:]] == [record.pick for record in records]
        assert [pixel_hash(run.source) for run in runs(d)[1:]] == [record.sha256 for record in records]


async def test_a_picture_that_is_not_there_yet_is_finished_once_it_is(desk):
    async with desk(make=by_hand) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engines and d.engine.rounds and d.app.state.job)
        await d.pilot.press("l", "b", "enter")
        first, waits = d.engine.rounds[0], d.app.state.queue.ids[0]
        assert d.app.state.awaiting == {waits}
        d.engine.finish(first)
        await d.until(lambda: len(d.engine.rounds) == 2)
        round_, record = d.engine.rounds[1], d.app.state.round_views[first.id].records[1]
        assert round_.id == waits and round_.parent == record.pick and source_of(round_) == record
        assert pixel_hash(runs(d)[1].source) == record.sha256
        d.engine.finish(round_)
        await d.done(2)


@pytest.mark.parametrize("gone", [False, True])
async def test_after_a_restart_the_source_is_read_from_disk_or_made_again(desk, tmp_path, gone):
    async with desk() as d:
        await explored(d)
        await d.pilot.press("b", "enter")
        await d.done(2)
        session = d.app.controller.sessions.session
        record = d.app.state.round_views[d.engine.rounds[0].id].records[0]
    with Library(tmp_path / "library") as library:
        source = library.path(record.round_id, 0)
        library.path(d.engine.rounds[1].id, 0).unlink()
    if gone:
        source.unlink()
    async with desk(session=session) as d:
        await d.until(lambda: d.app.state.round_views and d.app.state.model and d.app.state.round_view.lacks_files)
        await d.pilot.press("ctrl+r")
        await d.until(lambda: d.engine.rounds, "it runs again")
        sent = runs(d)[0].source
        assert sent == b"" if gone else pixel_hash(sent) == record.sha256


async def test_compare_shows_both_at_the_same_scale(desk):
    async with desk() as d:
        await explored(d)
        await d.pilot.press("b", "enter")
        await d.done(2)
        await d.pilot.press("c")
        await d.until(lambda: isinstance(d.app.screen, CompareScreen) and "ab" in d.app.screen.comparison.differences)
        await d.pilot.pause()
        screen = d.app.screen
        pictures = [screen.comparison.pictures[layer] for layer in ("a", "b")]
        assert [picture.width for picture in pictures] == [SIDE, 2 * SIDE]
        assert f"different sizes: {SIDE}x{SIDE} and {2 * SIDE}x{2 * SIDE}" in str(screen.figures.render())
        for tile in ((40, 20), (37, 31)):
            assert len({fit((picture.width, picture.height), tile) for picture in pictures}) == 1
        await d.pilot.press("plus", "right")
        small, large = (screen.viewport.part(picture, 40, 20) for picture in pictures)
        assert (large.width, large.height) == (2 * small.width, 2 * small.height)
        await d.pilot.press("d")
        assert "different sizes" in screen.comparison.missing("ab")


async def test_a_finished_picture_is_verified(desk):
    async with desk() as d:
        await explored(d)
        await d.pilot.press("b", "enter")
        await d.done(2)
        await d.pilot.press("v")
        await d.until(lambda: d.app.state.verification.verdicts)
        assert all(verdict.exact for verdict in d.app.state.verification.verdicts.values())
        again = d.engine.rounds[2]
        assert again.finish == d.engine.rounds[1].finish and again.source


async def test_refining_and_taking_up_start_from_the_picture_that_was_finished(desk):
    async with desk() as d:
        await explored(d)
        await d.pilot.press("l", "b", "enter")
        await d.done(2)
        await d.pilot.press("r")
        await d.done(3)
        first, finished, refined = d.engine.rounds
        assert refined.parent.round_id == first.id and refined.parent.index == 1
        assert refined.recipe.width == first.recipe.width and {shot.seed for shot in refined.shots} == {1}
        d.app.controller.pictures.show(finished)
        await d.pilot.press("e")
        assert d.app.state.recipe == first.recipe and d.app.main.prompt_bar.seeds.value == "1"


async def test_a_finished_picture_is_finished_again_but_not_for_ever(desk):
    async with desk() as d:
        await explored(d)
        for count in range(2, 6):
            screen = await asked(d)
            screen.query_one("#size", Input).value = "1x"
            await d.pilot.press("enter")
            await d.done(count)
        assert "finished 4 times" in says(await asked(d))


async def test_a_model_that_cannot_is_told(desk):
    async with desk(make=by_hand) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engines and d.engine.rounds and d.app.state.job)
        d.engine.finish(d.engine.rounds[0])
        await d.done(1)
        await d.pilot.press("b", "enter")
        await d.until(lambda: len(d.engine.rounds) == 2)
        d.engine.fail(d.engine.rounds[1])
        await d.until(lambda: d.app.state.shown_problem)
        assert d.app.state.round_view.status == "failed"


def test_a_part_of_a_picture_is_a_share_of_it():
    """A picture of three times the size shows the same part, to a pixel of the smaller one."""
    from seedtui.ui.viewport import Viewport

    small, large = (Picture(w, h, bytes(3 * w * h)) for w, h in ((40, 24), (120, 72)))
    for zoom in (1, 2, 4, 8):
        look = Viewport(zoom=zoom, x=0.3, y=0.6)
        one, other = look.part(small, 30, 10), look.part(large, 30, 10)
        assert abs(other.width / 3 - one.width) <= 1 and abs(other.height / 3 - one.height) <= 1
