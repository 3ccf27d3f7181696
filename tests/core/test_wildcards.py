"""Wildcards: the same seed and lists give the same text, one that dynamicprompts can make of them too."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.errors import InputError
from seedtui.core.prompts.wildcards import drawn, has_wildcards, resolve, resolve_all

LISTS = {
    "pet": ("cat", "dog", "red fox", "mouse", "owl", "hare"),
    "colour": ("red", "{light|dark} blue", "green"),
    "thing": ("__colour__ __pet__", "lamp"),
    "a/b": ("deep",),
    "loop": ("again __loop__",),
    "bomb": ("__bomb2__" * 30,),
    "bomb2": ("__pet__" * 30,),
}


def values(lists: dict[str, tuple[str, ...]] = LISTS) -> Callable[[str], Sequence[str]]:
    def of(name: str) -> Sequence[str]:
        if name not in lists:
            raise InputError(f"there is no {name}")
        return lists[name]

    return of


def test_the_choice_is_the_same_on_every_machine_and_in_every_version():
    text = "__thing__ and __pet__, __pet__ in {2$$ and $$__pet__}"
    assert [resolve(text, seed, values()) for seed in (0, 1, 2**64 - 1)] == FIXED


FIXED = [
    "lamp and red fox, hare in dog and owl",
    "red dog and mouse, hare in mouse and dog",
    "green hare and hare, red fox in cat and owl",
]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@given(
    st.lists(st.sampled_from(["__pet__", "__thing__", "a ", ", ", "{2$$ and $$__pet__}", "__a/b__"]), max_size=2),
    st.integers(0, 2**64 - 1),
)
def test_dynamicprompts_makes_the_same_text_of_the_same_lists(parts: list[str], seed: int):
    from dynamicprompts.generators import CombinatorialPromptGenerator
    from dynamicprompts.wildcards import WildcardManager
    from dynamicprompts.wildcards.collection.list import ListWildcardCollection
    from dynamicprompts.wildcards.tree import WildcardTree

    logging.getLogger("dynamicprompts").setLevel(logging.ERROR)
    text = "x" + "".join(parts)
    manager = WildcardManager()
    manager._tree = WildcardTree.from_map({n: ListWildcardCollection([*v]) for n, v in LISTS.items()})
    theirs = {str(one).strip() for one in CombinatorialPromptGenerator(manager).generate(text, 4000)}
    assert resolve(text, seed, values()).strip() in theirs


@given(st.integers(0, 2**64 - 1), st.permutations(LISTS["pet"]), st.sampled_from(LISTS["pet"]))
def test_a_list_that_changes_changes_only_texts_that_had_the_value(seed: int, order: list[str], removed: str):
    before = resolve("a __pet__", seed, values())
    assert resolve("a __pet__", seed, values({"pet": tuple(order)})) == before
    fewer = tuple(value for value in LISTS["pet"] if value != removed)
    after = resolve("a __pet__", seed, values({"pet": fewer}))
    assert after == before or before == f"a {removed}"


def test_the_same_line_again_gives_another_value():
    lines = [", __pet__"] * 6
    assert sorted(resolve_all(lines, 7, values())) == sorted(f", {pet}" for pet in LISTS["pet"])
    assert resolve_all([", __pet__", ", a __pet__"], 7, values())[:1] == resolve_all([", __pet__"], 7, values())


@given(st.integers(0, 999))
def test_two_of_a_list_are_different(seed: int):
    first, second = resolve("{2$$+$$__pet__}", seed, values()).split("+")
    assert first != second
    assert 1 <= len(resolve("{1-3$$+$$__pet__}", seed, values()).split("+")) <= 3
    assert len(resolve("{9$$__pet__}", seed, values()).split(",")) == 6


@pytest.mark.parametrize(
    "text", ["", "a cat", "snake_case and __", "____", "__ a __", "a__b", "_x_", "__a|b__", "__a\nb__", "__init__"[:6]]
)
def test_a_text_without_wildcards_stays_to_the_letter(text: str):
    assert resolve(text, 0, values()) == text and not has_wildcards(text)


def test_a_backslash_keeps_it():
    assert resolve(r"a \__pet__ b", 0, values()) == "a __pet__ b"
    assert resolve("__x__", 0, values({"x": (r"\__pet__",)})) == "__pet__"


@pytest.mark.parametrize("text", ["__loop__", "__bomb__", "__pet__" * 101])
def test_what_does_not_end_is_refused(text: str):
    with pytest.raises(InputError, match="do not end"):
        resolve(text, 0, values())


def test_an_unknown_one_is_refused_before_anything():
    with pytest.raises(InputError, match="no nope"):
        resolve("a __nope__", 0, values())


def test_a_result_that_is_too_long_is_refused():
    with pytest.raises(InputError, match="characters"):
        resolve("__x__", 0, values({"x": ("y" * 5000,)}))


@given(st.text("_{}|$\\12 ab*-", max_size=80), st.integers(0, 9))
def test_any_text_is_resolved_or_refused(text: str, seed: int):
    with contextlib.suppress(InputError):
        assert len(resolve(text, seed, lambda name: (f"<{name}>",))) < 4000


@pytest.mark.parametrize(
    ("template", "text", "label"),
    [
        ("a __pet__, oil", "a red fox, oil", "red fox"),
        ("__a__ and __b__", "x and y", "x and y"),
        ("__a__", "x", "x"),
        ("a __a__ b", "a b", "a b"),
        ("a cat", "a cat", "a cat"),
    ],
)
def test_a_label_is_what_was_drawn(template: str, text: str, label: str):
    assert drawn(template, text) == label
