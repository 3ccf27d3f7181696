"""What a terminal is asked, in which order, and what its answers mean."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from seedtui.terminal.probe.interview import Interview
from seedtui.terminal.probe.tmux import Place
from seedtui.terminal.probe.witness import ROWS, drawn, witnesses
from tests.support.virtual_terminal import CELL, Manners, VirtualTerminal

KITTY = Manners()
XTERM = Manners("XTerm(398)", graphics="", attributes="?62;4c", sixel=True)
SIZE = 100, 30


def unwrapped(sequence: str) -> str:
    """What tmux passes on to the terminal."""
    return re.sub(r"\x1bPtmux;((?:[^\x1b]|\x1b\x1b)*)\x1b\\", lambda m: m[1].replace("\x1b\x1b", "\x1b"), sequence)


def held(interview: Interview, manners: Manners) -> list[str]:
    """Holds `interview` with such a terminal; the questions, round by round."""
    rounds: list[str] = []
    said: list[str] = []
    terminal = VirtualTerminal(*SIZE, manners, said.append)
    while questions := interview.questions():
        rounds.append(questions)
        terminal.feed(unwrapped(questions))
        interview.hear("".join(said).encode())
        said.clear()
    return rounds


@pytest.mark.parametrize("place", [None, Place(3, 2)])
def test_where_placeholders_are_known_nothing_is_drawn(place: Place | None) -> None:
    interview = Interview(SIZE, place)
    assert len(held(interview, KITTY)) == 1
    assert interview.answers().graphics and not interview.answers().drew


@pytest.mark.parametrize("below", [True, False])
@pytest.mark.parametrize("place", [None, Place(0, 0), Place(60, 17)])
@pytest.mark.parametrize(("iterm2", "sixel"), [(True, True), (True, False), (False, True), (False, False)])
def test_what_is_drawn_is_known_by_the_cursor(place: Place | None, iterm2: bool, sixel: bool, below: bool) -> None:
    interview = Interview((40, 13), place)
    assert len(held(interview, replace(XTERM, iterm2=iterm2, sixel=sixel, below=below))) == 2
    said = interview.answers()
    assert (said.iterm2, said.sixel, said.claims_sixel) == (iterm2, sixel, True if place is None else None)
    assert interview.is_answered and said.done


def test_in_tmux_each_question_goes_through_by_itself_and_none_to_tmux() -> None:
    for questions in held(Interview(SIZE, Place(0, 1)), XTERM):
        assert re.fullmatch(r"(\x1bPtmux;(?:[^\x1b]|\x1b\x1b)*\x1b\\)+", questions)
        assert "1049" not in questions


def test_where_pixels_stay_behind_the_text_the_screen_is_cleared() -> None:
    konsole = replace(XTERM, version="Konsole 22.12.3")
    assert "[2J" in held(Interview(SIZE, Place(0, 1)), konsole)[1]
    assert "[2J" not in held(Interview(SIZE, Place(0, 1)), XTERM)[1]


def test_a_picture_its_place_and_the_question_are_one_passthrough() -> None:
    first, second = re.findall(r"\x1bPtmux;((?:[^\x1b]|\x1b\x1b)*)\x1b\\", witnesses((8, 16), Place(10, 5)))
    assert re.fullmatch(r"\x1b\x1b7\x1b\x1b\[m\x1b\x1b\[7;12H\x1b\x1b\]1337;.*\x07\x1b\x1b\[6n\x1b\x1b8", first)
    assert re.fullmatch(r"\x1b\x1b7\x1b\x1b\[m\x1b\x1b\[13;12H\x1b\x1bP.*\x1b\x1b\\\x1b\x1b\[6n\x1b\x1b8", second)


def test_outside_of_tmux_the_users_screen_is_not_drawn_on() -> None:
    shown = witnesses((8, 16))
    assert shown.startswith("\x1b[?1049h") and shown.endswith("\x1b[2J\x1b[?1049l")


@pytest.mark.parametrize("cell", [(8, 16), (8, 17), (7.5, 16.8), (10, 20), (5, 11)])
def test_the_sixel_picture_has_the_pixels_of_its_cells(cell: tuple[float, float]) -> None:
    width, height, data = re.search(r'"1;1;(\d+);(\d+)#1;2;0;0;0([^\x1b]*)', witnesses(cell)).groups()
    assert (int(width), int(height)) == (int(4 * cell[0]), int(3 * cell[1]))
    bands = data.split("-")
    assert len(bands) == -(-int(height) // 6)
    assert 6 * (len(bands) - 1) + (ord(bands[-1][-1]) - 63).bit_length() == int(height)


def test_a_window_too_small_gets_no_pictures() -> None:
    assert len(held(Interview((100, ROWS - 1)), XTERM)) == 1
    assert len(held(Interview((0, 0)), XTERM)) == 1


def test_who_does_not_answer_is_not_asked_again() -> None:
    interview = Interview(SIZE)
    assert interview.questions()
    interview.hear(b"\x1b[6;16;8t")
    assert not interview.questions() and not interview.is_answered
    assert interview.answers().cell == (8, 16)


def test_who_says_nothing_of_the_cursor_may_have_drawn() -> None:
    interview = Interview(SIZE)
    interview.questions()
    interview.hear(b"\x1b[?62;4c")
    assert interview.questions()
    interview.hear(b"\x1b[?62;4c")
    assert (interview.answers().iterm2, interview.answers().sixel) == (None, None)


def test_what_the_cursor_was_asked_before_does_not_count() -> None:
    interview = Interview(SIZE)
    interview.questions()
    interview.hear(b"\x1b[5;1R\x1b[?62;4c")
    interview.questions()
    interview.hear(b"\x1b[2;2R\x1b[8;2R\x1b[?62;4c")
    assert (interview.answers().iterm2, interview.answers().sixel) == (False, False)


def test_reports_from_elsewhere_are_of_no_picture() -> None:
    assert drawn(((1, 5),)) == (None, None)
    assert drawn(((4, 6), (10, 1))) == drawn(((10, 1), (4, 6))) == (True, True)
    assert drawn(((14, 6), (20, 1)), top=10) == (True, True)


def test_the_cell_that_the_terminal_tells_counts_more_than_the_kernels() -> None:
    for manners, cell in ((replace(XTERM, cell=None), (9, 21)), (XTERM, CELL)):
        questions = held(Interview(SIZE, cell=(9, 21)), manners)[1]
        assert f'"1;1;{4 * cell[0]};{3 * cell[1]}' in questions
