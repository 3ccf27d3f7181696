"""The controlling terminal: sends queries to it in one write, and reads whatever comes back."""

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
    """The terminal's file descriptor; None if there is no terminal, or another job is in the foreground."""
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
    """Write `questions` and read until `enough` is true for the bytes read so far, or for at most `seconds`.

    Echo is off meanwhile, and Ctrl+C works. The result also has what the user types. If the terminal goes away, the
    bytes read so far are returned.
    """
    got = b""
    deadline = time.monotonic() + seconds
    with suppress(OSError, termios.error), unechoed(fd):  # the terminal may go away at any moment
        os.write(fd, questions.encode("ascii"))
        while not enough(got):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([fd], [], [], left)[0]:
                break
            if not (more := os.read(fd, 4096)):
                break
            got += more
    return got


@contextmanager
def unechoed(fd: int) -> Iterator[None]:
    """A context in which what arrives is not shown, and is read at once; such contexts may be nested."""
    before = termios.tcgetattr(fd)
    during = termios.tcgetattr(fd)
    during[3] &= ~(termios.ECHO | termios.ICANON)
    during[6][termios.VMIN], during[6][termios.VTIME] = 1, 0
    termios.tcsetattr(fd, termios.TCSANOW, during)
    try:
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSANOW, before)


@contextmanager
def settings_kept() -> Iterator[None]:
    """A context at whose end the terminal's settings are as before."""
    with opened() as fd:
        try:
            before = termios.tcgetattr(fd) if fd is not None else None
        except termios.error:
            before = None
        try:
            yield
        finally:
            if fd is not None and before is not None:
                with suppress(OSError, termios.error):  # the terminal may have gone away
                    termios.tcsetattr(fd, termios.TCSANOW, before)


def stop_echo() -> None:
    """Do not show what arrives while no program reads: answers that come just as the app ends."""
    with opened() as fd, suppress(OSError, termios.error):
        if fd is not None:
            settings = termios.tcgetattr(fd)
            settings[3] &= ~termios.ECHO
            termios.tcsetattr(fd, termios.TCSANOW, settings)


def size(fd: int) -> tuple[int, int]:
    """Columns and rows according to the kernel; zeros if it does not know."""
    rows, columns, _, _ = _window_size(fd)
    return columns, rows


def cell_size(fd: int) -> tuple[int, int] | None:
    """Width and height of a cell in pixels according to the kernel, which also works in tmux and over SSH.

    Rounded down, since some terminals add their margins to the size of the window.
    """
    rows, columns, width, height = _window_size(fd)
    return (width // columns, height // rows) if width >= columns > 0 and height >= rows > 0 else None


def _window_size(fd: int) -> tuple[int, ...]:
    try:
        return struct.unpack("HHHH", fcntl.ioctl(fd, termios.TIOCGWINSZ, bytes(8)))
    except OSError:
        return 0, 0, 0, 0


def kernel_cell() -> tuple[float, float] | None:
    """Width and height of a cell of the controlling terminal, as `cell_size`; None without one."""
    with opened() as fd:
        return cell_size(fd) if fd is not None else None


def write(text: str) -> None:
    """Write `text` to the terminal, if there is one."""
    with opened() as fd, suppress(OSError):  # the terminal may go away at any moment
        if fd is not None:
            os.write(fd, text.encode())


def write_through(text: str, question: str) -> None:
    """Write `text` to the terminal, if there is one, and wait until it has been read.

    It has been read when the terminal answers `question`, which is written after it. tmux drops output while it redraws
    its screen, as it does when a program leaves the alternate screen. So without an answer everything is written again,
    and `text` must be harmless if written twice. What the user types meanwhile is lost.
    """
    with opened() as fd:
        if fd is None or _answered(fd, text + question):
            return
        for _ in range(_MORE_TRIES):
            if _answered(fd, text + question):
                break
        ask(fd, "", lambda _: False, _PATIENCE)  # read late answers, or the shell would get them


_MORE_TRIES, _PATIENCE = 3, 0.4
"""Number of further attempts, and seconds to wait for an answer each time."""


def _answered(fd: int, text: str) -> bool:
    return parse(ask(fd, text, lambda got: parse(got).done, _PATIENCE)).done


def _in_foreground(fd: int) -> bool:
    """Whether this job may use the terminal: the kernel stops a background job that tries."""
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        return False
