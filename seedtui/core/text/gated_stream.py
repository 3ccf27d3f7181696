"""Standard output and error behind the gate: whoever prints there, no terminal obeys what somebody else wrote."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, TextIO, cast

from seedtui.core.text.display import visible_lines


class GatedStream:
    """A text stream that shows all but line feeds as `display.visible` does. `ungated` is the stream behind it."""

    def __init__(self, stream: TextIO) -> None:
        self.ungated = stream

    def write(self, text: str) -> int:
        self.ungated.write(visible_lines(text) if isinstance(text, str) else text)  # bytes are the stream's to refuse
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ungated, name)


def gate_output() -> None:
    """Put ``sys.stdout`` and ``sys.stderr`` behind the gate: prints, logging, warnings and traces of all libraries."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, GatedStream):
            setattr(sys, name, GatedStream(stream))


def ungated(stream: TextIO) -> TextIO:
    """The stream behind the gate: for pictures and colours, which are sequences of our own."""
    return cast(TextIO, getattr(stream, "ungated", stream))
