"""A link so slow that the terminal's answers come when the app is there already: they are no keys."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fake_terminal import FakeTerminal
from tests.support.virtual_terminal import Manners

pytestmark = pytest.mark.slow

APP = str(Path(sys.executable).with_name("seedtui"))
SLOW = Manners(delay=1.5)
"""Three seconds there and back: a second more than answers are waited for."""


@pytest.fixture(params=["alone", "in tmux"])
def terminal(request: pytest.FixtureRequest, home: Path) -> Iterator[FakeTerminal]:
    if request.param == "in tmux" and not shutil.which("tmux"):
        pytest.skip("tmux is not installed")
    home.mkdir()
    server = ["tmux", "-L", f"seedtui-test-{uuid.uuid4().hex[:8]}"]
    command = [APP] if request.param == "alone" else [*server, "-f", os.devnull, "new-session", APP]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SSH_", "COLORTERM", "TERM"))}
    with FakeTerminal(command, {**kept, "TERM": "xterm-256color"}, SLOW, 120, 40) as running:
        yield running
    subprocess.run([*server, "kill-server"], check=False, capture_output=True)


def test_late_answers_are_neither_typed_nor_pressed(terminal: FakeTerminal) -> None:
    terminal.wait(lambda virtual: any("enter to generate" in line for line in virtual.screen.display), 30)
    terminal.type("an owl")  # arrives after the answers, which were asked for before
    terminal.wait(lambda virtual: any("prompt  an owl  " in line for line in virtual.screen.display), 30)
