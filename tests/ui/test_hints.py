"""The hints for the first rounds: one at a time, in place, and each goes for good once followed."""

from __future__ import annotations

import pytest

from seedtui.core.config.settings import Config
from seedtui.engine.fake import FakeEngine
from seedtui.library.hints import keep_hints, read_hints
from seedtui.library.paths import data_dir
from seedtui.ui.widgets.bars.status_bar import StatusBar


def tip(d) -> str:
    return str(d.app.main.query_one(StatusBar).render()).partition("tip: ")[2].strip()


def welcome(d) -> str:
    return str(d.app.main.query_one("#welcome").render())


async def test_each_goes_for_good_once_followed(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        assert "enter to generate" in welcome(d) and tip(d) == ""
        await d.pilot.press("enter")
        await d.until(lambda: d.engine.rounds)
        assert tip(d) == "", "not while a round runs"
        places = [widget.region for widget in d.app.main.query("StatusBar, KeyFooter, PromptBar, PictureGrid")]
        d.engine.finish(d.engine.rounds[0])
        await d.until(lambda: tip(d) == "arrows pick, ⏎ refines the pick")
        assert [w.region for w in d.app.main.query("StatusBar, KeyFooter, PromptBar, PictureGrid")] == places
        await d.pilot.press("r")
        await d.until(lambda: len(d.engine.rounds) == 2)
        d.engine.finish(d.engine.rounds[1])
        await d.until(lambda: tip(d).startswith("c compares"))
        await d.pilot.press("c", "escape")
        await d.until(lambda: tip(d) == "")
        await d.until(lambda: read_hints() == {"generate", "refine", "compare"})
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        assert "enter to generate" not in welcome(d)


async def test_they_come_again_until_they_are_followed(desk):
    for _ in range(2):
        async with desk() as d:
            assert "enter to generate" in welcome(d)
            await d.until(lambda: (data_dir() / "hints").exists())
            (data_dir() / "library.db").write_bytes(b"")  # the library has been opened


@pytest.mark.parametrize("known", [True, False])
async def test_no_tips_for_those_who_know_or_do_not_want_them(desk, known: bool):
    if known:
        data_dir().mkdir(parents=True)
        (data_dir() / "library.db").write_bytes(b"")
    async with desk(prompt="a cat", config=Config(hints=known)) as d:
        await d.done(1)
        await d.pilot.pause()
        assert tip(d) == "" and "enter to generate" not in welcome(d)


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_a_tip_makes_way_for_what_is_said(desk, size):
    async with desk(size=size, prompt="a cat") as d:
        await d.done(1)
        await d.until(lambda: tip(d))
        status = d.app.main.query_one(StatusBar)
        assert str(status.render()).lstrip().startswith("4 images")
        d.app.controller.say("x" * 70)
        await d.until(lambda: "xxx" in str(status.render()))
        assert tip(d) == ""


def test_a_broken_file_is_no_trouble() -> None:
    assert read_hints() == frozenset()
    keep_hints(["compare", "nonsense"])
    assert read_hints() == {"compare", "nonsense"}
    (data_dir() / "hints").write_bytes(b"\xff" * 5000)
    assert read_hints() is None
    (data_dir() / "hints").unlink()
    (data_dir() / "hints").mkdir()
    keep_hints(["compare"])
    assert read_hints() is None
