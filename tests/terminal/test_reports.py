"""Titles, progress and notes: the right bytes for each terminal, none that would do harm, nothing hostile in them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.terminal.output.reports import note, progress, short, title
from seedtui.terminal.probe.modes import Terminal
from seedtui.terminal.probe.reports import Reports, reports_of

TERM = {"TERM": "xterm-256color"}


def asked(name, version, *, tmux=False, passes=True, **environ):
    return reports_of(Terminal("quad", name=name, version=version, tmux=tmux, passes=passes), TERM | environ)


@pytest.mark.parametrize(
    ("name", "version", "shown"),
    [("ghostty", "1.2.0", True), ("ghostty", "1.1.3", False), ("iTerm2", "3.6.6", True), ("iTerm2", "3.5.11", False),
     ("WezTerm", "20240203-110809-5046fc22", False), ("WezTerm", "20250601-000000-1", True), ("kitty", "0.41.1", False),
     ("kitty", "0.43.1", True), ("VTE", "8000", True), ("XTerm", "379", False), ("foot", "1.19.0", False),
     ("", "", False), ("Konsole", "25.12.3", False), ("Konsole", "26.04.0", True)],
)  # fmt: skip
def test_progress_goes_only_to_terminals_that_surely_show_it(name, version, shown):
    assert asked(name, version).progress is shown


def test_windows_terminal_is_known_by_its_variable_where_that_can_be_trusted():
    assert asked("", "", WT_SESSION="1").progress
    assert not asked("", "", tmux=True, WT_SESSION="1").progress
    assert not asked("XTerm", "379", WT_SESSION="1").progress


def test_tmux_passes_on_only_what_it_may():
    assert asked("ghostty", "1.2.0", tmux=True, passes=False) == Reports(title=True)
    assert asked("ghostty", "1.2.0", tmux=True) == Reports(True, True, "osc9", True)


@pytest.mark.parametrize("term", ["linux", "dumb", ""])
def test_a_console_without_titles_gets_none(term):
    assert not reports_of(Terminal("quad"), {"TERM": term}).title


def test_the_bytes():
    alone, wrapped = Reports(True, True, "osc9"), Reports(True, True, "osc9", tmux=True)
    assert title("seedtui 32/50 · labrador") == "\x1b]2;seedtui 32/50 · labrador\x1b\\"
    assert progress(64, reports=alone) == "\x1b]9;4;1;64\x07"
    assert progress(64, reports=wrapped) == "\x1bPtmux;\x1b\x1b]9;4;1;64\x07\x1b\\"
    assert progress(None, reports=alone) == "\x1b]9;4;0;0\x07"
    assert progress(None, True, reports=alone) == "\x1b]9;4;2;100\x07"
    assert progress(64, reports=Reports(True)) == ""
    assert note("seedtui", "4 images", alone) == "\x1b]9;seedtui: 4 images\x07"
    assert note("seedtui", "4 images", wrapped) == "\x1bPtmux;\x1b\x1b]9;seedtui: 4 images\x07\x1b\\"
    assert note("seedtui", "a; b", Reports(note="osc777")) == "\x1b]777;notify;seedtui;a, b\x1b\\"
    kitty = note("seedtui", "4 images", Reports(note="osc99"))
    assert kitty == "\x1b]99;i=seedtui:d=0;seedtui\x1b\\\x1b]99;i=seedtui:p=body;4 images\x1b\\"
    assert note("seedtui", "4 images", Reports()) == "\x07"


@given(st.text(st.characters(), max_size=300), st.sampled_from(["bell", "osc9", "osc777", "osc99"]))
def test_no_words_end_a_sequence_or_begin_one(words, kind):
    for sequence in (title(words), note("seedtui", words, Reports(note=kind))):
        inside = re.sub(r"\x1b\][\d;]+|\x1b\\|\x07", "", sequence)
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", inside)
        sequence.encode()
    assert len(short(words)) <= 49


def test_a_prompt_is_cut_between_words():
    assert short("a labrador in the style of Vermeer, by the window of an old house") == (
        "a labrador in the style of Vermeer, by the…"
    )
