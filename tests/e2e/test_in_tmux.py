"""The real app with the starter model in a real tmux, driven by keys, as a new user would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seedtui.library.library import Library

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]


LONG = "50"
"""Steps of a round that there is time to cancel and to kill."""


class Tmux:
    """One pane with the app in it."""

    def __init__(self, home: Path, columns: int, rows: int, *words: str) -> None:
        self._socket = f"seedtui-{uuid.uuid4().hex[:8]}"
        self.home = home
        program = [str(Path(sys.executable).with_name("seedtui")), *words, "--steps", LONG]
        env = [f"SEEDTUI_HOME={home}", "OMP_WAIT_POLICY=PASSIVE", f"OMP_NUM_THREADS={os.environ['OMP_NUM_THREADS']}"]
        size = ["-x", str(columns), "-y", str(rows)]
        self._run("-f", "/dev/null", "new-session", "-d", *size, "--", "env", *env, *program)
        self._run("set", "-g", "remain-on-exit", "on")
        self.app = int(self._run("display-message", "-p", "#{pane_pid}"))

    def press(self, *keys: str) -> None:
        self._run("send-keys", *keys)

    def text(self) -> str:
        return self._run("capture-pane", "-p")

    def until(self, true: Callable[[], object] | str, seconds: float = 120) -> None:
        """Wait for words on the screen, or for anything else; fails with the screen."""
        end = time.monotonic() + seconds
        while not (true in self.text() if isinstance(true, str) else true()):
            assert time.monotonic() < end, f"never: {true}\n{self.text()}"
            time.sleep(0.1)

    def rounds(self) -> list[tuple[str, list[str]]]:
        """Each round of the session in its order: how it ended, and the hashes of its images."""
        with Library(self.home / "data", self.home / "pictures") as library:
            sessions = library.sessions()
            if not sessions:
                return []
            session = library.load_session(sessions[0].id)
        hashes = {key: image.sha256 for key, image in session.images.items()}
        return [
            (session.status[r.id], [hashes[r.id, i] for i in range(len(r.shots)) if (r.id, i) in hashes])
            for r in session.lineage.rounds
        ]

    def ended(self, *wanted: str) -> None:
        """Wait until the rounds have ended in these ways."""
        self.until(lambda: [status for status, _ in self.rounds()] == list(wanted))

    def worker(self) -> int:
        """The process id of the app's worker."""
        found = subprocess.run(["pgrep", "-f", "seedtui.engine.worker"], capture_output=True, text=True).stdout.split()
        mine = [int(pid) for pid in found if f"SEEDTUI_HOME={self.home}" in environment(pid)]
        assert len(mine) == 1
        return mine[0]

    def close(self) -> None:
        self._run("kill-server")

    def _run(self, *words: str) -> str:
        command = ["tmux", "-L", self._socket, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def environment(pid: str) -> list[str]:
    try:
        return Path(f"/proc/{pid}/environ").read_text().split("\0")
    except OSError:
        return []


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Tmux]]:
    running: list[Tmux] = []

    def start(columns: int, rows: int, *words: str) -> Tmux:
        running.append(Tmux(tmp_path, columns, rows, *words))
        return running[-1]

    yield start
    for tmux in running:
        tmux.close()


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_whole_workflow(start: Callable[..., Tmux], size: tuple[int, int]) -> None:
    tmux = start(*size)
    tmux.until("prompt")
    tmux.press("a red apple")  # while the model loads: the example is only offered, and typing replaces it
    tmux.until(lambda: re.search(r"prompt +a red apple ", tmux.text()))
    tmux.press("Enter")
    tmux.ended("done")
    tmux.until("4 images in")

    tmux.press("Right", "Down", "Enter")
    tmux.until("refine seed 3")
    tmux.press("C-r")
    tmux.ended("done", "done")
    tmux.until("trending")

    tmux.press("Right", "r")
    tmux.ended("done", "done", "done")

    tmux.press("g", "g")
    tmux.until("denoising")
    tmux.press("x")
    tmux.ended("done", "done", "done", "cancelled")
    tmux.press("g")  # runs the cancelled round again
    tmux.ended("done", "done", "done", "done")

    rounds = tmux.rounds()
    assert rounds[0] == rounds[3]  # the same prompt and seeds: the same pixels
    assert len({h for _, hashes in rounds[:3] for h in hashes}) == 11  # one suffix is in the refined prompt already
    tmux.press("q")
    tmux.until(lambda: not _runs(tmux.app))
    assert "Traceback" not in tmux.text()


def test_a_killed_worker_is_told_and_the_round_runs_again_to_the_same_pixels(start: Callable[..., Tmux]) -> None:
    tmux = start(120, 40, "a red apple")
    tmux.ended("done")
    tmux.press("g", "g")
    tmux.until("denoising")
    os.kill(tmux.worker(), 9)
    tmux.until("killed")
    tmux.press("p", "still typing")
    tmux.until("still typing")
    tmux.press("C-r")
    tmux.ended("done", "done")
    first, second = tmux.rounds()
    assert first == second


def test_a_killed_app_is_resumed_and_its_round_runs_again_to_the_same_pixels(start: Callable[..., Tmux]) -> None:
    tmux = start(120, 40, "a red apple")
    tmux.ended("done")
    tmux.press("g", "g")
    tmux.until("denoising")
    os.kill(tmux.app, 9)
    tmux.ended("done", "unfinished")  # once the last of its threads is gone, and with it its lock
    again = start(120, 40, "--resume")
    again.until("unfinished")
    again.until("fp32")
    again.press("C-r")
    again.ended("done", "done")
    first, second = again.rounds()
    assert first == second


def test_the_screen_is_whole_after_a_hang_up(start: Callable[..., Tmux]) -> None:
    tmux = start(120, 40)
    tmux.until("fp32")
    worker = tmux.worker()
    os.kill(tmux.app, 15)
    tmux.until(lambda: not _runs(tmux.app))  # not until tmux says so: at times it misses its child's end
    tmux.until(lambda: not _runs(worker))
    assert "Traceback" not in tmux.text()


def _runs(process: int) -> bool:
    """Whether it is there and not only waits for its parent to hear of its end: tmux, or one that never asks."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
