"""The help: opens everywhere, lists the keys of the present place first, and can be filtered."""

import pytest
from rich.cells import cell_len
from textual.widgets._footer import FooterKey

from seedtui.ui.keys.action import Focus
from seedtui.ui.keys.places import sections
from seedtui.ui.keys.table import actions_of
from seedtui.ui.screens.help import HelpScreen
from seedtui.ui.screens.sessions import _KEYS


async def opened(d):
    await d.until(lambda: isinstance(d.app.screen, HelpScreen) and str(d.app.screen.text.content))
    await d.pilot.pause()
    return d.app.screen


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20), (40, 12)])
async def test_it_fits_and_says_what_every_key_does(desk, size):
    async with desk(size=size) as d:
        await d.pilot.press("escape", "question_mark")
        text = (await opened(d)).text
        lines = str(text.content).splitlines()
        assert text.size.height == len(lines) and max(map(cell_len, lines)) <= text.size.width
        words = " ".join(" ".join(lines).split())
        for action in actions_of("main", "suffix pane") if size[0] >= 80 else ():
            assert not action.keys or (action.row or action.help) in words


async def test_it_scrolls_where_it_does_not_fit(desk):
    async with desk(size=(60, 20)) as d:
        await d.pilot.press("escape", "question_mark")
        scroll = (await opened(d)).scroll
        await d.pilot.press("pagedown", "down")
        await d.until(lambda: scroll.scroll_offset.y > 5)


async def test_it_opens_from_an_untouched_prompt_and_from_no_other(desk):
    async with desk() as d:
        await d.pilot.press("question_mark")
        await opened(d)
        await d.pilot.press("escape")
        await d.until(lambda: d.app.screen is d.app.main)
        await d.pilot.press("w", "h", "o", "question_mark")
        await d.pilot.pause()
        assert d.app.screen is d.app.main and d.app.main.prompt_bar.prompt.text == "who?"


async def test_typing_filters_it_by_keys_words_and_synonyms(desk):
    async with desk() as d:
        await d.pilot.press("escape", "question_mark")
        screen = await opened(d)
        await d.pilot.press(*"abort")
        await d.until(lambda: "cancel" in str(screen.text.content) and "recipe" not in str(screen.text.content))
        await d.pilot.press(*"xyz")
        await d.until(lambda: "no key for that" in str(screen.text.content))
        await d.pilot.press("escape")
        await d.until(lambda: "recipe" in str(screen.text.content))
        await d.pilot.press("escape")
        await d.until(lambda: d.app.screen is d.app.main)


@pytest.mark.parametrize(("keys", "place"), [("w", "queue"), ("c", "compare"), ("T", "sessions"), ("y", "copy")])
async def test_it_works_in_dialogs_where_letters_are_not_text(desk, keys, place):
    async with desk(prompt="an owl") as d:
        await d.done(1)
        await d.pilot.press("r")
        await d.done(2)
        if place == "queue":
            d.engine._by_hand = True
            await d.pilot.press("n", "n")
            await d.until(lambda: len(d.app.state.open_rounds) == 2)
        await d.pilot.press(keys)
        await d.until(lambda: d.app.screen is not d.app.main)
        below = d.app.screen
        await d.pilot.press("question_mark")
        screen = await opened(d)
        lines = str(screen.text.content).splitlines()
        assert lines[0] == f"here: {place}"
        wanted = {action.row or action.help for action in actions_of(place)}
        assert all(any(words in line for line in lines) for words in wanted)
        await d.pilot.press("escape")
        await d.until(lambda: d.app.screen is below)


async def test_it_is_text_where_one_types_in_a_dialog(desk):
    async with desk() as d:
        await d.pilot.press("escape", "f", "w", "question_mark")
        await d.until(lambda: "w?" in [i.value for i in d.app.screen.query("Input")])


@pytest.mark.parametrize(("focus", "first"), [("pictures", "pictures"), ("tree", "tree"), ("prompt", "typing")])
def test_the_present_place_comes_first_and_nothing_is_left_out(focus: Focus, first: str):
    found = sections("main", focus)
    assert found[0].title == first
    assert {a.id for section in found for a in section.actions} >= {a.id for a in actions_of("main")}


def test_on_a_sheet_its_keys_come_first():
    assert sections("main", "pictures", sheet=True)[0].title == "sheet"
    assert sections("main", "tree", sheet=True)[1].title == "rounds"


@pytest.mark.parametrize("width", [40, 60, 120])
async def test_dialogs_name_whole_keys_and_always_the_way_out(desk, width):
    async with desk(size=(width, 20)) as d:
        await d.pilot.press("escape", "T")
        rows = lambda: d.app.screen.rows  # noqa: E731
        await d.until(lambda: d.app.screen is not d.app.main and rows().border_subtitle)
        words = str(rows().border_subtitle)
        assert words.endswith("esc close") and words.startswith("enter open")
        assert cell_len(words) <= rows().outer_size.width - 4 and set(words.split(" · ")) <= set(_KEYS.split(" · "))


async def test_the_footer_stays_as_it_is_below_a_dialog(desk):
    async with desk(prompt="an owl") as d:
        await d.done(1)
        await d.pilot.pause(0.1)
        shown = list(d.app.main.query(FooterKey))
        await d.pilot.press("T")
        await d.until(lambda: d.app.screen is not d.app.main)
        await d.pilot.pause(0.2)
        assert list(d.app.main.query(FooterKey)) == shown
        await d.pilot.press("escape", "p")
        await d.until(lambda: "f1" in [key.key for key in d.app.main.query(FooterKey)])
