"""Ends the app in good order when a signal asks it to end."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import termios
import threading
from collections.abc import Callable


def leave_on_signals(leave: Callable[[int], object]) -> None:
    """Have the running event loop call `leave` with the signal's number on SIGTERM and SIGHUP.

    Between two messages, that is, and not in the middle of one. Signals that are ignored, as under nohup, stay so.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, _leave, leave, number)


_GRACE = 10.0
"""Seconds to finish writing to the disk."""


def _leave(leave: Callable[[int], object], number: int) -> None:
    leave(number)
    if _terminal_is_gone():  # then Textual would wait forever to write its last words there
        end = threading.Timer(_GRACE, os._exit, (128 + number,))
        end.daemon = True
        end.start()


def _terminal_is_gone() -> bool:
    """Whether there was a terminal, and its other end was closed: tmux was killed, or the line is cut."""
    try:
        termios.tcgetattr(2)
    except (OSError, termios.error) as error:
        return bool(error.args[0] == errno.EIO)
    return False
