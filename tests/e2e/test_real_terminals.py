"""The real app's pictures in real terminals on a virtual screen: screenshots compared with the originals.

kitty and a new tmux come from an unpacked Debian 13 that SEEDTUI_TRIXIE names; `trixie.sh DIR` unpacks it.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.support.painting_app import painted, sketch
from tests.support.programs import CHECKOUT, program
from tests.support.sshd import Sshd
from tests.support.stage import BLOCKS, PIXELS, SMALL, Server, Stage
from tests.support.windows import Box, Tree, VirtualScreen, Window, kitty, likeness, missing, until, xterm

pytestmark = pytest.mark.slow

COLUMNS, ROWS = 110, 36
APP = program("painting_app")

Start = Callable[..., Stage]


@pytest.fixture
def start(screen: VirtualScreen, home: Path) -> Iterator[Start]:
    """Open a window with a command in it; it is closed with the test."""
    home.mkdir()
    opened: list[Window] = []

    def begin(command: list[str], **environ: str) -> Stage:
        alone = {"SEEDTUI_HOME": str(home), "TERM": "xterm-256color", **environ}
        opened.append(screen.open(command, COLUMNS, ROWS, alone))
        return Stage(opened[-1], home)

    yield begin
    for window in opened:
        window.close()


@pytest.fixture
def tmux(tree: Tree, start: Start, home: Path) -> Iterator[Callable[[str], Server]]:
    """Make a server of the tree's tmux, with more lines in its configuration."""
    servers: list[Server] = []

    def make(conf: str = "") -> Server:
        servers.append(Server(home, tree.command, conf))
        return servers[0]

    yield make
    for server in servers:
        server.close()


def test_kitty(start: Start, tree: Tree) -> None:
    stage = start(tree.command(*kitty(COLUMNS, ROWS, *APP, "a red apple")))
    stage.shows(4, PIXELS, "kitty")
    assert stage.mode == "kitty"


@pytest.mark.parametrize("passthrough", ["", "off", "on", "all"])
def test_kitty_in_tmux_whatever_its_conf_says(
    start: Start, tree: Tree, tmux: Callable[[str], Server], passthrough: str
) -> None:
    server = tmux(f"set -g allow-passthrough {passthrough}" if passthrough else "")
    stage = start(tree.command(*kitty(COLUMNS, ROWS, *server.words("new-session", *APP, "a red apple"))))
    stage.shows(4, PIXELS, f"tmux-{passthrough}")
    assert server("show-options", "-pqvA", "allow-passthrough").strip() == "all"
    stage.window.press("q")
    said = lambda: server("capture-pane", "-p", "-S", "-")  # noqa: E731  # with what "Pane is dead" pushes out
    until(lambda: "the app has ended" in said(), "the end", 60, told=said)
    stage.shows_none(f"tmux-{passthrough}-ended")
    assert server("show-options", "-pqv", "allow-passthrough").strip() == ""


def test_kitty_in_tmux_through_everything(start: Start, tree: Tree, tmux: Callable[[], Server]) -> None:
    server = tmux()
    stage = start(tree.command(*kitty(COLUMNS, ROWS, *server.words("new-session", "-s", "main", *APP, "a red apple"))))
    stage.shows(4, PIXELS, "first")
    window = stage.window

    server("split-window", "-h", "sleep 1000")
    stage.shows(4, PIXELS, "split")
    server("kill-pane", "-t", "main:.1")
    stage.shows(4, PIXELS, "whole-again")

    window.press("question")
    stage.shows_under("help")
    window.press("Escape")
    stage.shows(4, PIXELS, "after-help")
    window.press("ctrl+p")
    window.type("zoom")  # a short list leaves the lower pictures in sight
    stage.shows_dimmed(BLOCKS, "palette")
    window.press("Escape")
    stage.shows(4, PIXELS, "after-palette")

    window.press("z")
    stage.shows(1, PIXELS, "zoom")
    window.press("z")
    stage.shows(4, PIXELS, "after-zoom")
    for columns, rows in ((90, 30), (130, 42), (COLUMNS, ROWS)):
        window.resize(columns, rows)
        stage.shows(4, PIXELS, f"resized-{columns}")

    server("new-window", "sleep 1000")
    stage.shows_none("other-window")
    server("previous-window")
    stage.shows(4, PIXELS, "window-again")

    window.close()
    again = start(tree.command(*kitty(COLUMNS, ROWS, *server.words("attach-session", "-t", "main"))))
    again.shows(4, PIXELS, "new-terminal")


def test_kitty_is_detached_and_attached_again(start: Start, tree: Tree, tmux: Callable[[], Server]) -> None:
    server = tmux()
    opened = shlex.join(server.words("new-session", "-s", "main", *APP, "a red apple"))
    again = shlex.join(server.words("attach-session", "-t", "main"))
    stage = start(tree.command(*kitty(COLUMNS, ROWS, "sh", "-c", f"{opened}; clear; read -r _; {again}")))
    stage.shows(4, PIXELS, "first")
    server("detach-client", "-s", "main")
    stage.shows_none("detached")
    stage.window.press("Return")
    stage.shows(4, PIXELS, "attached-again")


@pytest.mark.parametrize("inside", [False, True], ids=["alone", "in tmux"])
def test_a_preview_takes_the_place_of_the_one_before(
    start: Start, tree: Tree, tmux: Callable[[], Server], inside: bool
) -> None:
    server = tmux()
    app = [*APP, "a red apple 12 held"]
    stage = start(tree.command(*kitty(COLUMNS, ROWS, *(server.words("new-session", *app) if inside else app))))
    stage.original = lambda index: sketch(12, index)
    stage.shows(4, SMALL, "preview")
    stage.window.press("ctrl+p")
    stage.window.type("zoom")
    stage.shows_dimmed(BLOCKS, "preview-palette")
    stage.window.press("Escape")
    stage.shows(4, SMALL, "preview-again")


def test_previews_take_no_memory_of_the_terminal(start: Start, tree: Tree, tmux: Callable[[], Server]) -> None:
    server = tmux()
    stage = start(tree.command(*kitty(COLUMNS, ROWS, *server.words("new-session", *APP, "a red apple 5"))))
    stage.shows(4, PIXELS, "before")
    assert isinstance(stage.window, Window)
    before = stage.window.memory
    stage.window.press("p")
    stage.window.type("a red apple 60")
    stage.window.press("Return")
    until(lambda: "/60" in server("capture-pane", "-p"), "previews")
    until(lambda: "/60" not in server("capture-pane", "-p"), "the end of the previews", 60)
    stage.shows(4, PIXELS, "after")
    assert stage.window.memory - before < 5_000_000


def test_xterm(start: Start) -> None:
    _needs("xterm")
    stage = start(xterm(COLUMNS, ROWS, *APP, "a red apple"))
    stage.shows(4, BLOCKS, "xterm")
    assert stage.mode == "quad"
    stage.window.press("ctrl+p")
    stage.window.type("zoom")
    stage.shows_dimmed(BLOCKS, "xterm-palette")
    stage.window.press("Return")
    stage.shows(1, BLOCKS, "xterm-zoom")


def test_xterm_without_colours(start: Start) -> None:
    _needs("xterm")
    stage = start(xterm(COLUMNS, ROWS, *APP, "a red apple"), NO_COLOR="1")
    stage.measure = lambda shown, picture: likeness(shown, picture, 10, grey=True)
    stage.shows(4, 0.6, "xterm-no-color")
    assert stage.mode == "ascii"
    red, green, blue = stage.shot.split()
    assert red.tobytes() == green.tobytes() == blue.tobytes()


def test_sixel_in_xterm(start: Start, tmp_path: Path) -> None:
    _needs("xterm")
    picture = painted(0)
    file = tmp_path / "picture.png"
    Image.frombytes("RGB", (picture.width, picture.height), picture.pixels).save(file)
    show = shlex.join([str(Path(sys.executable).with_name("seedtui")), "show", "--width", "40", str(file)])
    stage = start(
        xterm(COLUMNS, ROWS, "sh", "-c", f"{show}; sleep 1000", options=("-ti", "vt340")), SEEDTUI_IMAGES="sixel"
    )
    across, down = stage.window.cell
    box = Box(0, 0, 40, round(40 * across / down))
    alike = lambda: likeness(stage.window.region(box), picture) > PIXELS  # noqa: E731
    until(alike, "the picture", 20)
    stage.window.look().save(tmp_path / "sixel.png")


def test_kitty_over_ssh_in_tmux(start: Start, tree: Tree, sshd: Sshd, home: Path) -> None:
    _needs("tmux", "nsenter")
    server = Server(home)
    there = ["env", "TERM=xterm-256color", "LC_ALL=C.UTF-8"]  # as where nobody has heard of kitty
    ours = ["env", f"PYTHONPATH={CHECKOUT}", f"SEEDTUI_HOME={home}"]
    run = [*there, *server.words("new-session", *ours, *APP, "a red apple")]
    outside = ["nsenter", "--target", str(os.getpid()), "--mount", "--root"]  # the tree has no ssh
    try:
        stage = start(tree.command(*kitty(COLUMNS, ROWS, *outside, *sshd.client(*run))))
        stage.shows(4, PIXELS, "ssh")
        assert stage.mode == "kitty"
    finally:
        server.close()


def _needs(*programs: str) -> None:
    if lacking := missing(*programs):
        pytest.skip(f"not installed: {lacking}")
