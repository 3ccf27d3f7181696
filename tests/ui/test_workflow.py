"""The guide's workflow by keyboard: generate, pick, refine, refine again; and what a user does in between."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.events import Key
from textual.widgets import TextArea

from seedtui.core.prompts.prompt import EXAMPLE, SUFFIXES
from seedtui.engine.wire import protocol as p
from seedtui.library.images.png import read_png
from seedtui.ui.theme import DARK
from seedtui.ui.widgets.bars.prompt_editor import PromptEditor
from seedtui.ui.widgets.grid.cell import Cell
from seedtui.ui.widgets.grid.frame import FrameSide
from seedtui.ui.widgets.suffixes.suffix_editor import SuffixEditor


def titles(app):
    return [cell.label for cell in app.query(Cell)]


def press(app, key):
    """Like the terminal's driver: the next key does not wait for this one."""
    app.post_message(Key(key, key if len(key) == 1 else None))


async def test_generate_pick_refine_and_refine_again(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        assert [(s.seed, s.suffix) for s in d.engine.rounds[0].shots] == [(i, "") for i in range(4)]
        assert d.engine.rounds[0].prompt == EXAMPLE
        assert titles(d.app) == ["seed 0", "seed 1", "seed 2", "seed 3"]

        await d.pilot.press("right", "down", "enter")
        assert d.app.main.suffix_pane.seed == 3
        await d.pilot.press("ctrl+r")
        await d.done(2)
        second = d.engine.rounds[1]
        assert second.kind == "refine"
        assert [second.full_prompt(s) for s in second.shots] == [EXAMPLE + t for t in SUFFIXES]
        assert {s.seed for s in second.shots} == {3}
        assert second.parent.index == 3
        assert titles(d.app)[1] == "artsy"

        await d.pilot.press("right", "r")
        await d.done(3)
        third = d.engine.rounds[2]
        assert third.prompt == EXAMPLE + ", artsy"
        assert third.parent.round_id == second.id
        assert {s.seed for s in third.shots} == {3}


async def test_a_prompt_on_the_command_line_is_generated_at_once(desk):
    async with desk(prompt="a red boat") as d:
        await d.done(1)
        assert d.engine.rounds[0].prompt == "a red boat"


async def test_suffixes_are_edited_and_their_prompts_counted(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("enter")
        editor = d.app.query_one(SuffixEditor)
        editor.text = ", neon\n\n, " + "very " * 60
        await d.until(lambda: "cuts" in str(d.app.main.suffix_pane.prompts.render()))
        cut = str(d.app.main.suffix_pane.prompts.render()).partition("cuts")[2]
        assert "…" in cut and len(cut) < 66  # so that the other suffixes stay in sight
        asked = [r.prompts for r in d.engine.requests if isinstance(r, p.CountTokens)]
        assert (EXAMPLE + ", neon") in {prompt for prompts in asked for prompt in prompts}
        await d.pilot.press("ctrl+r")
        await d.done(2)
        assert [s.suffix for s in d.engine.rounds[1].shots] == [", neon", ", " + "very " * 60]


async def test_keys_that_follow_each_other_at_once_mean_what_they_meant(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        for key in "ljr":  # at once, as tmux sends them: no turn of the loop between
            press(d.app, key)
        await d.done(2)
        assert d.engine.rounds[1].shots[0].seed == 3
        for key in ("p", "q", "u", "i", "t", "tab", "7", "escape", "k", "h", "enter", "x", "ctrl+r"):
            press(d.app, key)
        await d.done(3)
        assert d.app.main.prompt_bar.prompt.text == "quit"
        assert d.app.main.prompt_bar.seeds.value == "7"
        assert d.engine.rounds[2].parent.index == 0
        assert d.engine.rounds[2].shots[-1].suffix == SUFFIXES[3] + "x"


@pytest.mark.parametrize(
    ("keys", "pick"), [("l", 1), ("j", 2), ("lj", 3), ("ljh", 2), ("ljk", 1), ("hk", 0), ("lll", 1)]
)
async def test_the_pick_moves_and_stops_at_the_edges(desk, keys, pick):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press(*keys)
        assert d.app.state.round_view.pick == pick
        assert [c.has_class("picked") for c in d.app.query(Cell)].index(True) == pick


async def test_moving_the_pick_draws_no_picture_again(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.until(lambda: all(c.view._drawing for c in d.app.query(Cell)))
        await d.pilot.pause()
        before = [c.view._drawing for c in d.app.query(Cell)]
        await d.pilot.press("right", "down", "left", "up")
        await d.pilot.pause()
        assert all(a is b for a, b in zip(before, (c.view._drawing for c in d.app.query(Cell)), strict=True))


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (2, 2), (4, 2), (5, 3), (9, 3), (16, 4)])
async def test_the_grid_takes_the_shape_of_the_round(desk, count, columns):
    async with desk(images=count) as d:
        await d.pilot.press("enter")
        await d.done(1)
        assert len(d.app.query(Cell)) == count
        assert d.app.main.grid.styles.grid_size_columns == columns


async def test_rounds_are_walked_and_the_parent_is_found(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("l", "r")
        await d.done(2)
        await d.pilot.press("n")
        await d.done(3)
        ids = [r.id for r in d.engine.rounds]
        assert [s.seed for s in d.engine.rounds[2].shots] == [4, 5, 6, 7]
        await d.pilot.press("left_square_bracket")
        assert d.app.state.shown == ids[1]
        await d.pilot.press("u")
        assert d.app.state.shown == ids[0]
        assert d.app.state.round_view.pick == 1
        await d.pilot.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        assert d.app.state.shown == ids[2]
        await d.pilot.press("t", "up")
        await d.until(lambda: d.app.state.shown == ids[1], "the tree shows what it stands on")


async def test_save_writes_the_pick_and_the_sheet_and_never_overwrites(desk, tmp_path):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("l", "s")
        saved = lambda: sorted((tmp_path / "saved").glob("*.png"))  # noqa: E731
        await d.until(lambda: len(saved()) == 1)
        picture, record = read_png(saved()[0])
        assert (record.seed, picture.width) == (1, 16)
        await d.pilot.press("s", "S")
        await d.until(lambda: len(saved()) == 2, "the same image is saved once")
        await d.pilot.press("S")
        await d.until(lambda: len(saved()) == 3, "sheets are not overwritten")


async def test_every_image_is_on_disk_before_it_is_called_done(desk, tmp_path):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        records = d.app.state.round_view.records
        files = [read_png(f)[1] for f in (tmp_path / "library").rglob("*.png")]
        assert sorted(r.sha256 for r in files) == sorted(r.sha256 for r in records)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12)])
async def test_nothing_overflows_and_typing_works_at_any_size(desk, size):
    async with desk(size=size) as d:
        await d.pilot.press("a", " ", "c", "a", "t", "enter")
        await d.done(1)
        assert d.engine.rounds[0].prompt == "a cat"
        await d.pilot.press("enter")
        assert d.app.main.suffix_pane.region.right <= size[0]
        assert isinstance(d.app.focused, TextArea)
        await d.pilot.press("escape", "p")
        assert isinstance(d.app.focused, PromptEditor)


async def test_the_one_accent_is_the_picks(desk):
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        assert d.app.main.styles.background == Color.parse(DARK.background)
        accent = Color.parse(DARK.accent)
        top = [cell.query(FrameSide).first().styles.color for cell in d.app.query(Cell)]
        assert [abs(c.r - accent.r) + abs(c.g - accent.g) + abs(c.b - accent.b) < 6 for c in top] == [True] + [
            False
        ] * 3
