"""A real tmux: where a pane lies in the terminal, and terminals of other kinds that are attached one after another."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from seedtui.terminal.probe.tmux import Loss, Place, Tmux
from tests.support.fake_terminal import FakeTerminal
from tests.support.programs import program
from tests.support.virtual_terminal import Manners

pytestmark = pytest.mark.slow

COLUMNS, ROWS = 100, 30
MARKED = "printf '@@@'; exec sleep 60"
"""A program that marks the first cell of its pane."""

KITTY = Manners()
XTERM = Manners("XTerm(398)", graphics="", attributes="?62;4c")


class Server:
    """A tmux server of its own, with nobody's configuration."""

    def __init__(self) -> None:
        self.command = ["tmux", "-L", f"seedtui-test-{uuid.uuid4().hex[:8]}", "-f", os.devnull]

    def run(self, arguments: list[str]) -> str | None:
        done = subprocess.run([*self.command, *arguments], capture_output=True, text=True, timeout=10, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    def __call__(self, *words: str) -> str:
        return self.run([*words]) or ""


@pytest.fixture
def server() -> Iterator[Server]:
    if not shutil.which("tmux"):
        pytest.skip("tmux is not installed")
    server = Server()
    yield server
    server("kill-server")


LAYOUTS = {
    "alone": [],
    "status on top": ["set-option -g status-position top"],
    "two lines of status on top": ["set-option -g status 2", "set-option -g status-position top"],
    "no status": ["set-option -g status off", "set-option -g status-position top"],
    "on the right": ["split-window -hbd"],
    "at the bottom": ["split-window -vbd"],
    "at the bottom, status on top": ["split-window -vbd", "set-option -g status-position top"],
    "below a border with a title": ["set-option -w pane-border-status top", "split-window -vbd"],
    "zoomed": ["split-window -hbd", "resize-pane -Z"],
    "not active": ["split-window -hb"],
    "in a window larger than the terminal": [
        "resize-window -x 180 -y 60", "split-window -hbd -l 120", "split-window -vbd -l 40",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_pane_lies_where_the_terminal_shows_it(name, server, terminal_environ):
    with FakeTerminal([*server.command, "new-session", MARKED], terminal_environ, XTERM, COLUMNS, ROWS) as terminal:
        terminal.wait(lambda virtual: "@@@" in virtual.screen.display[0])
        pane = server("display-message", "-p", "#{pane_id}")
        for command in LAYOUTS[name]:
            server(*command.split())
        terminal.settle()
        place = Tmux(pane, server.run).place()
        with terminal.lock:
            shown = [
                Place(line.index("@@@"), y) for y, line in enumerate(terminal.virtual.screen.display) if "@@@" in line
            ]
        assert [place] == shown


HIDDEN = {
    "another window": "new-window",
    "another pane zoomed": "split-window -hZ",
    "copy mode": "copy-mode",
    "a list over it": "choose-tree",
    "nobody there": "detach-client",
    "a window much larger than the terminal": "resize-window -x 200 -y 80",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_pane_that_is_not_shown_has_no_place(name, server, terminal_environ):
    server("new-session", "-d", "sleep 60")  # the server stays when the terminal goes
    with FakeTerminal([*server.command, "new-session", MARKED], terminal_environ, XTERM, COLUMNS, ROWS) as terminal:
        terminal.wait(lambda virtual: "@@@" in virtual.screen.display[0])
        pane = server("display-message", "-p", "#{pane_id}")
        tmux = Tmux(pane, server.run)
        assert tmux.allow_passthrough(hidden=False)
        assert tmux.view()[:3] == (Place(0, 0), Loss.NOTHING, True)
        assert tmux.view().term == "xterm-256color"
        server(*HIDDEN[name].split())
        terminal.settle()
        assert tmux.place() is None
        assert tmux.view().loss is Loss.ALL


def test_the_screen_is_drawn_again(server, terminal_environ):
    with FakeTerminal([*server.command, "new-session", MARKED], terminal_environ, XTERM, COLUMNS, ROWS) as terminal:
        terminal.wait(lambda virtual: "@@@" in virtual.screen.display[0])
        tmux = Tmux(server("display-message", "-p", "#{pane_id}"), server.run)
        terminal.settle()
        with terminal.lock:
            terminal.virtual.feed("\x1b7\x1b[5;5Hstray pixels\x1b8")
            assert "stray" in terminal.text
        tmux.refresh()
        terminal.wait(lambda virtual: not any("stray" in line for line in virtual.screen.display))


def says(words):
    return lambda virtual: any(words in line for line in virtual.screen.display)


def test_terminals_of_other_kinds_are_asked_again(server, terminal_environ):
    new = [*server.command, "new-session", "-s", "main", *program("attached_app")]
    attach = [*server.command, "attach-session", "-t", "main"]

    def passthrough() -> str:
        return server("show-options", "-pqv", "-t", "main", "allow-passthrough")

    with FakeTerminal(new, terminal_environ, XTERM, COLUMNS, ROWS) as terminal:
        terminal.wait(says("mode=quad name=XTerm"), 20)
        assert passthrough() == ""
        server("detach-client", "-s", "main")
        terminal.finish()
    for manners, mode, letters in (
        (replace(XTERM, sixel=True, delay=0.1), "sixel", "a"),
        (KITTY, "kitty", "b"),
        (replace(XTERM, iterm2=True, sixel=True, below=True), "iterm2", "c"),
        (XTERM, "quad", "d"),
    ):
        with FakeTerminal(attach, terminal_environ, manners, COLUMNS, ROWS) as terminal:
            terminal.wait(says(f"mode={mode}"), 20)
            assert bool(passthrough()) is (mode != "quad")
            terminal.type(letters)
            terminal.wait(says(f"{letters})"))
            server("detach-client", "-s", "main")
            terminal.finish()
            assert "^" not in terminal.text
    with FakeTerminal(attach, terminal_environ, KITTY, COLUMNS, ROWS) as terminal:
        terminal.wait(says("mode=kitty"), 20)
        terminal.wait(says("typed=(abcd)"))
