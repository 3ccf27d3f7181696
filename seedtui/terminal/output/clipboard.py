"""Copies text to the terminal's clipboard through tmux."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping


def copied_by_tmux(text: str, environ: Mapping[str, str]) -> bool:
    """Let tmux put `text` into its own buffer and the terminal's clipboard. False if that fails, or outside tmux.

    tmux drops the escape sequence for this (OSC 52) unless ``set-clipboard`` is ``on``, but passes on what is loaded
    with ``-w`` (tmux 3.2). Blocks until tmux is done, so call it in a thread.
    """
    if not environ.get("TMUX"):
        return False
    data = text.encode(errors="replace")
    try:
        done = subprocess.run(["tmux", "load-buffer", "-w", "-"], input=data, capture_output=True, timeout=2)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
