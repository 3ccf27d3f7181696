"""An error is one clean line, and crosses the socket whole."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.errors import EngineError, FileError, InputError, ModelError, Problem, from_problem, one_line
from seedtui.core.text.display import visible

KINDS = (InputError, FileError, ModelError, EngineError)
rough = st.text(max_size=400) | st.text("a. \n\x1b…", max_size=400)


@given(rough, st.integers(1, 300))
def test_a_line_is_one_line(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert visible(line) == line
    assert len(line) <= limit
    assert line == line.strip()
    assert not line.endswith(".")
    assert one_line(line, limit) == line


@given(st.sampled_from(KINDS), rough, rough)
def test_an_error_crosses_the_socket(kind: type, message: str, hint: str) -> None:
    error = kind(message, hint)
    problem = msgspec.msgpack.decode(msgspec.msgpack.encode(error.problem), type=Problem)
    again = from_problem(problem)
    assert type(again) is kind
    assert again.problem == error.problem
    assert str(again) == str(error)
    assert visible(str(error)) == str(error)
    assert str(error).endswith(".")


@pytest.mark.parametrize("text", ["", "...", " . ", "\n"])
def test_nothing_is_an_empty_line(text: str) -> None:
    assert one_line(text) == ""
