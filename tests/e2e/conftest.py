"""A real sshd, and a Debian 13 with kitty and tmux."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sshd import SSHD, Sshd, loopback_sshd
from tests.support.windows import Tree

TRIXIE = os.environ.get("SEEDTUI_TRIXIE", "")  # the tests themselves see none of the developer's variables


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
