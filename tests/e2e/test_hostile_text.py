"""Text of others in every field of the app and every command, looked at byte by byte as it comes to the terminal."""

from __future__ import annotations

import os
import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.fake_terminal import FakeTerminal
from tests.support.programs import program

pytestmark = pytest.mark.slow

APP = program("hostile_app")
EVERY_KIND = (
    "\x1b]2;TITLE\x07\x1b]52;c;UFdORUQ=\x1b\\\x1b[7777z\x1bPq#0\x1b\\\x9b7777z\x9d2;T\x9c\x07\x08\x0b\x0c\r\n\t\x7f"
    "\x85\u2028\u2029\u202e\u2066\u200e\u061c\u200b\u2060\ufeff\xad\U000e0041\U0010eeee\u0305[/b][red][@click=app.quit]"
)
PASTED = "\x1b[200~EVIL\npasted\x1b[201~"
OURS = re.compile(  # what Textual and our renderer send: CSI, save and restore, pointer shapes, and the copy below
    r"\x1b\[[?>=<]?[0-9;:]*[ -/]?[@-y]|\x1b[78=>]|\x1b\]22;[a-z]*\x07|\x1b\]52;c;[A-Za-z0-9+/=]*\x07"
)

KEPT_OUT = ("Cc", "Cf", "Cs", "Zl", "Zp")


def left_over(raw: bytes) -> str:
    """What is in `raw` besides text that is shown as it is and sequences of our own."""
    text = OURS.sub("", raw.decode("utf-8", "surrogateescape"))
    return "".join(c for c in text if (c not in "\r\n" and unicodedata.category(c) in KEPT_OUT) or c == "\U0010eeee")


ROUND = "· seed 0"
TOUR = (
    ("\r", "makes"), ("\x0f", "save the lines as"), ("\t", ""), (PASTED, "pasted"), ("\r", "suffix set name “"),
    ("\x1b", "makes"), ("\x12", ROUND), ("c", "compare   "), ("\x1b", ROUND), ("v", "exact"), ("t", ""), ("\x1b", ""),
    ("o", "recipe · "), *((PASTED + "\t", "") for _ in range(11)), ("\x1b", ROUND),
    ("m", "model ─"), (PASTED, "pasted"), ("\r", ""), ("\x1b", ROUND),
    ("f", "find"), (PASTED, "pasted"), ("\x1b", ROUND), ("T", "1 session"), ("\x1b", ROUND),
    ("y", "p  prompt"), ("p", "copied "), ("s", "saved"), ("S", "saved"), ("E", "export"),
    ("\x10", "Search"), (PASTED, ""), ("\x1b", ""), ("\x1b", ROUND), ("?", "keys"), ("\x1b", ROUND),
    ("\x1bOP", "pages"), ("/", ""), (PASTED, "not found"), ("\x1b", "pages"), ("\x1b", ROUND),
    ("p", ""), (PASTED, "pasted"), ("\t", ""), (PASTED, ""), ("\r", "nvalid seeds “"),
    ("\x01", ""), ("\x0b", ""), ("0", ""),
    ("\x1b", ""), ("p", ""), ("\x01", ""), ("\x0b", ""), ("fail\r", "t broke: "), ("\x1b", ""), ("N", "Press enter"),
)  # fmt: skip
"""Keys, and words that are on the screen then: every screen and field, something pasted into each."""


def press(terminal: FakeTerminal, keys: str, words: str, evil: str) -> str:
    """Press `keys`, wait for `words`, and until the screen is still but for a cursor that blinks; what is on it.

    Of what is pasted, a terminal takes away what would be keys.
    """
    length = len(terminal.raw)
    terminal.type(keys.replace("EVIL", "".join(c for c in evil if c >= " " and c != "\x7f")))
    terminal.wait(lambda virtual: words in "\n".join(virtual.screen.display), 30)
    began = since = time.monotonic()
    while time.monotonic() - since < 0.8 and time.monotonic() - began < 1.6:
        time.sleep(0.05)
        if len(terminal.raw) != length:
            length, since = len(terminal.raw), time.monotonic()
    return "\n".join(terminal.virtual.screen.display)


def tour(home: Path, evil: str) -> tuple[bytes, list[str]]:
    """The app from its start to its end; all bytes that it sent, and the screens between."""
    home.mkdir(exist_ok=True)
    environ = {**os.environ, "SEEDTUI_HOME": str(home), "TERM": "xterm-256color", "HOSTILE": evil}
    with FakeTerminal(APP, environ, columns=120, rows=40) as terminal:
        terminal.wait(lambda virtual: "4 images in" in "\n".join(virtual.screen.display), 60)
        screens = [press(terminal, keys, words, evil) for keys, words in TOUR]
        screens.append(press(terminal, "\x03", "the app has ended", evil))
        return terminal.raw, screens


def test_what_is_looked_for_is_found() -> None:
    assert left_over(b"a\x1b[1mb\x1b[?25l\r\n\x1b]52;c;eA==\x07") == ""
    assert left_over(EVERY_KIND.encode()).count("\x1b") == 6
    assert all(left_over(c.encode()) for c in "\x9b\x85\u2028\u202e\u200b\U0010eeee")


def test_the_app_sends_nothing_of_what_others_wrote(home: Path) -> None:
    raw, screens = tour(home, EVERY_KIND)
    assert left_over(raw) == ""
    assert "ended with code 0" in screens[-1]
    for mark in ("a cat ␛]2;TITLE␇", "t broke: ␛]2", "[/b][red][@click=app.quit]"):
        assert any(mark in screen for screen in screens)


@settings(max_examples=2, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0{}|"), min_size=1, max_size=40))
def test_any_text_is_only_seen(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    raw, screens = tour(tmp_path_factory.mktemp("home"), text)
    assert left_over(raw) == ""
    assert "ended with code 0" in screens[-1]
