"""``seedtui worker``, and commands that leave a worker behind and join it."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from seedtui.engine.wire.socket_path import socket_folder
from seedtui.library.paths import runtime_dir


def test_where_no_worker_is_kept_the_answer_is_no(bare):
    for action in ("status", "stop"):
        result = bare("worker", action)
        assert (result.code, result.out) == (1, "no workers\n")
        assert bare("worker", action, "--json").lines == []


def test_what_a_worker_does_not_do_is_told(bare):
    result = bare("worker", "dance")
    assert result.code == 2
    assert "Use status or stop" in result.err


def test_what_dead_workers_left_is_taken_away(bare):
    left = socket_folder(runtime_dir()) / "worker-000000000000.sock"
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(left))
    assert bare("worker").code == 1
    assert not left.exists()


@pytest.mark.slow
def test_commands_join_the_worker_that_another_left(
    bare, models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SEEDTUI_KEEP_ALIVE", "5")
    words = [sys.executable, "-m", "seedtui", "generate", "a cat", "--model", str(models["sd"]), "--steps", "3"]
    try:
        hashes, pids = [], []
        for turn in ("one", "two"):
            made = subprocess.run(
                [*words, "--json", "--out", str(tmp_path / turn)], capture_output=True, text=True, timeout=120
            )
            assert made.returncode == 0, made.stderr
            hashes.append([line.split('"sha256": "')[1][:64] for line in made.stdout.splitlines()])
            found = bare("worker", "status", "--json").lines
            assert [(at["model"], at["client"], at["answers"]) for at in found] == [(str(models["sd"]), None, True)]
            pids.append(found[0]["pid"])
        assert hashes[0] == hashes[1]
        assert pids[0] == pids[1]
        assert "free, ends in 5 min" in bare("worker").out
    finally:
        stopped = bare("worker", "stop", "--json")
    assert [line["stopped"] for line in stopped.lines] == [True]
    assert bare("worker").code == 1
