"""SIGTERM and SIGHUP as exceptions, so that whatever has to be put in order at the end is."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(KeyboardInterrupt):
    """A signal has told the program to stop, as Ctrl+C does; `code` is the exit code for it."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = 128 + number


@contextmanager
def raising_on_termination(error: Callable[[int], BaseException], *, once: bool = False) -> Iterator[None]:
    """A context in which SIGTERM and SIGHUP raise `error`, made from the signal's number.

    With `once`, another one after the first ends the program at once. Signals that are ignored, as under nohup, or
    handled otherwise stay so; and only the main thread can handle any.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) == signal.SIG_DFL]

    def restore() -> None:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)

    def leave(number: int, frame: FrameType | None) -> None:
        if once:
            restore()
        raise error(number)

    for number in ours:
        signal.signal(number, leave)
    try:
        yield
    finally:
        restore()
