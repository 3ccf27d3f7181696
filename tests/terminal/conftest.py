"""Keeps the developer's own terminal out of the tests."""

from __future__ import annotations

import os

import pytest

from tests.support.programs import CHECKOUT


@pytest.fixture
def terminal_environ() -> dict[str, str]:
    """The environment of a program in a fresh terminal: no tmux, no SSH, nothing set by the user."""
    foreign = ("TMUX", "SSH_", "COLORTERM", "NO_COLOR", "SEEDTUI_", "TEXTUAL", "STY", "TERM")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "TERM": "xterm-256color", "PYTHONPATH": str(CHECKOUT)}
