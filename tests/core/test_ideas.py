"""The suffix ideas, as suffix sets."""

from __future__ import annotations

import json

from seedtui.core.config.settings import GUIDE, MAX_NAME, Config, check_set, parse_config
from seedtui.core.prompts.ideas import IDEA_SETS, IDEAS, needs_real_model
from seedtui.core.prompts.suffixes import MAX_SUFFIXES, suffixes_of
from seedtui.models.defaults import FILE
from seedtui.starter import WEIGHTS
from seedtui.starter.recipe.art.styles import GROUNDS, STYLES, VERMEER


def test_each_set_is_one_that_a_user_could_have_written() -> None:
    assert list(IDEA_SETS) == ["light", "lens", "medium", "mood", "palette", "quality"]
    for name, lines in IDEA_SETS.items():
        assert check_set(name, lines) == lines and len(name) <= MAX_NAME
        assert 6 <= len(lines) == len({*lines}) <= 8 <= MAX_SUFFIXES
        assert suffixes_of(lines) == lines  # none is switched off, or has alternatives
        assert all(line.startswith((", ", " ")) for line in lines)


def test_marks_agree_with_the_words_that_the_starter_was_taught() -> None:
    taught = [*VERMEER, *(f"{ground} background" for ground in GROUNDS), *(w for s in STYLES.values() for w in s.words)]
    known = json.loads((WEIGHTS / FILE).read_text())["styles"]
    assert {*known} <= {*taught}
    for ideas in IDEAS.values():
        for idea in ideas:
            words = idea.suffix.removeprefix(",").strip().split(",")[0]
            assert idea.on_starter == any(words.endswith(one) for one in taught), idea
            assert needs_real_model(idea.suffix) != idea.on_starter


def test_they_are_there_without_settings_and_the_users_sets_win() -> None:
    assert {**Config().all_suffix_sets}.items() >= IDEA_SETS.items()
    config = parse_config('suffixes = "light"\n[suffix_sets]\nlight = [", {day|night}"]\nmine = [", a"]', {})
    assert config.suffix_set() == (", {day|night}",)
    assert list(config.all_suffix_sets)[:3] == [GUIDE, "light", "mine"]
    assert config.suffix_set("lens") == IDEA_SETS["lens"]
