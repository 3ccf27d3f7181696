"""Seeds as words: what is written is read back, and anything else is one clear error."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.errors import InputError
from seedtui.core.rounds.seeds import MAX_SEED, MAX_SEEDS, format_seeds, parse_seeds
from seedtui.core.text.display import visible

seeds = st.integers(0, MAX_SEED)


@given(st.lists(st.one_of(seeds, st.integers(0, 20)), min_size=1, max_size=40, unique=True))
def test_words_for_seeds_are_read_back(numbers: list[int]) -> None:
    assert parse_seeds(format_seeds(tuple(numbers))) == tuple(numbers)


@given(seeds, st.integers(1, MAX_SEEDS))
def test_a_range_has_both_its_ends(first: int, count: int) -> None:
    last = min(first + count - 1, MAX_SEED)
    assert parse_seeds(f"{first}-{last}") == tuple(range(first, last + 1))
    assert len(format_seeds(tuple(range(first, last + 1))).split("-")) == (1 if first == last else 2)


@given(st.integers(1, 50))
def test_drawn_seeds_differ(count: int) -> None:
    numbers = itertools.chain.from_iterable(zip(itertools.count(), itertools.count(), strict=False))
    assert parse_seeds(f"random:{count}", draw=lambda: next(numbers)) == tuple(range(count))
    assert len(set(parse_seeds(f"random:{count}"))) == count


@given(st.one_of(st.text(max_size=30), st.text("0123456789-,: +random", max_size=40)))
def test_any_text_is_seeds_or_one_clear_error(text: str) -> None:
    try:
        numbers = parse_seeds(text)
    except InputError as error:
        line = str(error)
        assert visible(line) == line
    else:
        assert 0 < len(set(numbers)) == len(numbers) <= MAX_SEEDS
        assert all(0 <= n <= MAX_SEED for n in numbers)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3-1", "run backwards"), ("-1", "out of range"), (str(2**64), "out of range"), ("0,1,0", "given twice"),
        ("", "invalid seeds"), ("1,", "invalid seeds"), ("1.5", "invalid seeds"), ("٣", "invalid seeds"),
        ("random:0", "no seeds"), ("0-4096", "more than 4096"), (f"0-{MAX_SEED}", "more than 4096"),
        ("random:999999", "more than 4096"), ("0-4095,5000", "more than 4096"), ("9" * 5000, "invalid seeds"),
    ],
)  # fmt: skip
def test_wrong_seeds_are_told(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_seeds(text)
