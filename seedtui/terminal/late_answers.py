"""Answers of a terminal that come so late that the app runs already, and takes them for keys.

A link may stand still for longer than answers are waited for. Textual spells what it does not know as the keys that
it is written with, ESC as ``^`` or not at all; one of them would start a round, others fill the prompt.
"""

from __future__ import annotations

import re
from typing import Generic, TypeVar

Key = TypeVar("Key")

_ANSWER = re.compile(
    r"\^P>\|[^^]*\^\\"  # XTVERSION
    r"|\^_G[^^]*\^\\"  # kitty graphics
    r"|\^?\[6;[0-9;]*t"  # the size of a cell
    r"|(?P<last>\^?\[\?[0-9;]*c|\^?\[[03]n)"  # DA1, DSR
)
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
        if text and (answer := _ANSWER.fullmatch(text)):
            self.over = answer["last"] is not None
            self._let_go()
            return []
        if text and _BEGUN.fullmatch(text):
            self._held.append(key)
            self._text = text
            return []
        users = self._let_go()
        if users:  # `key` itself may begin an answer
            return [*users, *self.take(key, character)]
        return [key]

    def wait_no_more(self) -> list[Key]:
        """No key has come for a while: the user's, what has been held back, for an answer comes in one piece."""
        return self._let_go()

    def _let_go(self) -> list[Key]:
        held, self._held, self._text = self._held, [], ""
        return held
