"""Imported by every Python that has this folder in PYTHONPATH: a worker that goes wrong on a signal, for real.

Python runs a signal's handler in the main thread between two of its instructions, so in the middle of a step.
"""

import ctypes
import os
import signal


def hang(*_):
    """Sleep in C without letting any other thread of Python run, as a broken driver does."""
    ctypes.PyDLL(None).sleep(600)


def crash(*_):
    """Read what is at address zero."""
    ctypes.string_at(0)


def fail(*_):
    """As torch does after a kernel has gone wrong."""
    raise RuntimeError("CUDA error: an illegal memory access was encountered\nCompile with `TORCH_USE_CUDA_DSA`.")


def babble(*_):
    """Print what no reader of the screen or of a log expects."""
    for number in (1, 2):
        os.write(number, b"\x1b[2J\x1b]0;nonsense\x07\xff\xfe\x00\x80" + os.urandom(4000) + b"\nAbort, retry?\n")


if os.environ.get("SEEDTUI_TROUBLE"):
    signal.signal(signal.SIGUSR1, hang)
    signal.signal(signal.SIGUSR2, crash)
    signal.signal(signal.SIGALRM, fail)
    signal.signal(signal.SIGURG, babble)
