"""Every error that is shown to the user.

    SeedtuiError              one clear line, and what to do next
    ├── InputError            something the user typed: seeds, size, prompt, an option
    ├── FileError             a picture or folder on disk: unreadable, not ours, not writable
    ├── ModelError            the model: not found, not cached, not text-to-image, corrupt
    └── EngineError           the run: out of memory, a dead worker, no terminal

An error crosses the socket as its `Problem` and is raised again on the other side.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from seedtui.core.text.display import visible

MAX_HINT = 1000
"""Maximum length of a hint in characters. Long, because a command in it is useless when cut off."""

Kind = Literal["input", "file", "model", "engine", "notice"]
"""A notice is not a failure: it is information that needs no action."""


class Problem(msgspec.Struct, frozen=True):
    """A failure or a notice as a value.

    `message` says what happened and why, `hint` what to do next (may be empty); both are single lines. `about` is the
    name of the worker of a pool that it is about, with which `message` begins; "" if it is about none.
    """

    kind: Kind
    message: str
    hint: str = ""
    about: str = ""

    def __str__(self) -> str:
        end = "" if self.hint and self.message.endswith(("?", "!", ".")) else "."
        return f"{self.message}{end} {self.advice}".rstrip()

    @property
    def advice(self) -> str:
        """The hint as a sentence, "" for none."""
        return self.hint if self.hint.endswith("?") or not self.hint else f"{self.hint}."


class SeedtuiError(Exception):
    """Base class of all errors that are shown to the user."""

    kind: Kind = "engine"

    def __init__(self, message: str, hint: str = "") -> None:
        self.problem = Problem(self.kind, one_line(message), one_line(hint, MAX_HINT))
        super().__init__(str(self.problem))


class InputError(SeedtuiError):
    """Something the user typed cannot be used."""

    kind = "input"


class FileError(SeedtuiError):
    """A file or folder cannot be read or written."""

    kind = "file"


class ModelError(SeedtuiError):
    """The model cannot be found or loaded."""

    kind = "model"


class EngineError(SeedtuiError):
    """The round could not be run."""

    kind = "engine"


_BY_KIND: dict[Kind, type[SeedtuiError]] = {c.kind: c for c in (InputError, FileError, ModelError, EngineError)}


def from_problem(problem: Problem) -> SeedtuiError:
    """The exception that `problem` was made from."""
    return _BY_KIND.get(problem.kind, SeedtuiError)(problem.message, problem.hint)


def one_line(text: object, limit: int = 300) -> str:
    """`text` on one line of at most `limit` characters, safe for a terminal, without a final full stop."""
    line = visible(" ".join(str(text).split())).rstrip(". ")
    return line if len(line) <= limit else line[: limit - 1] + "…"


def quoted(text: str, limit: int = 60) -> str:
    """`text` in quotes, cut at `limit` characters so that the rest of the message stays readable."""
    return f"“{visible(text if len(text) <= limit else text[: limit - 1] + '…')}”"
