import re
import sys
from dataclasses import replace
from typing import NamedTuple

import pytest

from seedtui.core.errors import InputError
from seedtui.terminal.probe.answers import Answers
from seedtui.terminal.probe.detect import _way_through, asked_for, decide, detect, may_draw
from seedtui.terminal.probe.modes import MODES
from seedtui.terminal.probe.tmux import PaneView, Place
from seedtui.terminal.probe.versions import knows_placeholders
from tests.support.fake_terminal import FakeTerminal
from tests.support.virtual_terminal import CELL, Manners

KITTY = Answers("kitty", "0.41.1", graphics=True, done=True)


def test_the_environment_wins_over_the_setting():
    assert asked_for({"SEEDTUI_IMAGES": " Half "}, "quad")[0] == "half"
    assert asked_for({}, "quad")[0] == "quad"
    assert asked_for({"SEEDTUI_IMAGES": "auto"}, "") is None


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_can_be_asked_for(mode):
    assert asked_for({"SEEDTUI_IMAGES": mode})[0] == mode


def test_an_unknown_word_is_told_with_the_known_ones():
    with pytest.raises(InputError, match=r"SEEDTUI_IMAGES is “fine”.*kitty.*off"):
        asked_for({"SEEDTUI_IMAGES": "fine"})


@pytest.mark.parametrize(
    ("name", "version", "known"),
    [
        ("kitty", "0.41.1", True), ("kitty", "0.28.0", True), ("kitty", "0.26.5", False), ("kitty", "", False),
        ("ghostty", "1.1.3", True), ("WezTerm", "20240203", False), ("Konsole", "23.08.1", False), ("", "", False),
    ],
)  # fmt: skip
def test_which_terminals_draw_placeholders(name, version, known):
    assert knows_placeholders(name, version) is known


@pytest.mark.parametrize(
    ("said", "mode", "words"),
    [
        (KITTY, "kitty", "draws pictures"),
        (Answers("kitty", "0.26.5", graphics=True, done=True), "quad", "too old"),
        (Answers("WezTerm", "20240203", graphics=True, done=True), "quad", "placeholders"),
        (Answers("XTerm", "398", attributes=(62, 4), drew=True, done=True), "quad", "claims to support sixel"),
        (Answers("XTerm", "398", attributes=(62, 4), drew=True, sixel=True, done=True), "sixel", "draws sixel"),
        (Answers("xterm.js", "6.0.0", drew=True, iterm2=True, sixel=True, done=True), "iterm2", "draws iTerm2's"),
        (Answers("Konsole", "23.08", True, drew=True, iterm2=True, sixel=True, done=True), "sixel", "draws sixel"),
        (Answers("WezTerm", "2024", True, drew=True, iterm2=True, sixel=True, done=True), "iterm2", "draws iTerm2's"),
        (Answers("foot", "1.13.1", done=True), "quad", "cannot draw pictures"),
        (Answers(typed="hello"), "quad", "did not answer"),
    ],
)
def test_the_mode_and_its_reason(said, mode, words):
    assert decide(said, {})[0] == mode
    assert words in decide(said, {})[1]


@pytest.mark.parametrize(
    ("environ", "view", "may"),
    [
        ({"TERM": "xterm-256color"}, None, True), ({"TERM": "linux"}, None, False), ({}, None, False),
        ({"TERM": "screen", "STY": "12.pts-1"}, None, False), ({"TERM": "tmux"}, PaneView(term="xterm"), True),
        ({"TERM": "tmux"}, PaneView(term="linux"), False),
    ],
)  # fmt: skip
def test_where_test_pictures_make_sense(environ, view, may):
    assert may_draw(environ, view) is may


def test_no_colours_means_ascii_unless_asked_otherwise():
    assert detect({"NO_COLOR": "1", "TERM": "xterm"}).mode == "ascii"
    assert detect({"TERM": "dumb"}).mode == "ascii"
    assert detect({"NO_COLOR": "1", "TERM": "xterm", "SEEDTUI_IMAGES": "quad"}).mode == "quad"


ASK = """
import sys, time
from seedtui.terminal import prepared_terminal
print("ready", flush=True)
time.sleep(0.2)
start = time.monotonic()
with prepared_terminal() as (found, renderer, _):
    print(f"mode={found.mode} cell={found.cell_width}x{found.cell_height} name={found.name} typed=[{found.typed}]")
    print(f"owes={found.owes}")
print(f"took={time.monotonic() - start:.3f}.")
print("left=" + repr(sys.stdin.readline()))
"""


def asked(environ, manners, type_early=""):
    """What a program finds in such a terminal, the text on its screen, and the seconds it took."""
    with FakeTerminal([sys.executable, "-c", ASK], environ, manners) as terminal:
        terminal.wait(lambda virtual: "ready" in virtual.screen.display[0])
        terminal.type(type_early)
        terminal.wait(lambda virtual: "took=" in "".join(virtual.screen.display))
        terminal.type("\n")
        terminal.wait(lambda virtual: "left=" in "".join(virtual.screen.display))
        took = float(re.search(r"took=([0-9.]+)\.", terminal.text)[1])
        return terminal.text, took


def test_kitty_is_found(terminal_environ):
    text, _ = asked(terminal_environ, Manners())
    assert f"mode=kitty cell={CELL[0]}x{CELL[1]} name=kitty typed=[]" in text
    assert "left='\\n'" in text


def test_typed_keys_are_given_back_and_a_slow_link_is_waited_for(terminal_environ):
    text, _ = asked(terminal_environ, Manners(delay=0.15), type_early="a cat\x1b[A é")
    assert "mode=kitty" in text
    assert "typed=[a cat é]" in text
    assert "owes=False" in text
    assert "left='\\n'" in text


def test_a_silent_terminal_does_no_harm(terminal_environ):
    silent = Manners(version="", graphics="", attributes="", cell=None)
    text, took = asked(terminal_environ, silent)
    assert "mode=quad" in text
    assert f"cell={CELL[0]}x{CELL[1]}" in text, "the kernel knows the cell's size"
    assert "owes=True" in text
    assert took < 2.5


class Closed(NamedTuple):
    version: str = "3.2a"

    def allow_passthrough(self, hidden: bool) -> bool:
        return False


class Hidden(NamedTuple):
    place: Place | None = None
    answered: bool = True

    def allow_passthrough(self, hidden: bool) -> bool:
        assert not hidden
        return True

    def view(self) -> PaneView:
        return PaneView(self.place, answered=self.answered)


def test_a_tmux_that_lets_nothing_through_is_not_asked():
    assert "does not let pictures through" in _way_through(Closed())[1]


@pytest.mark.parametrize("tmux", [Hidden(), Hidden(Place(0, 0), answered=False)])
def test_a_terminal_whose_answers_would_go_elsewhere_is_not_asked(tmux):
    assert "not in front" in _way_through(tmux)[1]


XTERM = Manners("XTerm(398)", graphics="", attributes="?62;4c")


@pytest.mark.parametrize("below", [True, False])
@pytest.mark.parametrize("delay", [0.0, 0.15])
@pytest.mark.parametrize(
    ("draws", "mode"),
    [
        ({"iterm2": True}, "iterm2"),
        ({"sixel": True}, "sixel"),
        ({"iterm2": True, "sixel": True}, "iterm2"),
        ({}, "quad"),
    ],
)  # fmt: skip
def test_a_terminal_draws_what_it_has_drawn(terminal_environ, draws, mode, below, delay):
    text, took = asked(terminal_environ, replace(XTERM, **draws, below=below, delay=delay), type_early="a cat")
    assert f"mode={mode} " in text
    assert "typed=[a cat]" in text
    assert "owes=False" in text
    assert "left='\\n'" in text
    assert took < 2.2


def test_sixel_is_drawn_where_nobody_knows_the_size_of_a_cell(terminal_environ):
    text, _ = asked(terminal_environ, replace(XTERM, cell=None, sixel=True))
    assert "mode=sixel" in text


def test_kitty_gets_no_test_picture(terminal_environ):
    with FakeTerminal([sys.executable, "-c", ASK], terminal_environ, Manners()) as terminal:
        terminal.wait(lambda virtual: "took=" in "".join(virtual.screen.display))
        assert b"1337;File" not in terminal.raw and b"\x1b[?1049h" not in terminal.raw


@pytest.mark.parametrize("mode", ["iterm2", "sixel"])
def test_a_protocol_that_the_user_chose_needs_no_test_picture(terminal_environ, mode):
    with FakeTerminal([sys.executable, "-c", ASK], terminal_environ | {"SEEDTUI_IMAGES": mode}, XTERM) as terminal:
        terminal.wait(lambda virtual: "took=" in "".join(virtual.screen.display))
        assert f"mode={mode} cell={CELL[0]}x{CELL[1]}" in terminal.text
        assert b"1337;File" not in terminal.raw and b"\x1b[16t" in terminal.raw
