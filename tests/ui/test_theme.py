"""Themes: every one that is offered can be read, and pictures follow a change at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from seedtui.core.config.settings import Config
from seedtui.core.errors import InputError
from seedtui.ui import theme as t
from seedtui.ui.widgets.grid.picture_view import PictureView
from tests.support.pictures import drawn

ALL = {**BUILTIN_THEMES, **{theme.name: theme for theme in t.OURS}}


def variables(name):
    return t.readable({**ALL[name].to_color_system().generate(), **ALL[name].variables})


def figures(found, names, grounds):
    grounds = [Color.parse(found[ground]) for ground in grounds]
    return {name: min(t.contrast(t.seen(found[name], ground), ground) for ground in grounds) for name in names}


@pytest.mark.parametrize("name", t.offered())
def test_text_and_frames_of_every_theme_stand_out(name):
    found = variables(name)
    rows = [text for text in t.TEXTS if text not in t.NOT_IN_ROWS]
    texts = figures(found, rows, t.GROUNDS) | figures(found, t.NOT_IN_ROWS, t.GROUNDS[:2])
    assert min(texts.values()) >= 4.5, texts
    lines = figures(found, t.LINES, ["background"])
    assert min(lines.values()) >= 2.0, lines
    assert figures(found, ["surface-lighten-2"], ["background"])["surface-lighten-2"] >= 1.1


@pytest.mark.parametrize("theme", t.OURS)
def test_ours_need_no_mending(theme):
    before = {**theme.to_color_system().generate(), **theme.variables}
    assert t.readable(before) == before


def test_contrast_is_that_of_wcag():
    assert t.contrast(Color.parse("white"), Color.parse("black")) == 21
    assert round(t.contrast(Color.parse("#777777"), Color.parse("#ffffff")), 2) == 4.48


@given(st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFFFF))
def test_any_colour_is_made_to_stand_out_where_black_or_white_does(colour, ground):
    ground = Color.parse(f"#{ground:06x}")
    found = t._distinct(f"#{colour:06x}", [ground], 4.5)
    best = max(t.contrast(Color.parse(end), ground) for end in ("white", "black"))
    assert t.contrast(Color.parse(found), ground) >= min(4.5, best)


async def test_the_list_has_the_offered_ones_alone(desk):
    async with desk() as d:
        assert set(d.app.available_themes) == set(t.offered())
        assert {"seedtui", "seedtui-light", "nord"} <= set(t.offered()) and "ansi-dark" not in t.offered()


@pytest.mark.parametrize(("name", "instead"), [("ansi-dark", "seedtui"), ("ansi-light", "seedtui-light")])
async def test_one_that_is_not_offered_any_more_is_replaced_and_said_so(desk, name, instead):
    t.check_theme(Config(theme=name), "theme")
    async with desk(config=Config(theme=name)) as d:
        await d.until(lambda: [n for n in d.app._notifications if name in n.title])
        assert d.app.theme == instead


def test_an_unknown_theme_is_refused():
    with pytest.raises(InputError, match="no theme"):
        t.check_theme(Config(theme="plaid"), "theme")


async def test_the_margins_of_pictures_follow_a_change_at_once(desk):
    async with desk(prompt="an owl") as d:
        await d.done(1)
        view = d.app.main.query(PictureView).first()
        view.show(drawn(64, 16))
        corner = lambda: next(iter(view.render_line(0))).style.bgcolor.get_truecolor().hex  # noqa: E731
        near = lambda one, other: sum(abs(a - b) for a, b in zip(Color.parse(one).rgb, other.rgb, strict=True)) < 6  # noqa: E731
        for name in ("seedtui", "seedtui-light", "nord"):
            d.app.theme = name
            ground = Color.parse(variables(name)["background"])
            await d.until(lambda: near(corner(), ground), name)  # noqa: B023
