"""A worker is joined only if it runs the very code that a new one would run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import seedtui
from seedtui.engine.wire import fingerprint as module
from seedtui.engine.wire.fingerprint import fingerprint

PACKAGE = Path(seedtui.__file__).parent


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the code that is looked at."""
    copied = tmp_path / "seedtui"
    shutil.copytree(PACKAGE, copied, ignore=shutil.ignore_patterns("__pycache__", "weights"))
    monkeypatch.setattr(module, "_PACKAGE", copied)
    return copied


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("engine/diffusion/loading/load.py", True),
        ("engine/wire/protocol.py", True),
        ("core/rounds/seeds.py", True),
        ("models/resolve.py", True),
        ("library/private.py", True),
        ("ui/widgets/grid/cell.py", False),
    ],
)
def test_a_change_deep_in_the_code_of_the_worker_counts(copy: Path, name: str, counts: bool) -> None:
    before = fingerprint({})
    with (copy / name).open("a") as file:
        file.write("# changed\n")
    assert (fingerprint({}) != before) == counts


def test_all_that_a_worker_imports_is_looked_at() -> None:
    code = (
        "import sys, seedtui.engine.worker.server, seedtui.engine.diffusion.pipeline;"
        "print(*(m for m in sys.modules if m.startswith('seedtui.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    parts = {name.split(".")[1] for name in done.stdout.split()}
    assert "engine" in parts
    assert parts - set(module._CODE) <= {"starter"}  # the place of its weights, whose files have a stamp of their own
