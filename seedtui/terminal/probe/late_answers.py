"""Answers of a terminal that come so late that the app runs already, and takes them for keys.

A link may stand still for longer than answers are waited for. Textual spells what it does not know as the keys that
it is written with, ESC as ``^`` or not at all; one of them would start a round, others fill the prompt.
"""

from __future__ import annotations

import re
from typing import Generic, TypeVar

from seedtui.terminal.probe.answers import ANSWER

Key = TypeVar("Key")

_BEGUN = re.compile(
    r"\^(P(>(\|[^^]{0,200}\^?)?)?)?"
    r"|\^(_(G[^^]{0,200}\^?)?)?"
    r"|\^?\[(6(;[0-9;]{0,20})?|\?[0-9;]{0,100}|[03])?"
)


class LateAnswers(Generic[Key]):
    """Tells the keys of late answers from those that the user presses. One key at a time goes in."""

    def __init__(self) -> None:
        self._held: list[Key] = []
        self._text = ""
        self.over = False
        """The last answer has come: there is nothing more to wait for."""

    def take(self, key: Key, character: str | None) -> list[Key]:
        """The keys of the user that are known as such by now, in order; `character` is what `key` types."""
        text = self._text + character if character else ""
        if answer := ANSWER.fullmatch(_as_sent(text)):
            self.over = answer.lastgroup in ("status", "attributes")
            self.release()
            return []
        if text and _BEGUN.fullmatch(text):
            self._held.append(key)
            self._text = text
            return []
        users = self.release()
        if users:  # `key` itself may begin an answer
            return [*users, *self.take(key, character)]
        return [key]

    def release(self) -> list[Key]:
        """What has been held back, the user's after all where no key has come for a while: an answer comes in one
        piece."""
        held, self._held, self._text = self._held, [], ""
        return held


def _as_sent(text: str) -> bytes:
    """What the terminal sent, where Textual made `text` of it."""
    sent = text.replace("^", "\x1b")
    return (f"\x1b{sent}" if sent.startswith("[") else sent).encode(errors="replace")
