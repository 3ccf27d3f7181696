"""The manual in the app: it opens at the page that fits, is searched, and leads back to where one was."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from seedtui.manual.pages import TOPICS, Place, read_page
from seedtui.ui.screens.manual import ManualScreen


@asynccontextmanager
async def manual(desk, *keys, **about):
    async with desk(**about) as d:
        await d.until(lambda: d.app.state.model)
        for key in (*keys, "f1"):
            await d.pilot.press(key)
        await d.until(lambda: isinstance(d.app.screen, ManualScreen) and title(d))
        await d.pilot.pause()
        yield d


def title(d):
    return str(d.app.screen.title_line.content).removeprefix("manual").strip()


def lines(d):
    """What is on the screen of the page."""
    page = d.app.screen.page
    return [page.render_line(y).text for y in range(page.size.height)]


@pytest.mark.parametrize(
    ("keys", "page"),
    [((), "Getting started"), (("escape",), "Keys"), (("escape", "m"), "Models"), (("escape", "o"), "Reproducibility"),
     (("escape", "question_mark"), "Keys"), (("escape", "T"), "Files and recovery")],
)  # fmt: skip
async def test_it_opens_at_the_page_that_fits_and_leads_back(desk, keys, page):
    async with manual(desk, *keys) as d:
        assert title(d) == page
        below = d.app.screen_stack[-2]
        focused = below.focused
        await d.pilot.press("f1")
        await d.until(lambda: d.app.screen is below)
        assert d.app.screen.focused is focused


async def test_it_fits_the_suffix_pane_and_the_comparison(desk):
    async with desk(prompt="a cat") as d:
        await d.done(1)
        await d.pilot.press("enter", "f1")
        await d.until(lambda: isinstance(d.app.screen, ManualScreen) and title(d) == "Refining")
        await d.pilot.press("escape", "escape", "t", "f1")
        await d.until(lambda: isinstance(d.app.screen, ManualScreen) and title(d) == "Files and recovery")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_all_pages_are_searched_and_enter_goes_to_the_line(desk, size):
    async with manual(desk, "escape", size=size) as d:
        await d.pilot.press("slash", *"kept-alive"[:4], "space", *"alive")
        await d.pilot.press(*["backspace"] * 10)
        await d.pilot.press(*"keymap")
        screen = d.app.screen
        await d.until(lambda: len(screen._hits) > 2)
        assert all("keymap" in hit.words.lower() for hit in screen._hits)
        await d.pilot.press("down", "enter")
        hit = screen._hits[1]
        await d.until(lambda: title(d) == read_page(hit.place.topic).title)
        await d.pilot.pause()
        assert any("keymap" in line.lower() for line in lines(d))
        await d.pilot.press("n")
        await d.until(lambda: screen.rows.highlighted == 2)
        await d.pilot.press("escape")
        assert d.app.screen is screen and not screen._hits
        await d.pilot.press("escape")
        await d.until(lambda: d.app.screen is d.app.main)


async def test_links_lead_to_pages_and_back(desk):
    async with manual(desk, "escape") as d:
        screen = d.app.screen
        await d.pilot.press("tab")
        await d.pilot.press(*["down"] * (len(TOPICS) - 1))
        await d.pilot.press("enter")
        await d.until(lambda: title(d) == "Settings", "the first link of the page about keys")
        await d.pilot.press("backspace")
        await d.until(lambda: title(d) == "Keys")
        screen.page.post_message(screen.page.LinkClicked("models.md#the-starter-model"))
        await d.until(lambda: title(d) == "Models")
        await d.until(lambda: lines(d)[0].strip() == "The starter model")


async def test_a_link_is_clicked(desk):
    async with manual(desk, "escape") as d:
        page = d.app.screen.page
        y, x = next((y, line.index("settings")) for y, line in enumerate(lines(d)) if "settings" in line)
        await d.pilot.click(page, offset=(x + 2 + page.gutter.left, y + page.gutter.top))
        await d.until(lambda: title(d) == "Settings")


async def test_nothing_is_found(desk):
    async with manual(desk, "escape") as d:
        await d.pilot.press("slash", *"xyzzy", "enter")
        assert d.app.screen.rows.border_title == "not found"
        assert title(d) == "Keys"


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12)])
async def test_no_word_is_cut(desk, size):
    async with manual(desk, "escape", size=size) as d:
        for topic in TOPICS:
            d.app.screen._go(Place(topic))
            await d.pilot.pause()
            page = d.app.screen.page
            assert page.topic == topic
            width = page.scrollable_content_region.width
            assert max(sum(segment.cell_length for segment in row.segments) for row in page.rows) <= width
