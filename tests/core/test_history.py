"""Walking through earlier prompts: every one that matches is met, once, and the draft is never lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.prompts.history import begin_walk
from seedtui.core.prompts.prompt import cut_place

WORDS = st.text("abAB \n", max_size=4)
PROMPTS = st.lists(WORDS, max_size=12)


@given(PROMPTS, WORDS)
def test_a_walk_meets_each_prompt_with_what_was_typed_newest_first_and_once(prompts: list[str], typed: str) -> None:
    walk, met = begin_walk(prompts, typed, typed), []
    for _ in range(len(prompts) + 1):
        walk = walk.step(1)
        met.append(walk.text)
    met = list(dict.fromkeys(met))
    wanted = [p for p in dict.fromkeys(prompts) if typed.casefold() in p.casefold() and p != typed]
    assert met == (wanted or [typed])


@given(PROMPTS, WORDS, st.lists(st.integers(-3, 3), max_size=20))
def test_the_draft_comes_back_at_the_bottom_whatever_the_steps(
    prompts: list[str], draft: str, steps: list[int]
) -> None:
    walk = begin_walk(prompts, draft, "")
    for step in steps:
        walk = walk.step(step)
    assert walk.step(-100).text == draft


def test_upper_case_does_not_matter() -> None:
    assert begin_walk(["A Cat", "a dog"], "cat", "cat").found == ("A Cat",)


@given(st.text(max_size=20), st.text(max_size=20))
def test_what_is_dropped_is_the_end_of_the_prompt(kept: str, rest: str) -> None:
    dropped, prompt = rest.strip(), kept + rest
    place = cut_place(prompt, dropped)
    assert place is None if not dropped else prompt[place:].strip() == dropped


def test_text_that_is_not_the_prompts_cuts_nowhere() -> None:
    assert cut_place("a cat", "dog") is None  # as a slow tokenizer decodes it, in other letters
