"""The real app's pictures in terminals that draw iTerm2's images or sixel: pixels, holes, bytes, blank frames.

xterm.js is VS Code's terminal, in a browser. Each terminal is also seen through tmux.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.browser_terminal import IMAGES, BrowserTerminal, Line
from tests.support.painting_app import sketch
from tests.support.programs import program
from tests.support.sequences import pictures_in
from tests.support.stage import BLOCKS, PIXELS, SMALL, Server, Stage
from tests.support.windows import VT340, TerminalWindow, missing, mlterm, until, xterm

pytestmark = pytest.mark.slow

FEW_COLOURS = 0.9
"""How alike a preview in the 16 or so colours of sixel is at least."""

COLUMNS, ROWS = 130, 47
"""In which four pictures are of about 42 by 20 cells each."""

APP = program("painting_app")
MODES = {"xterm.js": "iterm2", "xterm": "sixel", "mlterm": "iterm2"}
ANOTHER = {"xterm.js": "xterm", "xterm": "mlterm", "mlterm": "xterm.js"}


@dataclass
class Terminals:
    """Opens terminals of each kind; they are closed with the test."""

    request: pytest.FixtureRequest
    home: Path
    opened: list[TerminalWindow]

    def open(self, kind: str, command: list[str], **options) -> TerminalWindow:
        """`options` are a `BrowserTerminal`'s."""
        environ = {"SEEDTUI_HOME": str(self.home), **options.pop("environ", {})}
        if kind == "xterm.js":
            browser = self.request.getfixturevalue("browser")
            self.opened.append(BrowserTerminal(browser, command, COLUMNS, ROWS, environ, **options))
        else:
            if lacking := missing(kind):
                pytest.skip(f"not installed: {lacking}")
            words = (
                xterm(COLUMNS, ROWS, *command, options=VT340) if kind == "xterm" else mlterm(COLUMNS, ROWS, *command)
            )
            screen = self.request.getfixturevalue("screen")
            self.opened.append(screen.open(words, COLUMNS, ROWS, environ))
        return self.opened[-1]


@pytest.fixture
def terminals(request: pytest.FixtureRequest, home: Path) -> Iterator[Terminals]:
    home.mkdir()
    terminals = Terminals(request, home, [])
    yield terminals
    for window in terminals.opened:
        window.close()


@pytest.fixture(params=["alone", "in tmux", "in a new tmux"])
def way(request: pytest.FixtureRequest) -> str:
    """What is between the app and the terminal."""
    return request.param


@pytest.fixture
def tmux(request: pytest.FixtureRequest, way: str, terminals: Terminals) -> Iterator[Server]:
    """This system's, or the tree's."""
    if lacking := missing("tmux"):
        pytest.skip(f"not installed: {lacking}")
    new = way == "in a new tmux"
    server = Server(terminals.home, request.getfixturevalue("tree").command) if new else Server(terminals.home)
    yield server
    server.close()


@pytest.fixture(params=MODES)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def stage(request: pytest.FixtureRequest, terminals: Terminals, kind: str, way: str) -> Stage:
    """The app with four pictures."""
    app = [*APP, "a red apple"]
    if way != "alone":
        app = request.getfixturevalue("tmux").command("new-session", "-s", "main", *app)
    # What the program leaves on the screen stays there; where its terminal is, others can write to it.
    command = ["sh", "-c", 'tty > "$SEEDTUI_HOME/tty"; "$@"; exec sleep 1000', "sh", *app]
    stage = Stage(terminals.open(kind, command), terminals.home, strict=True)
    stage.shows(4, PIXELS, "first")
    assert stage.mode == MODES[kind]
    return stage


def test_what_lies_over_pictures_leaves_no_holes(stage: Stage) -> None:
    window = stage.window
    window.press("question")
    stage.shows_under("help")
    window.press("Escape")
    stage.shows(4, PIXELS, "after-help")

    window.press("ctrl+p")
    stage.shows_under("palette-open")
    window.type("parent")  # which there is none of; a short list leaves the lower pictures in sight
    try:
        stage.shows_dimmed(BLOCKS, "palette", 10)
    except TimeoutError:  # in mlterm, once in about twenty runs; why is not known, perhaps a key is lost
        window.press("ctrl+u")
        window.type("parent")
        stage.shows_dimmed(BLOCKS, "palette")
    window.press("Return")
    until(lambda: stage.likenesses()[0] >= PIXELS, "the palette has gone")
    stage.shows_covered("toast")
    stage.shows(4, PIXELS, "after-toast")

    left, top, _, _ = stage.boxes[3]
    window.hover(left + 3.5, top - 0.5)
    stage.shows_covered("tooltip")
    window.hover(1.5, 0.5)
    stage.shows(4, PIXELS, "after-tooltip")


def test_other_screens_and_back(stage: Stage) -> None:
    window = stage.window
    window.press("z")
    stage.shows(1, PIXELS, "zoom")
    window.press("z")
    stage.shows(4, PIXELS, "after-zoom")

    window.press("C")
    until(lambda: len(stage.boxes) == 4 and stage.boxes[0].left < 30, "the comparison")
    stage.shows(4, PIXELS, "compare")
    window.press("z")
    stage.shows(1, PIXELS, "compare-zoom")
    window.press("Escape", "Escape")
    until(lambda: len(stage.boxes) == 4 and stage.boxes[0].left > 30, "the grid")
    stage.shows(4, PIXELS, "after-compare")


def test_sizes_redraw_and_leaving(stage: Stage) -> None:
    window = stage.window
    for columns, rows in ((90, 30), (COLUMNS, ROWS)):
        window.resize(columns, rows)
        stage.shows(4, PIXELS, f"resized-{columns}")

    tty = Path((stage.home / "tty").read_text().strip())
    tty.write_bytes(b"\x1b7\x1b[2J\x1b8")  # another program clears the screen
    stage.shows_none("cleared")
    window.press("ctrl+l")
    stage.shows(4, PIXELS, "redrawn")

    window.press("q")
    stage.shows_none("left")


@pytest.mark.parametrize("way", ["in tmux", "in a new tmux"], indirect=True)
def test_panes_windows_and_other_terminals(stage: Stage, terminals: Terminals, kind: str, tmux: Server) -> None:
    tmux("set-option", "-g", "status-position", "top")
    stage.offset = _place(tmux)
    stage.shows(4, PIXELS, "status-on-top")
    tmux("split-window", "-hb", "-l", "30", "sleep 1000")
    stage.offset = _place(tmux)
    assert stage.offset == (31, 1)
    stage.shows(4, PIXELS, "split")
    tmux("kill-pane", "-t", "main:.0")
    stage.offset = _place(tmux)
    stage.shows(4, PIXELS, "whole-again")
    tmux("set-option", "-g", "status-position", "bottom")
    stage.offset = _place(tmux)

    tmux("new-window", "sleep 1000")
    stage.shows_none("other-window")
    time.sleep(2)  # where tmux gets no focus from the terminal, it is asked about once a second
    tmux("previous-window")
    stage.shows(4, PIXELS, "window-again")

    tmux("detach-client", "-s", "main")
    stage.shows_none("detached")
    again = tmux.command("attach-session", "-t", "main")
    stage.window = terminals.open(kind, again)
    stage.shows(4, PIXELS, "attached-again")
    stage.window.close()
    stage.window = terminals.open(ANOTHER[kind], again)
    stage.shows(4, PIXELS, "attached-elsewhere")


def _place(tmux: Server) -> tuple[int, int]:
    """Columns and rows that the app's pane is from the window's corner."""
    panes = tmux("list-panes", "-t", "main", "-F", "#{pane_id} #{pane_left} #{pane_top}").splitlines()
    left, top = next(pane.split()[1:] for pane in panes if pane.startswith("%0 "))
    on_top = "top" in tmux("show-options", "-g", "status-position")
    return int(left), int(top) + on_top


def test_vs_code_with_its_images_off(terminals: Terminals) -> None:
    stage = Stage(terminals.open("xterm.js", [*APP, "a red apple"], images=None), terminals.home)
    stage.shows(4, BLOCKS, "blocks")
    assert stage.mode == "quad"


class Budget(NamedTuple):
    """Bytes, at most: of twenty previews of four pictures, and of closing a dialog over them."""

    previews: int
    closing: int


BUDGETS = {"iterm2": Budget(600_000, 250_000), "sixel": Budget(3_000_000, 550_000)}
MOVE = 8_000
"""Bytes of moving the pick, at most."""


@pytest.fixture(params=BUDGETS)
def mode(request: pytest.FixtureRequest) -> str:
    return request.param


Start = Callable[..., tuple[Stage, BrowserTerminal]]


@pytest.fixture
def start(request: pytest.FixtureRequest, terminals: Terminals, way: str, mode: str) -> Start:
    """Start the app with a prompt in xterm.js."""

    def begin(prompt: str, **options) -> tuple[Stage, BrowserTerminal]:
        command = [*APP, prompt]
        if way != "alone":
            command = request.getfixturevalue("tmux").command("new-session", *command)
        iip = {**IMAGES, "iipSupport": mode == "iterm2"}
        terminal = terminals.open("xterm.js", command, images=iip, **options)
        assert isinstance(terminal, BrowserTerminal)
        stage = Stage(terminal, terminals.home, strict=True)
        until((terminals.home / "layout.json").exists, "the app", 60)
        assert stage.mode == mode
        return stage, terminal

    return begin


def cost(terminal: BrowserTerminal, *keys: str) -> tuple[int, int]:
    """What pressing `keys` costs: bytes, and how many pictures are among them."""
    terminal.written.settle()  # where a cursor blinks, something comes twice a second
    before = time.monotonic()
    terminal.press(*keys)
    until(lambda: terminal.written.since(before), "an answer")
    time.sleep(1.0)
    terminal.written.settle()
    sent = terminal.written.since(before)
    return len(sent), len(pictures_in(sent))


def test_bytes_of_moves_and_dialogs(start: Start, mode: str) -> None:
    stage, terminal = start("a red apple")
    stage.shows(4, PIXELS, "first")
    for key in ("l", "j", "h", "k"):
        sent, pictures = cost(terminal, key)
        print(key, sent)
        assert pictures == 0
        assert 0 < sent <= MOVE
    print("help", cost(terminal, "question"))
    sent, pictures = cost(terminal, "Escape")
    print("closed", sent, pictures)
    assert sent <= BUDGETS[mode].closing
    stage.shows(4, PIXELS, "after-help")


def test_previews_are_few_bytes_and_never_blank(start: Start, mode: str) -> None:
    stage, terminal = start("a red apple 20")
    until(lambda: len(stage.boxes) == 4, "four places")
    centres = [(box.left + box.width / 2, box.top + box.height / 2) for box in stage.boxes]
    terminal.watch(centres)
    until(lambda: "images in" in terminal.text(), "the end", 60)
    stage.shows(4, PIXELS, "finals")
    terminal.written.settle()
    frames = terminal.watched()

    raw = terminal.written.since()
    pictures = pictures_in(raw)[-84:]
    sent = len(raw[raw.index(pictures[0].encode()) :]) - sum(map(len, pictures[-4:]))
    print(f"{len(pictures)} pictures, {sent} bytes of previews, {len(frames)} frames")
    assert len(pictures) == 84
    assert sent <= BUDGETS[mode].previews

    drawn = [all(frame.opacities) for frame in frames]
    first = drawn.index(True)
    assert len(drawn) - first > 60
    assert all(drawn[first:]), [frame.opacities for frame in frames[first:] if not all(frame.opacities)]


def picked(terminal: BrowserTerminal, seed: int) -> bool:
    return f"┏━ seed {seed} " in terminal.text()


def test_a_slow_line_stays_usable(start: Start, mode: str) -> None:
    stage, terminal = start("a red apple 40 held", line=Line(rate=150_000, delay=0.05))
    stage.original = lambda index: sketch(40, index)
    stage.strict = False  # a preview's few pixels are large
    waits: list[float] = []
    until(lambda: len(pictures_in(terminal.written.since())) > 8, "previews")
    for key, seed in (("l", 1), ("h", 0)) * 3:
        time.sleep(0.5)
        pressed = time.monotonic()
        terminal.press(key)
        until(partial(picked, terminal, seed), f"the pick at seed {seed}", 20)
        waits.append(time.monotonic() - pressed)
    print(f"a key's answer took {[round(wait, 2) for wait in waits]} s")
    assert sorted(waits)[len(waits) // 2] < 2.0  # usually 0.4; a queue of previews would take ten times that
    assert max(waits) < 5.0
    until(lambda: "40/40" in terminal.text(), "the last step", 60)
    stage.shows(4, SMALL if mode == "iterm2" else FEW_COLOURS, "last-preview")
