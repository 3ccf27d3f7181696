"""What somebody else wrote is seen whole, and obeyed by no terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.text.display import harmless, is_hidden, visible, visible_lines
from seedtui.terminal.renderers.diacritics import MARKS

SHOWN_FORMATS = {0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
"""Format characters that have a shape of their own, such as ARABIC NUMBER SIGN."""


def test_every_control_and_format_character_is_a_mark() -> None:
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    passed = {i for i in range(0x110000) if unicodedata.category(chr(i)) in hidden and visible(chr(i)) == chr(i)}
    assert passed == SHOWN_FORMATS


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_that_is_obeyed_passes_and_positions_stay(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    assert visible(shown) == shown and not is_hidden(shown)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in shown + harmless(text))
    assert all(b == a for a, b in zip(text, shown, strict=True) if a.isprintable() and b != "�")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b]52;c;eA==\x07", "a␛]52;c;eA==␇"),
        ("a\nb\r\nc", "a⏎b␍⏎c"),
        ("a\x85b\u2028c\u2029", "a⏎b⏎c⏎"),
        ("\x9b31m\x90q\x9c", "�31m�q�"),
        ("\u202egnp.exe\u2066", "�gnp.exe�"),
        ("pay\u200bpal pay\u200dpal\ufeff \xad", "pay�pal pay�pal� �"),
        ("\udc80\ud800", "��"),
        ("\U000e0041\U0010eeee\u3164", "���"),
        ("a\ufe0f\ufe0f", "a��"),
    ],
)
def test_marks(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "क्\u200dष",
        "👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3 👍🏽",
        "葛\U000e0100城",
        "Ünïcödé 日本語\u3000",
        "[b]x[/b]",
    ],
)
def test_spelling_stays(text: str) -> None:
    assert visible(text) == text


def test_lines_of_our_own_stay() -> None:
    assert visible_lines("a\x1b\n\nb") == "a␛\n\nb"


def test_the_parts_of_kittys_pictures_pass_the_last_gate() -> None:
    cells = "".join(f"\U0010eeee{mark}" for mark in MARKS)
    assert harmless(cells) == cells
