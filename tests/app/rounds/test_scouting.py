"""Scouting without a screen: what is kept is finished, what was culled stays so, and memory is bounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from seedtui.app import events as e
from seedtui.core.rounds.axis import Axis
from seedtui.core.rounds.finish import Finish
from seedtui.core.rounds.finish_form import Wanted
from seedtui.core.rounds.stop import Stop
from seedtui.engine.fake import SIDE, FakeEngine, colour, image_of
from tests.support.headless import Headless


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Headless]:
    app = Headless(tmp_path)
    yield app
    app.close()


def test_kept_ones_are_finished_once(app: Headless) -> None:
    scouted = app.scout("0-7").round
    assert not app.controller.scouting.finish() and app.state.problem
    app.controller.scouting.keep([1, 5], True)
    assert app.view.starred == {1, 5}
    assert app.controller.scouting.finish()
    app.done(2)
    child = app.state.lineage.rounds[-1]
    assert [shot.seed for shot in child.shots] == [1, 5]
    assert child.kind == "explore" and child.parent and child.parent.round_id == scouted.id
    app.controller.pictures.show(scouted)
    assert not app.controller.scouting.finish()  # both are there
    app.controller.scouting.keep([2, 7], True)
    app.controller.scouting.keep([1], False)
    assert app.controller.scouting.finish()
    app.done(3)
    assert [shot.seed for shot in app.state.lineage.rounds[-1].shots] == [2, 7]


def test_a_kept_one_is_not_rejected_and_the_other_way_round(app: Headless) -> None:
    app.scout()
    scouting = app.controller.scouting
    scouting.keep([0, 1], True)
    scouting.reject([1, 2], True)
    assert (app.view.starred, app.view.rejected) == ({0}, {1, 2})
    scouting.keep([2], True)
    scouting.reject([1], False)
    assert (app.view.starred, app.view.rejected) == ({0, 2}, frozenset())


def test_culling_is_there_after_reopening_and_after_a_rebuild(tmp_path: Path) -> None:
    app = Headless(tmp_path)
    round_ = app.scout("0-39").round
    app.controller.scouting.keep([3, 33], True)
    app.controller.scouting.reject([4, 34], True)
    app.controller.scouting.see(range(36))
    session = app.controller.sessions.session
    app.close()
    for damaged in (False, True):
        if damaged:
            (tmp_path / "library" / "library.db").unlink()
        again = Headless(tmp_path, session=session)
        again.until(lambda: again.state.round_view)  # noqa: B023
        assert again.view.round.id == round_.id and again.view.round.kind == "scout"
        assert again.view.round.shots == round_.shots and again.view.round.stop == round_.stop
        assert (again.view.starred, again.view.rejected) == ({3, 33}, {4, 34})
        assert again.view.seen == frozenset(range(36)) and len(again.view.kept) == 40
        again.close()


def test_tiles_and_sketches_of_a_reopened_round_are_read_when_asked_for(tmp_path: Path) -> None:
    app = Headless(tmp_path)
    round_ = app.scout("0-39").round
    assert len(app.controller.pictures.sketches(round_.id)) == 40
    assert len(app.controller.pictures.cache.of(round_.id)) == 40
    session = app.controller.sessions.session
    app.close()
    again = Headless(tmp_path, session=session)
    pictures = again.controller.pictures
    again.until(lambda: again.state.round_view and again.view.picked)
    assert set(pictures.cache.of(round_.id)) <= {again.view.pick}  # nothing else was read
    pictures.need(round_.id, range(8, 16))
    again.until(lambda: set(range(8, 16)) <= set(pictures.cache.of(round_.id)))
    assert pictures.cache.of(round_.id)[8].pixels[:3] == colour(round_, round_.shots[8])
    pictures.want_sketches(round_.id)
    again.until(lambda: len(pictures.sketches(round_.id)) == 40)
    assert pictures.sketches(round_.id)[9] == colour(round_, round_.shots[9]) * 64
    assert pictures.find((round_.id, 20)) is None
    again.until(lambda: pictures.cached((round_.id, 20)))
    again.close()


def test_a_decoded_picture_is_the_one_that_is_zoomed(app: Headless) -> None:
    view = app.scout()
    app.controller.scouting.decode(2)
    app.until(lambda: app.controller.pictures.is_decoded((view.round.id, 2)))
    picture = app.controller.pictures.find((view.round.id, 2))
    assert picture and (picture.width, picture.height) == (SIDE, SIDE)


def test_a_grid_begins(app: Headless) -> None:
    assert app.controller.scouting.grid("a cat", Axis("seed", ("0-2",)), Axis("suffix", ("", ", red")))
    app.done()
    assert app.view.round.kind == "grid" and len(app.view.kept) == 6


def test_what_is_invalid_is_told(app: Headless) -> None:
    assert not app.controller.scouting.begin("a cat", "0-x", Stop(share=0.3))
    assert app.state.problem and app.state.problem.kind == "input"
    assert not app.controller.scouting.grid("a cat", Axis("seed", ("0",)), Axis("seed", ("1",)))


def test_a_refinement_of_a_preview_raises_no_false_alarm_and_it_is_not_made_larger(app: Headless) -> None:
    view = app.scout()
    app.controller.pictures.pick(3)
    assert not app.controller.requests.finish(Wanted(Finish(), 2.0))
    assert app.state.problem and "preview" in app.state.problem.message
    assert app.controller.requests.refine("a cat", ("", ", red"))
    app.done(2)
    refined = app.state.lineage.rounds[-1]
    assert (refined.kind, refined.stop, refined.shots[0].seed) == ("refine", None, 3)
    assert refined.parent and refined.parent.round_id == view.round.id
    assert refined.pick_batch is None or refined.pick_batch.kind == "explore"
    assert not app.state.verification.controls


def test_thousands_of_images_take_little_memory_and_reach_the_state_together(tmp_path: Path) -> None:
    app = Headless(tmp_path, lambda number: FakeEngine(by_hand=True))
    assert app.controller.scouting.begin("a cat", "0-2047", Stop(share=0.3))
    app.until(lambda: app.runs)
    round_ = app.runs[0].round
    changes: list[int] = []
    app.changed = lambda old, new: changes.append(len(changes))  # type: ignore[method-assign]
    images = [image_of(round_, shot) for shot in round_.shots]
    for image in images:
        app.controller.handle(e.Saved(image))
    app.until(lambda: len(app.view.kept) == 2048)
    assert len(changes) < 10
    for image in images:
        app.controller.pictures.take(image)
    cache = app.controller.pictures.cache
    assert sum(len(tile.pixels) for tile in cache.of(round_.id).values()) <= 24 * 2**20
    assert len(app.controller.pictures.sketches(round_.id)) == 2048
    app.close()


def test_records_share_what_is_equal(app: Headless) -> None:
    view = app.scout("0-99")
    recipes = {id(record.recipe) for record in view.records if record}
    environments = {id(record.environment) for record in view.records if record}
    assert len(recipes) == len(environments) == 1


def test_the_sheet_of_a_large_round_is_written_from_the_library(app: Headless, tmp_path: Path) -> None:
    view = app.scout("0-299")
    assert app.controller.sessions.save_large_sheet(tmp_path / "out", view).name.startswith("contact-sheet")
    app.controller.scouting.grid("a cat", Axis("seed", ("0-2",)), Axis("suffix", ("", ", red")))
    app.done(2)
    app.controller.pictures.show(app.state.lineage.rounds[-1])
    assert app.controller.sessions.save_large_sheet(tmp_path / "out", app.view).name == "grid.png"
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {"grid.png", "grid.html", "grid.md"} and len(names) == 5
