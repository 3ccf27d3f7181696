"""What a program prints as scores."""

from __future__ import annotations

import pytest

from seedtui.core.errors import InputError
from seedtui.core.images.scores import best_first, parse_scores


def test_a_number_a_line() -> None:
    assert parse_scores("0.5\n-1e3 \n 7\n\n", 3) == (0.5, -1000.0, 7.0)
    assert parse_scores("", 0) == ()


@pytest.mark.parametrize("text", ["", "1", "1\n2\n3", "1\ntwo", "1\nnan", "inf\n1", "1\n\n2", "1 2", "\x1b[2J\n1"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InputError) as error:
        parse_scores(text, 2)
    assert "\x1b" not in str(error.value)


def test_best_first_and_equal_ones_in_order() -> None:
    assert best_first({5: 1.0, 2: 3.0, 9: 1.0}) == (2, 5, 9)
