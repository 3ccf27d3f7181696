"""The terminal in a browser that other tests look at: it shows what it should, and blank is seen as blank."""

from __future__ import annotations

import os
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from seedtui.core.images.picture import Picture
from tests.support.browser_terminal import BrowserTerminal, Line
from tests.support.chromium import Chromium
from tests.support.pictures import drawn
from tests.support.sequences import pictures_in
from tests.support.windows import Box, likeness, until

pytestmark = pytest.mark.slow

COLUMNS, ROWS = 80, 24
BOX = Box(4, 2, 30, 12)
RED = Picture(1, 1, b"\xff\0\0")

Draw = Callable[[bytes], None]
Open = Callable[..., tuple[BrowserTerminal, Draw]]


@pytest.fixture
def open_terminal(browser: Chromium, tmp_path: Path) -> Iterator[Open]:
    """Open a terminal, and get a function that writes to it."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    opened: list[BrowserTerminal] = []

    def begin(**options) -> tuple[BrowserTerminal, Draw]:
        command = ["sh", "-c", 'stty raw -echo; echo ready; exec cat <>"$0"', str(fifo)]
        terminal = BrowserTerminal(browser, command, COLUMNS, ROWS, **options)
        opened.append(terminal)
        until(lambda: "ready" in terminal.text(), "the program")

        def draw(data: bytes) -> None:
            fifo.write_bytes(data)

        return terminal, draw

    yield begin
    for terminal in opened:
        terminal.close()


def at(box: Box) -> bytes:
    return b"\x1b[%d;%dH" % (box.top + 1, box.left + 1)


def iterm2(picture: Picture, box: Box) -> bytes:
    jpeg = BytesIO()
    Image.frombytes("RGB", (picture.width, picture.height), picture.pixels).save(jpeg, "JPEG", quality=90)
    size = f"size={len(jpeg.getvalue())};width={box.width};height={box.height};preserveAspectRatio=0"
    return b"\x1b]1337;File=inline=1;%s:%s\x07" % (size.encode(), b64encode(jpeg.getvalue()))


def sixel(_: Picture, box: Box) -> bytes:
    """All red."""
    width, height = box.width * 8, box.height * 17
    return b'\x1bP0;1;0q"1;1;%d;%d#0;2;100;0;0%s\x1b\\' % (width, height, b"#0!%d~-" % width * (height // 6))


def blanked(box: Box) -> bytes:
    return b"".join(at(box._replace(top=box.top + row)) + b" " * box.width for row in range(box.height))


def is_red(terminal: BrowserTerminal) -> bool:
    return terminal.region(BOX).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)) == (255, 0, 0)


def test_pictures_are_shown(open_terminal: Open) -> None:
    terminal, draw = open_terminal()
    picture = drawn(512, 512, 1)
    draw(at(BOX) + iterm2(picture, BOX))
    until(lambda: likeness(terminal.region(BOX), picture) > 0.97, "the picture", 10)
    draw(at(BOX) + sixel(RED, BOX))
    until(lambda: is_red(terminal), "red", 10)
    draw(blanked(BOX))
    until(lambda: not terminal.region(BOX).getbbox(), "black", 10)


def test_without_images(open_terminal: Open) -> None:
    terminal, draw = open_terminal(images=None)
    draw(at(BOX) + iterm2(drawn(), BOX) + at(BOX) + sixel(RED, BOX) + b"\x1b[HAFTER")
    until(lambda: "AFTER" in terminal.text(), "what was written after them")
    time.sleep(0.5)
    assert not terminal.region(BOX).getbbox()


@pytest.mark.parametrize("encode", [iterm2, sixel])
def test_a_blank_frame_is_seen(open_terminal: Open, encode: Callable[[Picture, Box], bytes]) -> None:
    terminal, draw = open_terminal()
    middle, beside = (BOX.left + BOX.width / 2, BOX.top + BOX.height / 2), (BOX.left + BOX.width + 0.5, BOX.top + 0.5)
    picture = at(BOX) + encode(drawn(64, 64), BOX)

    draw(picture)
    until(lambda: terminal.region(BOX).getbbox(), "the picture")
    terminal.watch([middle, beside])
    for _ in range(5):  # in place of itself: it never goes
        draw(picture)
        time.sleep(0.1)
    steady = terminal.watched()
    assert len(steady) > 10
    assert all(frame.opacities == [255, 0] for frame in steady)

    terminal.watch([middle, beside])
    draw(b"\x1b[?2026h" + blanked(BOX) + picture + b"\x1b[?2026l")  # at once
    time.sleep(0.3)
    assert all(frame.opacities == [255, 0] for frame in terminal.watched())

    terminal.watch([middle, beside])
    draw(blanked(BOX))
    time.sleep(0.3)
    draw(picture)
    time.sleep(0.3)
    seen = [frame.opacities[0] for frame in terminal.watched()]
    assert seen[0] == seen[-1] == 255
    assert 0 in seen


def test_what_was_written_is_kept(open_terminal: Open) -> None:
    terminal, draw = open_terminal()
    picture = iterm2(drawn(64, 64), BOX)
    draw(at(BOX) + picture)
    until(lambda: terminal.region(BOX).getbbox(), "the picture")
    terminal.written.settle(0.2)
    before = time.monotonic()
    draw(at(BOX) + picture + sixel(RED, BOX))
    until(lambda: terminal.written.pieces[-1][0] > before, "more")
    terminal.written.settle(0.2)
    assert terminal.written.since(before) == at(BOX) + picture + sixel(RED, BOX)
    assert len(pictures_in(terminal.written.since(before))) == 2
    in_tmux = b"\x1bPtmux;" + sixel(RED, BOX).replace(b"\x1b", b"\x1b\x1b") + b"\x1b\\"
    assert len(pictures_in(in_tmux)) == 1
    assert len(pictures_in(b"\x1b_Ga=T,m=1;AAAA\x1b\\\x1b_Gm=0;AAAA\x1b\\")) == 1


def test_a_slow_line(open_terminal: Open) -> None:
    terminal, draw = open_terminal(line=Line(rate=100_000, delay=0.3, holds=10_000))
    began = time.monotonic()
    draw(b"\x1b[2J" + b"\x1b[H" * 50_000 + b"END")
    until(lambda: "END" in terminal.text(), "the end")
    assert 1.7 < time.monotonic() - began < 3.5
    written = terminal.written.pieces
    assert written[-1][0] - written[0][0] > 0.5  # the program had to wait


def test_keys_focus_and_size(browser: Chromium) -> None:
    script = "stty -icanon -echo; printf '\\033[?1004h'; stty size; exec cat -v"
    with BrowserTerminal(browser, ["bash", "-c", script], COLUMNS, ROWS) as terminal:
        until(lambda: f"{ROWS} {COLUMNS}" in terminal.text(), "the size")
        terminal.type("a Z?é ")
        terminal.press("ctrl+x", "Escape", "Up", "BackSpace", "question", "shift+Tab")
        until(lambda: "^X^[^[[A" in terminal.text() and "?^[[Z" in terminal.text(), "keys", told=terminal.text)
        assert "a Z?M-CM-) " in terminal.text()
        terminal.blur()
        until(lambda: "^[[O" in terminal.text(), "that the keys went")
        terminal.focus()
        until(lambda: "^[[I" in terminal.text(), "that the keys came")
    with BrowserTerminal(browser, ["bash", "-c", "while :; do stty size; sleep 0.2; done"], COLUMNS, ROWS) as terminal:
        terminal.resize(100, 30)
        until(lambda: "30 100" in terminal.text(), "the new size")
        assert terminal.look().size == (round(100 * terminal.cell[0]), round(30 * terminal.cell[1]))
