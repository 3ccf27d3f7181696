"""Threads of a worker do not spin for long where the cores are shared; what a user has set is left alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from seedtui.engine.client.connection import Worker
from seedtui.engine.client.environ import ALONE, SHARED, torch_environ


def test_a_busy_machine_spins_less() -> None:
    assert torch_environ({"PATH": "/bin"}, load=0.1, cores=2) == {"PATH": "/bin", "GOMP_SPINCOUNT": str(ALONE)}
    assert torch_environ({}, load=1.0, cores=2) == {"GOMP_SPINCOUNT": str(SHARED)}
    assert torch_environ({}, load=1.0, cores=16) == {"GOMP_SPINCOUNT": str(ALONE)}


@pytest.mark.parametrize("name", ["OMP_NUM_THREADS", "GOMP_CPU_AFFINITY", "KMP_BLOCKTIME", "MKL_NUM_THREADS"])
def test_a_users_choice_stands(name: str) -> None:
    assert torch_environ({name: "1"}, load=9.0, cores=2) == {name: "1"}


def test_a_worker_starts_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("OMP_", "GOMP_", "KMP_", "MKL_"))]:
        monkeypatch.delenv(name)
    worker = Worker(tmp_path / "log")
    try:
        environ = Path(f"/proc/{worker.pid}/environ").read_bytes().split(b"\0")
        assert any(entry in environ for entry in (b"GOMP_SPINCOUNT=%d" % ALONE, b"GOMP_SPINCOUNT=%d" % SHARED))
    finally:
        worker.kill()


@pytest.mark.slow
def test_bits_do_not_depend_on_it(models: dict[str, Path], tmp_path: Path) -> None:
    found = []
    for count in (ALONE, SHARED):
        environ = {**os.environ, "OMP_NUM_THREADS": "2", "GOMP_SPINCOUNT": str(count)}
        environ.pop("OMP_WAIT_POLICY", None)
        out = tmp_path / str(count)
        words = ["-m", "seedtui", "generate", "a cat", "--model", str(models["sd"]), "--out", str(out), "--json"]
        done = subprocess.run([sys.executable, *words], env=environ, capture_output=True, text=True, check=True)
        found.append([json.loads(line)["sha256"] for line in done.stdout.splitlines() if "sha256" in line])
    assert found[0] == found[1] and len(found[0]) == 4
