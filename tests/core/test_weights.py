"""Weights of words: our syntax for compel, and that of other programs in ours."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.errors import InputError
from seedtui.core.prompts.weights import CURLY_AND_SQUARE, ROUND, ROUND_AND_SQUARE, for_compel, with_weights

TEXT = st.text(st.sampled_from('ab (:)[]{}1.2\\"+-,'), max_size=30)


@pytest.mark.parametrize(
    ("prompt", "compel"),
    [
        ("a (cat:1.2), b", "a (cat)1.2, b"),
        ("((a:1.2) b:1.30)", "((a)1.2 b)1.3"),
        ("(a:1.2). (b:.5)c", "(a)1.2 . (b)0.5 c"),
        (r"\(a:1.2\) (b", r"\(a:1.2\) (b"),
        ("a:1.2) (b:1.2", "a:1.2) (b:1.2"),
        ("word++ (a b)- (c)1.2", "word++ (a b)- (c)1.2"),
        ("(a: b)", "(a: b)"),
    ],
)
def test_a_number_in_parentheses_is_a_weight(prompt: str, compel: str):
    assert for_compel(prompt) == compel
    assert for_compel(compel) == compel


@pytest.mark.parametrize("prompt", ["(a:-1)", "(a:11)", "(at 12:30)"])
def test_a_weight_out_of_range_is_told(prompt: str):
    with pytest.raises(InputError, match="out of range"):
        for_compel(prompt)


@pytest.mark.parametrize(
    ("prompt", "ours"),
    [
        ("((word)) a [b] (c:1.3)", "(word:1.21) a (b:0.9091) (c:1.3)"),
        ("(a [b] c:1.3)", "(a:1.3) (b:1.1818) (c:1.3)"),
        ("a ((b c", "a (b c:1.21)"),
        (r"a \(b\) \[c\] d)", r"a \(b\) [c] d\)"),
        ("(a:1.1)(b)", "(ab:1.1)"),
        ("[a:b:0.5] (c)", "[a:b:0.5] (c:1.1)"),
        ('a "b" {c}', r"a \"b\" {c}"),
        ("plain, text", "plain, text"),
    ],
)
def test_brackets_of_automatic1111_become_weights(prompt: str, ours: str):
    assert with_weights(prompt, ROUND_AND_SQUARE) == ours


def test_other_programs_have_other_brackets():
    assert with_weights("(a) [b]", ROUND) == "(a:1.1) [b]"
    assert with_weights("{{a}} [b] (c:1.2)", CURLY_AND_SQUARE) == r"(a:1.1025) (b:0.9524) \(c:1.2\)"


@given(TEXT)
def test_any_text_has_weights_or_an_error_for_the_user(prompt: str):
    for brackets in (ROUND, ROUND_AND_SQUARE, CURLY_AND_SQUARE):
        with contextlib.suppress(InputError):
            for_compel(with_weights(prompt, brackets))
    with contextlib.suppress(InputError):
        for_compel(prompt)
