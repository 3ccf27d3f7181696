"""A virtual screen, a browser, a real sshd, and a Debian 13 with kitty and tmux."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import browser_terminal
from tests.support.chromium import Chromium, chromium
from tests.support.sshd import SSHD, Sshd, loopback_sshd
from tests.support.windows import Tree, VirtualScreen, missing, virtual_screen

TRIXIE = os.environ.get("SEEDTUI_TRIXIE", "")  # the tests themselves see none of the developer's variables


@pytest.fixture(scope="module")
def screen() -> Iterator[VirtualScreen]:
    """An X display that nobody sees."""
    if lacking := missing("Xvfb", "xdotool"):
        pytest.skip(f"not installed: {lacking}")
    with virtual_screen() as screen:
        yield screen


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """A browser for terminals in it."""
    if lacking := browser_terminal.lacking():
        pytest.skip(f"not installed: {lacking}")
    with chromium(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture
def tree() -> Tree:
    """The Debian 13 that SEEDTUI_TRIXIE names."""
    if not TRIXIE:
        pytest.skip("SEEDTUI_TRIXIE names no Debian 13 tree")
    if os.geteuid() != 0:
        pytest.skip("only root can run what is in SEEDTUI_TRIXIE")
    return Tree(Path(TRIXIE))


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    """A server of the test's own, in which this user may log in."""
    for program in ("ssh", "ssh-keygen", SSHD):
        if shutil.which(program) is None:
            pytest.skip(f"not installed: {program}")
    with loopback_sshd(tmp_path) as server:
        yield server
