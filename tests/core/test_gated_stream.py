"""Whatever is printed, a terminal gets none of its sequences."""

from __future__ import annotations

import io
import logging
import sys
import traceback
import warnings
from typing import cast

import pytest

from seedtui.core.text.gated_stream import GatedStream, gate_output, ungated


def gated(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """The stream behind the gate. Called by the test itself: pytest's own streams come after a fixture."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(sys, "stdout", stream)
    gate_output()
    return stream


def test_prints_traces_logs_and_warnings_of_libraries_are_gated(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = gated(monkeypatch)
    evil = "\x1b]0;x\x07\x9b\u202e"
    print(evil, "\nnext")
    sys.stderr.writelines([evil])
    try:
        raise ValueError(evil)
    except ValueError:
        traceback.print_exc()
    logging.lastResort.emit(logging.makeLogRecord({"msg": evil}))
    sys.stderr.write(warnings.formatwarning(evil, UserWarning, evil, 1))
    said = raw.getvalue()
    assert not set(said) & set(evil) - set("]0;x")
    assert said.count("␛]0;x␇��") >= 4
    assert "\nnext\n" in said


def test_pictures_go_by_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = gated(monkeypatch)
    ungated(sys.stdout).write("\x1b[m")
    assert raw.getvalue() == "\x1b[m"
    gate_output()
    assert ungated(sys.stdout) is raw


def test_bytes_are_refused_as_before() -> None:
    with pytest.raises(TypeError):
        GatedStream(io.StringIO()).write(cast(str, b""))
