"""What a sheet draws and sends to a terminal with pictures: by itself, with pictures of thousands of seeds."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import replace

from textual.app import App

from seedtui.app.state.round_view import RoundView
from seedtui.core.images.picture import Picture
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.terminal import Terminal, make_renderer
from seedtui.terminal.output.picture_layer import PictureLayer
from seedtui.ui.textual_internals import write_through
from seedtui.ui.widgets.sheet.contents import Arrangement, Shown
from seedtui.ui.widgets.sheet.sheet import Sheet
from seedtui.ui.widgets.sheet.strips import MOST_KEPT
from tests.support.pictures import drawn

PLACEHOLDER = "\U0010eeee"


class Desk(App[None]):
    """A sheet alone. `sent` are the sequences of pictures, `written` the cells that Textual writes."""

    def __init__(self, count: int, mode: str) -> None:
        super().__init__()
        write_through(PictureLayer().show)
        self.sent, self.written = "", ""
        renderer = make_renderer(Terminal(mode=mode, reason="a test", name="kitty"))
        self.sheet = Sheet(renderer, self.send)
        round_ = explore("a cat", tuple(range(count)), Recipe(width=512, height=512))
        self.view = RoundView(round_, (None,) * count, stored=frozenset(range(count)), status="done")
        self.pictures = dict.fromkeys(range(count), drawn(128, 128))

    def compose(self):
        yield self.sheet

    def send(self, sequences, beside=0, again=None):
        self.sent += sequences
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def _display(self, screen, renderable):
        if hasattr(renderable, "render_segments"):
            self.written += renderable.render_segments(self.console)

    def show(self, **changes):
        self.view = replace(self.view, **changes)
        self.sheet.show(Shown(self.view, self.pictures, {}, ()))

    def take(self):
        found = self.sent, self.written
        self.sent = self.written = ""
        return found


@asynccontextmanager
async def shown(count=1000, size=(100, 40), mode="kitty"):
    app = Desk(count, mode)
    async with app.run_test(size=size) as pilot:
        app.show()
        await drawn_whole(app, pilot)
        yield app, pilot


async def drawn_whole(app, pilot):
    for _ in range(300):
        await pilot.pause(0.01)
        if "·" not in text(app) and not app.sheet._strips._busy:
            await pilot.pause(0.02)
            if not app.sheet._strips._busy:
                return
    raise AssertionError(text(app))


def text(app):
    return "\n".join(app.sheet.render_line(y).text for y in range(app.sheet.size.height))


def pictures(sent):
    return sent.count("a=T")


async def test_moving_the_pick_sends_no_picture_and_writes_little():
    async with shown() as (app, pilot):
        sent, written = app.take()
        assert pictures(sent) == len(app.sheet._tiles.rows_shown) == app.sheet.drawn and PLACEHOLDER in written
        for pick in (1, 2, app.sheet.neighbour(0, 1), 300 % 7):
            app.show(pick=pick)
            await pilot.pause(0.02)
            sent, written = app.take()
            assert not sent and PLACEHOLDER not in written and 0 < len(written) < 3000
        app.show(stars=frozenset((1, 5)))
        await pilot.pause(0.02)
        sent, written = app.take()
        assert not sent and PLACEHOLDER not in written and "5 ★" in text(app)


async def test_scrolling_by_a_row_sends_a_row_and_back_none():
    async with shown() as (app, pilot):
        app.take()
        app.sheet.scroll_rows(1)
        await drawn_whole(app, pilot)
        assert pictures(app.take()[0]) == 1
        app.sheet.scroll_rows(-1)
        await drawn_whole(app, pilot)
        assert not app.take()[0]


async def test_an_image_that_comes_sends_its_row_alone():
    async with shown(60) as (app, pilot):
        del app.pictures[20]
        app.show()
        await pilot.pause(0.1)
        assert text(app).count("·") == 1
        app.take()
        app.pictures[20] = drawn(128, 128, seed=1)
        app.show()
        await drawn_whole(app, pilot)
        assert pictures(app.take()[0]) == 1


async def test_a_picture_that_is_read_again_is_still_there():
    async with shown(60) as (app, pilot):
        app.take()
        width, height, pixels = app.pictures[20]
        app.pictures[20] = Picture(width, height, bytes(bytearray(pixels)))
        app.show()
        await pilot.pause(0.05)
        assert "·" not in text(app) and not app.take()[0]


async def test_a_rejected_one_fades_in_its_row():
    async with shown(60) as (app, pilot):
        app.take()
        app.show(rejected=frozenset((20,)))
        await pilot.pause(0.3)
        assert pictures(app.take()[0]) == 1


async def test_the_terminal_holds_a_few_pages_and_in_the_end_nothing():
    async with shown() as (app, pilot):
        ids = set()
        for page in range(8):
            app.show(pick=page * 40)
            await drawn_whole(app, pilot)
            sent = app.take()[0]
            ids |= set(re.findall(r"a=T,U=1,q=2,f=100,i=(\d+)", sent))
            assert len(app.sheet._strips._rows) <= MOST_KEPT
        assert len(ids) <= 2 * MOST_KEPT
        app.sheet.release()
        await pilot.pause()
        assert not app.sheet._strips._rows and app.sent.count("a=d,d=I") >= 2 * 8


async def test_a_dialog_above_gets_blocks_and_nothing_is_sent_again():
    async with shown(60) as (app, pilot):
        app.take()
        app.sheet.lie_flat(True)
        await drawn_whole(app, pilot)
        assert PLACEHOLDER not in text(app) and not app.take()[0]
        app.sheet.lie_flat(False)
        await drawn_whole(app, pilot)
        assert PLACEHOLDER in text(app) and not app.take()[0]
        app.sheet.send_again()
        await drawn_whole(app, pilot)
        assert pictures(app.take()[0]) == len(app.sheet._tiles.rows_shown)


async def test_the_pieces_of_a_strip_are_its_pictures():
    """Neighbours do not run into each other: each tile of a flat colour has that colour alone."""
    async with shown(12, mode="quad") as (app, pilot):
        app.pictures.update({i: Picture(64, 64, bytes((i * 20, 255 - i * 20, 99)) * 4096) for i in range(12)})
        app.show()
        await pilot.pause(0.3)
        await drawn_whole(app, pilot)
        for place in range(5):
            for line in app.sheet._strips.piece(0, place):
                colours = {segment.style.bgcolor.triplet for segment in line}
                assert len(colours) == 1 and next(iter(colours)).red == place * 20 & 0xFE


async def test_heads_stay_while_the_rest_scrolls():
    async with shown(200) as (app, pilot):
        heads = tuple(f"guidance {i}" for i in range(20)), tuple(f"seed {i}" for i in range(10))
        app.sheet.arrange_tiles(Arrangement((*range(199), -1), 20, column_heads=heads[0], row_heads=heads[1]))
        app.show(pick=0)
        await drawn_whole(app, pilot)
        before = text(app).split("\n")
        assert "guidance 0" in before[0] and any(line.startswith("seed 0") for line in before)
        app.show(pick=8 * 20 + 12)
        await drawn_whole(app, pilot)
        after = text(app).split("\n")
        assert "guidance 12" in after[0] and "guidance 0" not in after[0]
        assert any(line.startswith("seed 8") for line in after) and not any("seed 0 " in line for line in after)
        app.show(pick=198)
        await pilot.pause(0.05)
        assert app.sheet.neighbour(1, 0) is None and app.sheet.neighbour(-30, 0) == 180


async def test_resizing_keeps_the_pick_in_sight():
    async with shown(500) as (app, pilot):
        app.show(pick=250)
        for step in (1, 1, 1, -1, -1, -1, -1, -1, -1):
            app.sheet.resize_tiles(step)
            await pilot.pause()
            assert 250 // app.sheet._tiles.across in app.sheet._tiles.whole_rows
