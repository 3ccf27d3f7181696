"""Suffix lines: off, combined, and ``{a|b}`` alternatives, against the library whose syntax they are."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.prompts.alternatives import expand
from seedtui.core.prompts.prompt import SUFFIXES
from seedtui.core.prompts.suffixes import MAX_SUFFIXES, is_in_prompt, suffixes_of


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        (", {artsy|colorful}", [", artsy", ", colorful"]),
        ("{a|b} {c|d}", ["a c", "a d", "b c", "b d"]),
        ("{, artsy|}", [", artsy", ""]),
        ("{a|{b|c} d}", ["a", "b d", "c d"]),
        ("{2$$a|b|c}", ["a,b", "a,c", "b,a", "b,c", "c,a", "c,b"]),
        ("{1-2$$ and $$a|b}", ["a", "b", "a and b", "b and a"]),
        ("{0.5::a|2::b}", ["a", "b"]),
        ("{a|a}", ["a"]),
        ("{ a | b}", [" a ", " b"]),
    ],
)
def test_alternatives(text: str, texts: list[str]):
    assert expand(text, 100) == texts


@pytest.mark.parametrize(
    "text", [", artsy", "{a}", "{", "a}{", "{a|b", "a|b", "{}", "(a:1.2) [b|c] <lora:x:0.5>", "__color__", "50% # {x}"]
)
def test_a_text_without_alternatives_stays_to_the_letter(text: str):
    assert expand(text, 100) == [text]


def test_a_backslash_takes_the_meaning_away():
    assert expand(r", \{a|b\}", 9) == [", {a|b}"]
    assert expand(r"{a\|b|c}", 9) == ["a|b", "c"]


WORDS = st.text("abc d", min_size=1, max_size=4).map(str.strip).filter(bool)
TEMPLATES = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda options: "{" + "|".join(options) + "}"),
        st.tuples(inner, WORDS, inner).map(", ".join),
    ),
    max_leaves=6,
)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@given(TEMPLATES)
def test_the_same_texts_in_the_same_order_as_dynamicprompts(text: str):
    from dynamicprompts.generators import CombinatorialPromptGenerator

    logging.getLogger("dynamicprompts").setLevel(logging.ERROR)
    theirs = list(dict.fromkeys(CombinatorialPromptGenerator().generate(text, 60)))
    assert expand(text, 60)[: len(theirs)] == theirs


@given(st.text("{}|\\$1-:a", max_size=60))
def test_any_braces_end_within_the_limit(text: str):
    assert 1 <= len(expand(text, 17)) <= 17


@pytest.mark.parametrize(
    "text", ["{a|b}" * 700, "{" * 4000, "{" * 1000 + "a|b" + "}" * 1000, "{9$$" + "|".join("ab" * 40) + "}"]
)
def test_the_largest_texts_do_no_harm(text: str):
    assert len(expand(text, 17)) <= 17


def test_lines_make_suffixes():
    assert suffixes_of(SUFFIXES) == SUFFIXES
    assert suffixes_of(("", "#, artsy", " b ", "  ", r"\#1 hit")) == (" b ", "#1 hit")
    assert suffixes_of((", a", "#, b", ", c", ", d"), "pairs") == (", a, c", ", a, d", ", c, d")
    assert suffixes_of((", a", "#, b", ", {c|d}"), "all") == (", a, c", ", a, d")
    assert suffixes_of((", a",), "pairs") == (", a",)
    for way in ("each", "pairs", "all"):
        assert suffixes_of(("#, a", ""), way) == ()


def test_one_more_than_fits_is_told_by_one_more():
    assert len(suffixes_of(("{a|b}{a|b}{a|b}{a|b}",))) == MAX_SUFFIXES
    assert len(suffixes_of(("{a|b}" * 60, "c"))) == MAX_SUFFIXES + 1
    assert len(suffixes_of([f", {n}" for n in range(60)], "pairs")) == MAX_SUFFIXES + 1


@given(st.lists(st.text(max_size=20), max_size=8))
def test_lines_without_signs_are_to_the_letter(lines: list[str]):
    plain = [line for line in lines if not set(line) & set("{}|\\#")]
    assert suffixes_of(plain) == tuple(line for line in plain if line.strip())


@pytest.mark.parametrize(
    ("prompt", "suffix", "there"),
    [
        ("a cat, artsy", ", artsy", True),
        ("a cat, Artsy ", ", artsy", True),
        ("a cat, artsy, colorful", ", artsy", False),
        ("two cats", "s", False),  # a letter that is appended to a word
        ("a cat", "cat", True),
        ("a cat", "", False),
        ("artsy", ", artsy", False),
    ],
)
def test_a_suffix_is_in_the_prompt_if_it_is_its_end_as_whole_words(prompt, suffix, there):
    assert is_in_prompt(prompt, suffix) == there


@given(st.text(max_size=10), st.text(min_size=1, max_size=10))
def test_a_suffix_that_begins_with_a_comma_is_in_the_prompt_it_was_joined_to(prompt, words):
    assert is_in_prompt(f"{prompt}, {words}", f", {words}")
