"""Pictures are marked, in one round or in several, and keys act on all of them."""

from __future__ import annotations

from textual.widgets._footer import FooterKey

from seedtui.engine.fake import FakeEngine
from seedtui.library.library import Library
from seedtui.ui.screens.copy import CopyScreen
from seedtui.ui.widgets.bars.key_footer import KeyFooter
from seedtui.ui.widgets.bars.status_bar import StatusBar
from seedtui.ui.widgets.grid.cell import Cell


async def explored(d):
    await d.pilot.press("enter")
    await d.done(1)


def labels(d):
    return [cell.label for cell in d.app.query(Cell)]


def footer(d):
    return [key.description for key in d.app.screen.query_one(KeyFooter).query(FooterKey)]


def status(d):
    return str(d.app.main.query_one(StatusBar).render())


async def test_marks_are_numbered_and_counted_and_go(desk):
    async with desk() as d:
        await explored(d)
        await d.pilot.press("space", "j", "space", "l", "space")
        assert labels(d) == ["[1] seed 0", "seed 1", "[2] seed 2", "[3] seed 3"]
        assert status(d).endswith("3 marked")
        await d.pilot.press("j", "h", "space")
        assert labels(d) == ["[1] seed 0", "seed 1", "seed 2", "[2] seed 3"]
        await d.pilot.press("a")
        assert labels(d) == ["[1] seed 0", "[3] seed 1", "[4] seed 2", "[2] seed 3"]
        await d.pilot.press("a")
        assert not d.app.state.marks and "marked" not in status(d)
        await d.pilot.press("a", "A")
        assert labels(d)[0] == "seed 0"


async def test_the_footer_says_what_will_be_acted_on(desk):
    async with desk() as d:
        await explored(d)
        before = footer(d)
        assert "save 4" not in before
        await d.pilot.press("a")
        await d.until(lambda: "save 4" in footer(d))
        counted = {"refine now 4", "vary 4", "bigger 4", "compare 4", "verify 4", "save 4", "delete 4"}
        assert set(footer(d)[: len(counted)]) == counted
        await d.pilot.press("A")
        await d.until(lambda: footer(d) == before)


async def test_marks_of_several_rounds_are_saved_and_starred_and_stay(desk, tmp_path):
    async with desk() as d:
        await explored(d)
        await d.pilot.press("l", "space", "r")
        await d.done(2)
        await d.pilot.press("A", "space", "u", "space", "h", "space")
        assert len(d.app.state.marks) == 3
        await d.pilot.press("s")
        await d.until(lambda: len(list((tmp_path / "saved").glob("*.png"))) == 3)
        await d.pilot.press("h", "asterisk")
        assert [sorted(view.starred) for view in d.app.state.round_views.values()] == [[0, 1], [0]]
        await d.pilot.press("space", "l", "space", "asterisk", "l", "asterisk")
        assert len(d.app.state.marks) == 1
        session = d.app.controller.sessions.session
    with Library(tmp_path / "library") as library:
        assert len([image for image in library.load_session(session).images.values() if image.starred]) == 3


async def test_all_starred_lose_their_stars(desk):
    async with desk() as d:
        await explored(d)
        await d.pilot.press("asterisk", "a", "asterisk")
        assert d.app.state.round_view.starred == {0, 1, 2, 3}
        await d.pilot.press("asterisk")
        assert d.app.state.round_view.starred == set()


async def test_all_marked_are_verified_their_batch_being_made_once(desk):
    async with desk() as d:
        await explored(d)
        await d.pilot.press("a", "v")
        await d.until(lambda: "verified: 4 exact" in status(d))
        assert [cell.said for cell in d.app.query(Cell)] == ["✓ exact"] * 4
        assert len(d.engine.rounds) == 2
        assert len(d.app.state.marks) == 4


async def test_a_verification_of_several_is_cancelled(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        d.engine.finish(d.engine.rounds[0])
        await d.done(1)
        await d.pilot.press("a", "v")
        await d.until(lambda: len(d.engine.rounds) == 2)
        assert [cell.said for cell in d.app.query(Cell)] == ["verifying…"] + ["to be verified"] * 3
        await d.until(lambda: "cancel" in footer(d)[:4] and "verify 4" not in footer(d))
        await d.pilot.press("x")
        await d.until(lambda: not d.app.state.verifying)
        assert "verified: 0 exact, 4 not verified" in status(d)


async def test_each_marked_picture_is_refined_from_its_own_prompt(desk):
    async with desk(prompt="a cat") as d:
        await d.done(1)
        await d.pilot.press("l", "r")
        await d.done(2)
        await d.pilot.press("space", "u", "space", "r")
        await d.done(4)
        rounds = d.app.state.lineage.rounds
        assert d.app.state.shown == rounds[2].id
        assert [r.prompt for r in rounds[2:]] == [rounds[1].full_prompt(rounds[1].shots[0]), "a cat"]
        assert [r.parent.index for r in rounds[2:]] == [0, 1]
        assert len(d.app.state.marks) == 2
        await d.pilot.press("enter")
        assert d.app.main.suffix_pane.border_title == "refine 2 marked"
        await d.pilot.press("ctrl+r")
        await d.done(6)


async def test_the_paths_prompts_and_seeds_of_all_marked_are_copied(desk, tmp_path):
    async with desk(prompt="a cat") as d:
        await d.done(1)
        await d.pilot.press("a", "y")
        assert isinstance(d.app.screen, CopyScreen)
        await d.pilot.press("f")
        await d.until(lambda: d.app.clipboard)
        assert d.app.clipboard.split("\n") == sorted(map(str, (tmp_path / "library").rglob("*.png")))
        await d.pilot.press("y", "s")
        await d.until(lambda: d.app.clipboard == "0,1,2,3")
        await d.pilot.press("y", "p")
        await d.until(lambda: d.app.clipboard == "a cat")


def words(d):
    return [cell.view._words for cell in d.app.query(Cell)]


def kept(d):
    return [view.kept for view in d.app.state.round_views.values()]


async def test_marked_pictures_are_deleted_and_brought_back_whatever_their_round(desk, tmp_path):
    async with desk() as d:
        await explored(d)
        await d.pilot.press("l", "space", "asterisk", "r")
        await d.done(2)
        await d.pilot.press("space", "d")
        assert kept(d) == [(0, 2, 3), (1, 2, 3)] and not d.app.state.marks
        assert "deleted 2 pictures · U undo" in status(d)
        assert len(d.app.state.lineage.rounds) == 2
        assert words(d) == ["deleted", "", "", ""] and d.app.query(Cell).first().said == ""
        assert d.app.query(Cell).first().view._picture is None
        assert "retry" not in footer(d)
        for key in ("r", "v", "c", "space"):
            await d.pilot.press(key)
            problem = d.app.state.problem
            assert problem.message.endswith("the image was deleted") and problem.hint == "U brings it back"
        await d.pilot.press("u", "U")
        assert kept(d) == [(0, 1, 2, 3)] * 2 and d.app.state.shown == d.app.state.lineage.rounds[1].id
        await d.until(lambda: d.app.query(Cell).first().view._picture)
        assert d.app.state.lineage.rounds[0].id in {r for r, v in d.app.state.round_views.items() if v.starred}
        await d.until(lambda: not d.app.state.removed)
        session = d.app.controller.sessions.session
    with Library(tmp_path / "library") as library:
        assert all(not row.deleted for row in library.load_session(session).rounds.values())


async def test_they_stay_deleted_in_later_runs_and_opening_the_file_brings_one_back(desk, tmp_path):
    async with desk() as d:
        await explored(d)
        await d.pilot.press("space", "l", "space", "d")
        session = d.app.controller.sessions.session
    files = sorted((tmp_path / "library").rglob("*.png"))
    assert len(files) == 4
    async with desk(session=session) as d:
        await d.until(
            lambda: d.app.state.round_view and len(d.app.controller.pictures.cache.of(d.app.state.shown)) == 2
        )
        assert kept(d) == [(2, 3)] and words(d) == ["deleted", "deleted", "", ""]
        await d.until(lambda: d.app.state.model)
        await d.pilot.press("escape", "h", "r")
        assert d.app.state.problem.hint == "Make it again: e, then g"
        await d.pilot.press("S")
        await d.until(lambda: list((tmp_path / "saved").glob("*.png")))
        d.app.opening.start(files[1])
        await d.until(lambda: kept(d) == [(1, 2, 3)])
        await d.until(lambda: d.app.query(Cell)[1].view._picture)


async def test_pictures_of_a_round_that_runs_are_not_deleted(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        await d.pilot.press("a", "d")
        assert d.app.state.problem.hint.startswith("Clear the marks")
        assert d.app.state.marks and not d.app.state.removed


async def test_undo_goes_back_over_pictures_and_rounds(desk):
    async with desk() as d:
        await explored(d)
        await d.pilot.press("a", "d", "d")
        assert d.app.state.round_view is None
        await d.pilot.press("U")
        assert kept(d) == [()] and words(d) == ["deleted"] * 4
        await d.pilot.press("U")
        assert kept(d) == [(0, 1, 2, 3)]


async def test_marks_of_deleted_rounds_go(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        d.engine.finish(d.engine.rounds[0])
        await d.done(1)
        await d.pilot.press("space", "g", "g")
        await d.until(lambda: len(d.engine.rounds) == 2)
        await d.pilot.press("a", "x")
        await d.until(lambda: d.app.state.empty_cancelled)
        assert len(d.app.state.marks) == 5
        await d.pilot.press("D")
        assert len(d.app.state.marks) == 1
        await d.pilot.press("N")
        assert d.app.state.marks == ()


async def test_marks_of_a_running_round_do_not_go_along_to_another_session(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.pilot.press("enter", "escape")
        await d.until(lambda: d.app.state.shown != "")
        await d.pilot.press("a")
        assert len(d.app.state.marks) == 4
        await d.pilot.press("N")
        await d.until(lambda: d.app.state.shown == "")
        assert d.app.state.marks == () and "marked" not in status(d)
