"""Ends the app cleanly on a signal."""

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

    This happens between two messages, not in the middle of one. Ignored signals, as under nohup, stay ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, _leave, leave, number)


_GRACE = 10.0
"""Seconds allowed for writing to disk."""


def _leave(leave: Callable[[int], object], number: int) -> None:
    leave(number)
    if _terminal_is_gone():  # or Textual would wait forever to write its last output there
        end = threading.Timer(_GRACE, os._exit, (128 + number,))
        end.daemon = True
        end.start()


def _terminal_is_gone() -> bool:
    """Whether the terminal's other end is closed: tmux was killed, or the connection is cut."""
    try:
        termios.tcgetattr(2)
    except (OSError, termios.error) as error:
        return bool(error.args[0] == errno.EIO)
    return False
