"""What the terminal sends is never keys by mistake, and never the end of the app."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.events import Key, Paste
from textual.message import Message

from seedtui.ui.textual_internals import keep_escapes_in_pastes, read_any_bytes


def read(*chunks: str) -> list[str]:
    """The names of keys and the texts of pastes that the app makes of these reads."""
    keep_escapes_in_pastes()
    parser = XTermParser()
    events: Iterable[Message] = [event for chunk in (*chunks, "") for event in parser.feed(chunk)]
    return [event.text if isinstance(event, Paste) else event.key for event in events if isinstance(event, Paste | Key)]


@pytest.mark.parametrize(
    "text", ["", "a\x1b[31m red", "\x1b", "\x1bq\x1bd", "\x1b[20", "\x1b[200~ again", "two\rlines"]
)
def test_a_paste_is_one_text_whatever_is_in_it_and_however_it_comes(text: str) -> None:
    sent = f"x\x1b[200~{text}\x1b[201~y"
    assert read(sent) == ["x", text, "y"]
    for place in range(7, len(sent)):
        assert read(sent[:place], sent[place:]) == ["x", text, "y"]
    assert read(sent[:7], *sent[7:]) == ["x", text, "y"]


@given(st.lists(st.text("abc\x1b[~\r", max_size=8), min_size=1, max_size=4))
def test_pastes_and_keys_between_them_come_in_order(texts: list[str]) -> None:
    assert read("".join(f"\x1b[200~{text}\x1b[201~k" for text in texts)) == [s for text in texts for s in (text, "k")]


def test_bytes_that_are_not_utf_8_are_shown_and_do_not_end_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linux_driver, "getincrementaldecoder", getincrementaldecoder)
    read_any_bytes()
    decode = vars(linux_driver)["getincrementaldecoder"]("utf-8")().decode
    assert decode(b"caf\xe9 \xe5\xb1") + decode(b"\xb1") == "caf\ufffd \u5c71"
