"""Filters out answers of the terminal that arrive so late that the app is already running and takes them for keys.

A connection may stall for longer than the app waits for answers. Textual turns unknown input into one key per
character, ESC into ``^``, itself or nothing: one of those keys would start a round, others would fill the prompt.
"""

from __future__ import annotations

import re
from typing import Generic, TypeVar

from seedtui.terminal.probe.answers import ANSWER

Key = TypeVar("Key")

_BEGUN = re.compile(
    r"\^(P(>(\|[^^]{0,200}\^?)?)?)?"
    r"|\^(\](5(5(2(2(;[^^]{0,60}\^?)?)?)?)?)?)?"
    r"|\^(_(G[^^]{0,200}\^?)?)?"
    r"|\^?\[([468](;[0-9;]{0,20})?|\?[0-9;]{0,100}|[03])?"
)


class LateAnswers(Generic[Key]):
    """Separates keys of late answers from those that the user presses, one key at a time."""

    def __init__(self) -> None:
        self._held: list[Key] = []
        self._text = ""
        self.over = False
        """The last answer has arrived: there is nothing more to wait for."""
        self.answer = b""
        """The answer that the last key ended, as the terminal sent it; empty if it ended none."""
        self.clipboard = ""
        """What the terminal answered to an image for its clipboard: ``DONE``, or an error."""

    def take(self, key: Key, character: str | None) -> list[Key]:
        """The keys now known to be the user's, in order. `character` is the character that `key` types."""
        text = self._text + character.replace("\x1b", "^") if character else ""
        if answer := ANSWER.fullmatch(_as_sent(text)):
            self.over = answer.lastgroup in ("status", "attributes", "clipboard")
            self.clipboard = (answer["clipboard"] or b"").decode()
            self.answer = answer[0]
            self.release()
            return []
        self.answer = b""
        if text and _BEGUN.fullmatch(text):
            self._held.append(key)
            self._text = text
            return []
        users = self.release()
        if users:  # `key` itself may begin an answer
            return [*users, *self.take(key, character)]
        return [key]

    def release(self) -> list[Key]:
        """The keys held back, which are the user's if no key follows for a while: answers arrive in one piece."""
        held, self._held, self._text = self._held, [], ""
        return held


def _as_sent(text: str) -> bytes:
    """The bytes from the terminal that Textual turned into `text`."""
    sent = text.replace("^", "\x1b")
    return (f"\x1b{sent}" if sent.startswith("[") else sent).encode(errors="replace")
