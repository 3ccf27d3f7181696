"""Filtered standard output and error: untrusted text cannot control the terminal, whichever library prints it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, TextIO, cast

from seedtui.core.text.display import visible_lines


class GatedStream:
    """A text stream that filters everything except line feeds with `display.visible`. `ungated` is the raw stream."""

    def __init__(self, stream: TextIO) -> None:
        self.ungated = stream

    def write(self, text: str) -> int:
        self.ungated.write(visible_lines(text) if isinstance(text, str) else text)  # let the stream reject bytes
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ungated, name)


class LogStream(GatedStream):
    """One for a log. What does not fit on its disk is lost: a full disk must not stop what is logged."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self.ungated.flush()


def gate_output(kind: type[GatedStream] = GatedStream) -> None:
    """Filter ``sys.stdout`` and ``sys.stderr``: prints, logging, warnings and tracebacks of all libraries."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, GatedStream):
            setattr(sys, name, kind(stream))


def ungated(stream: TextIO) -> TextIO:
    """The raw stream, for pictures and colours, which are our own escape sequences."""
    return cast(TextIO, getattr(stream, "ungated", stream))
