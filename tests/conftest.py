"""Every test has a home of its own, and torch works with one thread, as on a shared machine it is fastest so."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # read when torch is imported, here and in every worker
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
os.environ["HF_HUB_OFFLINE"] = "1"

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The quick tests run on all cores. Slow ones, of real terminals, need the machine to themselves."""
    return min(os.cpu_count() or 1, 4) if config.option.markexpr == "not slow" else 0


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`SEEDTUI_HOME`, and nothing of the developer's own settings."""
    monkeypatch.setenv("SEEDTUI_HOME", str(tmp_path / "home"))
    mine = [name for name in os.environ if name.startswith("SEEDTUI_") and name != "SEEDTUI_HOME"]
    for name in (*mine, "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TMUX", "TMUX_PANE", "STY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of tiny pipelines with random weights: ``sd``, ``sdxl`` and ``lcm``."""
    from tests.support.pipelines import tiny_lcm, tiny_sd, tiny_sdxl

    folder = tmp_path_factory.mktemp("models")
    return {
        "sd": tiny_sd(folder / "sd"),
        "sdxl": tiny_sdxl(folder / "sdxl"),
        "lcm": tiny_lcm(folder / "lcm"),
    }


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
