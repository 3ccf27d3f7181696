"""The clipboard of the terminal's own machine, by way of tmux."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping


def copied_by_tmux(text: str, environ: Mapping[str, str]) -> bool:
    """Whether the tmux around this process has put `text` into the terminal's clipboard, and its own buffer.

    tmux drops the sequence that programs write for it (OSC 52), unless ``set-clipboard`` is ``on``; what is loaded
    with ``-w`` (tmux 3.2) it passes on by itself. False outside of tmux. Waits for tmux: for a thread.
    """
    if not environ.get("TMUX"):
        return False
    data = text.encode(errors="replace")
    try:
        done = subprocess.run(["tmux", "load-buffer", "-w", "-"], input=data, capture_output=True, timeout=2)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
