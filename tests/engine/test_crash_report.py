"""What a dead worker said is found among whatever else is in its log."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from seedtui.engine.client.crash_report import keep_log, worker_died
from seedtui.engine.wire.exit_codes import DEVICE_FAILED, is_device_failure

CRASH = """\
some library's warning
Fatal Python error: Segmentation fault

Thread 0x00007f0000000001 (most recent call first):
  File "/usr/lib/python3/threading.py", line 331 in wait

Current thread 0x00007f0000000000 (most recent call first):
  File "/usr/lib/python3/site-packages/torch/nn/functional.py", line 12 in conv2d
  File "/usr/lib/python3/site-packages/torch/nn/modules/conv.py", line 99 in forward

Extension modules: numpy.core._multiarray_umath, torch._C (total: 57)
"""


@pytest.mark.parametrize(
    ("code", "log", "words"),
    [
        (-signal.SIGSEGV, CRASH, ("SIGSEGV", "Segmentation fault in conv2d, functional.py line 12")),
        (-signal.SIGABRT, "terminate called\n", ("SIGABRT", "terminate called")),
        (-signal.SIGKILL, "whatever\n", ("killed", "memory ran out")),
        (-signal.SIGTERM, "whatever\n", ("ended with", "SIGTERM")),
        (-200, "", ("signal 200",)),
        (3, "Traceback (most recent call last):\n  File x\nValueError: odd\n", ("code 3", "ValueError: odd")),
        (DEVICE_FAILED, "noise\nleaving: RuntimeError: CUDA error: x\n", ("device failed", "CUDA error: x")),
        (None, "", ("gone",)),
        (1, "\x1b[2Jclear\x07\n\n", ("[2Jclear",)),
    ],
)
def test_the_telling_line_is_found(tmp_path: Path, code: int | None, log: str, words: tuple[str, ...]):
    file = tmp_path / "worker.log"
    file.write_text(log)
    problem = worker_died(code, file)
    assert all(word in problem.message for word in words), problem.message
    assert problem.message.isprintable()
    assert (str(file) in problem.hint) == bool(log)  # an empty one says nothing


def test_no_log_and_a_huge_one_are_no_trouble(tmp_path: Path):
    assert "code 1" in worker_died(1, tmp_path / "none").message
    huge = tmp_path / "huge.log"
    huge.write_bytes(b"\xff\x00" * 5_000_000 + b"\nthe end\n")
    assert "the end" in worker_died(1, huge).message


def test_the_log_of_a_worker_that_died_stays_when_the_next_one_begins(tmp_path: Path):
    log = tmp_path / "worker-7-cpu-1.log"
    for said in ("first", "second"):
        log.write_text(said)
        kept = keep_log(log)
        assert kept.read_text() == said and not log.exists()
        assert kept.match("worker-*.log")  # so it is private, and removed after a week
    log.write_text("alive")
    assert keep_log(tmp_path / "none.log") == tmp_path / "none.log"
    assert log.read_text() == "alive"


def test_only_a_broken_device_ends_a_worker():
    assert is_device_failure(RuntimeError("CUDA error: device-side assert triggered"))
    assert not is_device_failure(RuntimeError("CUDA error: out of memory"))
    assert not is_device_failure(RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"))
    assert not is_device_failure(ValueError("a shape is wrong"))
