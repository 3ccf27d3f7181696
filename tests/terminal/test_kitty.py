import io
import re
from base64 import b64decode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from rich.color import ColorSystem
from rich.segment import Segment

from seedtui.core.images.picture import Picture
from seedtui.terminal import Terminal, make_renderer
from seedtui.terminal.probe.tmux import through_tmux
from seedtui.terminal.renderers.cells import PLACEHOLDER, placeholder_rows
from seedtui.terminal.renderers.diacritics import MARKS
from seedtui.terminal.renderers.kitty.png import encode
from seedtui.terminal.renderers.kitty.protocol import HIGH_IDS, id_color, send_picture
from seedtui.terminal.renderers.kitty.renderer import LOCAL, REMOTE
from tests.support.pictures import drawn, pixels
from tests.support.virtual_terminal import CELL, Manners, VirtualTerminal

TILE = (42, 20)


def kitty(**kwargs):
    return make_renderer(Terminal("kitty", cell=CELL, **kwargs))


def noise(side):
    return Picture(side, side, np.random.default_rng(0).integers(0, 256, side * side * 3, np.uint8).tobytes())


def on_glass(drawing, columns, rows):
    """What a terminal shows of a drawing."""
    # A column more than the tile: pyte wraps a mark that belongs to the last one.
    virtual = VirtualTerminal(columns + 1, rows, Manners(), lambda text: None)
    virtual.feed(drawing.send)
    for y, row in enumerate(drawing.rows):
        virtual.feed(f"\x1b[{y + 1};1H")
        virtual.feed("".join(style.render(text, color_system=ColorSystem.TRUECOLOR) for text, style, _ in row))
    return virtual


def test_the_marks_are_the_protocols():
    """The ends of the protocol's list, and some between; all are single marks that keep their order."""
    assert [ord(MARKS[i]) for i in (0, 1, 2, 255, 296)] == [0x305, 0x30D, 0x30E, 0xA8E5, 0x1D244]
    assert len(set(MARKS)) == len(MARKS) == 297
    assert all(len(MARKS[high].encode()) == 2 for high in HIGH_IDS)
    assert list(MARKS) == sorted(MARKS)


def test_the_picture_is_rebuilt_from_the_bytes():
    picture = drawn()
    drawing = kitty().draw("t", picture, *TILE)
    rebuilt = on_glass(drawing, *TILE).rebuilt()[:, : 42 * 8]
    wanted = np.asarray(Image.fromarray(pixels(picture)).resize((42 * 8, 20 * 17), Image.Resampling.LANCZOS))
    assert np.abs(rebuilt.astype(int) - wanted).mean() < 4


@pytest.mark.parametrize("size", [(512, 256), (200, 600), (64, 64)])
def test_every_cell_of_the_box_has_its_own_place(size):
    virtual = on_glass(kitty().draw("t", drawn(*size), *TILE), *TILE)
    places = virtual.placeholders()
    (sent,) = virtual.pictures.held.values()
    assert len({(row, column) for _, row, column in places.values()}) == len(places) == sent.columns * sent.rows
    shape = sent.columns * CELL[0] / (sent.rows * CELL[1])
    assert shape == pytest.approx(size[0] / size[1], rel=0.12)


def test_a_cropped_row_still_says_its_place():
    row = Segment(placeholder_rows(10, 3, 7)[2])
    for cut in range(1, 10):
        left, right = row.split_cells(cut)
        assert left.cell_length == cut
        assert right.text.startswith(PLACEHOLDER + MARKS[2] + MARKS[cut] + MARKS[7])


@pytest.mark.parametrize("system", list(ColorSystem))
def test_an_id_is_the_same_in_every_colour_system(system):
    for low in (16, 100, 255):
        assert id_color(low).downgrade(system).get_ansi_codes() == ("38", "5", str(low))


def test_two_ids_are_used_in_turn_and_all_are_freed():
    renderer = kitty()
    virtual = VirtualTerminal(*TILE, Manners(), lambda text: None)
    seen = []
    for seed in range(5):
        virtual.feed(renderer.draw("t", drawn(64, 64, seed), *TILE, preview=True).send)
        seen.append(set(virtual.pictures.held))
    assert [len(ids) for ids in seen] == [1, 2, 2, 2, 2]
    virtual.feed(renderer.draw("u", drawn(), *TILE).send)
    virtual.feed(renderer.release("t"))
    assert len(virtual.pictures.held) == 1
    virtual.feed(renderer.release_all())
    assert not virtual.pictures.held
    assert renderer.release_all() == renderer.release("t") == ""


def test_previews_follow_each_other_under_one_id_where_the_terminal_can_change_a_picture():
    renderer = kitty(name="kitty")
    virtual = VirtualTerminal(*TILE, Manners(), lambda text: None)
    final = renderer.draw("t", drawn(seed=1), *TILE)
    virtual.feed(final.send)
    shown = final
    for seed in range(4):
        drawing = renderer.draw("t", drawn(64, 64, seed), *TILE, preview=True, shown=shown)
        assert drawing.follows(shown) == (seed > 0)
        virtual.feed(drawing.change if drawing.follows(shown) else drawing.send)
        shown = drawing
    assert (virtual.pictures.transmissions, virtual.pictures.changes) == (5, 3)
    fresh = VirtualTerminal(*TILE, Manners(), lambda text: None)
    fresh.feed(shown.send)  # what was sent again to a terminal that lost all is the newest
    (new,) = fresh.pictures.held.values()
    on_screen = next(sent for id_, sent in virtual.pictures.held.items() if id_ & 0xFF == shown.id)
    assert new.image.tobytes() == on_screen.image.tobytes()
    again = renderer.draw("t", drawn(seed=2), *TILE, shown=shown)
    assert again.id != shown.id
    assert not again.follows(shown)


def test_a_preview_of_another_size_or_in_another_box_is_sent_whole():
    renderer = kitty(name="kitty")
    first = renderer.draw("t", drawn(64, 64), *TILE, preview=True)
    wide = renderer.draw("t", drawn(96, 64), *TILE, preview=True, shown=first)
    smaller = renderer.draw("t", drawn(96, 64), 30, 12, preview=True, shown=wide)
    assert not wide.follows(first)
    assert not smaller.follows(wide)
    assert renderer.draw("t", drawn(96, 64, 1), 30, 12, preview=True, shown=smaller).follows(smaller)


def test_what_was_drawn_and_not_shown_leaves_the_screen_alone():
    renderer = kitty(name="kitty")
    shown = renderer.draw("t", drawn(seed=0), *TILE)
    renderer.draw("t", drawn(64, 64, 1), *TILE, preview=True, shown=shown)
    preview = renderer.draw("t", drawn(64, 64, 2), *TILE, preview=True, shown=shown)
    final = renderer.draw("t", drawn(seed=3), *TILE, shown=shown)
    assert not preview.follows(shown)
    assert preview.id != shown.id != final.id


def test_a_terminal_that_is_not_known_to_change_pictures_gets_each_whole():
    renderer = kitty(name="ghostty")
    assert not any(renderer.draw("t", drawn(64, 64, seed), *TILE, preview=True).change for seed in range(3))


def test_sending_again_changes_nothing():
    drawing = kitty().draw("t", drawn(), *TILE)
    virtual = on_glass(drawing, *TILE)
    before = virtual.rebuilt()
    virtual.feed(drawing.send)
    assert len(virtual.pictures.held) == 1
    assert (virtual.rebuilt() == before).all()


def test_when_the_ids_run_out_blocks_are_drawn():
    renderer = kitty()
    small = drawn(4, 4)
    drawings = [renderer.draw(tile, small, 2, 1) for tile in range(121)]
    assert all(drawing.send for drawing in drawings[:120])
    assert drawings[120].send == ""
    renderer.release(0)
    assert renderer.draw(120, small, 3, 1).send


def test_beneath_a_translucent_screen_there_are_blocks():
    renderer = kitty()
    assert renderer.flat.name == "quad"
    assert renderer.flat.draw("t", drawn(), *TILE).send == ""


@given(st.binary(min_size=1, max_size=20_000), st.booleans())
def test_chunks_are_small_and_whole(data, tmux):
    text = send_picture(5, data, 3, 2, tmux=tmux)
    if tmux:
        inner = "".join(
            part.replace("\x1b\x1b", "\x1b") for part in re.findall(r"\x1bPtmux;(.*?[^\x1b])\x1b\\(?!\\)", text, re.S)
        )
    else:
        inner = text
    commands = re.findall(r"\x1b_G([^;\x1b]*);?([^\x1b]*)\x1b\\", inner)
    payloads = [payload for control, payload in commands if "a=d" not in control]
    assert all(0 < len(payload) <= 4096 for payload in payloads)
    assert b64decode("".join(payloads)) == data
    more = [control.split("m=")[1] for control, _ in commands[1:]]
    assert more == ["1"] * (len(payloads) - 1) + ["0"]


def test_wrapping_doubles_every_escape():
    assert through_tmux("\x1b_Gx\x1b\\") == "\x1bPtmux;\x1b\x1b_Gx\x1b\x1b\\\x1b\\"


def bytes_of(drawings):
    """What drawings take: what is sent, and their cells."""
    return sum(len(d.send) + sum(len(text.encode()) for row in d.rows for text, _, _ in row) for d in drawings)


@pytest.mark.parametrize("make", [drawn, lambda width, height, seed: noise(width)], ids=["drawn", "noise"])
@pytest.mark.parametrize("tmux", [False, True])
def test_bytes_of_four_new_pictures(make, tmux):
    for ssh, most in ((False, 1_100_000), (True, 500_000)):
        renderer = kitty(ssh=ssh, tmux=tmux)
        drawings = [renderer.draw(i, make(512, 512, seed=i), *TILE) for i in range(4)]
        assert bytes_of(drawings) < most


def test_bytes_of_previews_that_follow_each_other():
    renderer = kitty(name="kitty", tmux=True)
    drawings = [renderer.draw(n % 4, drawn(64, 64, n), *TILE, preview=True) for n in range(80)]
    assert sum(len(d.change) or bytes_of([d]) for d in drawings) < 900_000


def test_bytes_of_twenty_previews_of_four_pictures():
    renderer = kitty(ssh=True)
    frames = (renderer.draw(n % 4, drawn(64, 64, n), *TILE, preview=True) for n in range(80))
    assert bytes_of(frames) < 1_500_000


def test_moving_the_pick_sends_nothing():
    renderer = kitty()
    first = [renderer.draw(i, drawn(seed=i), *TILE) for i in range(4)]
    again = [renderer.draw(i, drawn(seed=i), *TILE) for i in range(4)]
    assert all(a is b for a, b in zip(first, again, strict=True))


@pytest.mark.parametrize("fast", [False, True])
def test_a_png_is_never_upscaled_and_keeps_its_limit(fast):
    assert Image.open(io.BytesIO(encode(drawn(64, 64), 400, 400, 10**6, fast=fast))).size == (64, 64)
    assert Image.open(io.BytesIO(encode(drawn(512, 256), 100, 100, 10**6, fast=fast))).size == (100, 50)
    for limit in (20_000, 60_000):
        assert len(encode(noise(256), 256, 256, limit, fast=fast)) <= limit


def test_a_png_with_room_is_exact():
    picture = drawn(100, 80)
    image = Image.open(io.BytesIO(encode(picture, 100, 80, 10**6)))
    assert image.convert("RGB").tobytes() == picture.pixels


def test_over_ssh_less_is_sent():
    assert REMOTE.screen < LOCAL.screen
    assert kitty(ssh=True).previews_per_second < kitty().previews_per_second
