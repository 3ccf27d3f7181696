"""The controlling terminal: questions put to it in one write, and all that comes back."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from seedtui.terminal.probe.answers import parse

PATH = "/dev/tty"


@contextmanager
def opened(path: str = PATH) -> Iterator[int | None]:
    """The terminal's file descriptor; None where there is none, or where it is another job's now."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
    except OSError:
        yield None
        return
    try:
        yield fd if _in_foreground(fd) else None
    finally:
        os.close(fd)


def ask(fd: int, questions: str, enough: Callable[[bytes], bool], seconds: float) -> bytes:
    """Writes `questions` and reads until `enough` of it has come, `seconds` at most.

    Nothing is echoed meanwhile, and Ctrl+C works. What the user types is among the bytes, which are those
    that came so far if the terminal goes away.
    """
    got = b""
    deadline = time.monotonic() + seconds
    with suppress(OSError, termios.error), _unechoed(fd):  # the terminal may go away at any moment
        os.write(fd, questions.encode("ascii"))
        while not enough(got):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([fd], [], [], left)[0]:
                break
            if not (more := os.read(fd, 4096)):
                break
            got += more
    return got


def cell_size(fd: int) -> tuple[int, int] | None:
    """Width and height of a cell in pixels as the kernel knows it, which holds in tmux and over SSH too."""
    try:
        packed = fcntl.ioctl(fd, termios.TIOCGWINSZ, bytes(8))
    except OSError:
        return None
    rows, columns, width, height = struct.unpack("HHHH", packed)
    return (width // columns, height // rows) if width >= columns > 0 and height >= rows > 0 else None


def write_through(text: str, question: str) -> None:
    """Writes `text` to the terminal, if there is one, and waits until it has read it.

    It has when it answers `question`, which comes after. tmux drops what comes while it draws its screen anew, as it
    does when a program leaves its own: where no answer comes, all is written again, so `text` must do no harm twice.
    What the user types meanwhile is lost.
    """
    with opened() as fd:
        if fd is None or _answered(fd, text + question):
            return
        for _ in range(_MORE_TRIES):
            if _answered(fd, text + question):
                break
        ask(fd, "", lambda _: False, _PATIENCE)  # answers that were only late are not for the shell


_MORE_TRIES, _PATIENCE = 3, 0.4
"""How often something is written again, and seconds to wait for an answer each time."""


def _answered(fd: int, text: str) -> bool:
    return parse(ask(fd, text, lambda got: parse(got).done, _PATIENCE)).done


def _in_foreground(fd: int) -> bool:
    """Whether this job may use the terminal: a background job that tries is stopped by the kernel."""
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        return False


@contextmanager
def _unechoed(fd: int) -> Iterator[None]:
    before = termios.tcgetattr(fd)
    during = termios.tcgetattr(fd)
    during[3] &= ~(termios.ECHO | termios.ICANON)
    during[6][termios.VMIN], during[6][termios.VTIME] = 1, 0
    termios.tcsetattr(fd, termios.TCSANOW, during)
    try:
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSANOW, before)
