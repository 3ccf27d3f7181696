"""README and manual say what the code has."""

from __future__ import annotations

import re

import pytest

from seedtui.core.config.settings import RECIPE_ABOUT, RECIPE_KEYS
from seedtui.ui.keys.keymap import shown_keys
from seedtui.ui.keys.table import ACTIONS
from tests.support.generated import FILES, PARTS, ROOT, fill


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_generated_parts_are_as_the_code_has_them(file):
    text = file.read_text()
    assert fill(text) == text, "Run: python -m tests.support.generated"


def test_every_part_stands_in_a_page():
    named = re.findall(r"<!-- generated: (.+?) -->", "".join(file.read_text() for file in FILES))
    assert sorted(named) == sorted(PARTS)


def test_the_readme_names_keys_that_there_are():
    known = {key.replace("⏎", "enter") for id in ACTIONS for key in shown_keys(id, {}).split()} | {"enter"}
    table = (ROOT / "README.md").read_text().partition("| | key | command |")[2].partition("\n\n")[0]
    rows = [re.split(r"(?<!\\)\|", row)[2] for row in table.strip().splitlines()[1:]]
    named = {key for row in rows for key in re.findall(r"`(.+?)`", row)}
    assert len(named) > 25 and named - known == set()


def test_every_recipe_setting_is_described():
    assert set(RECIPE_ABOUT) == set(RECIPE_KEYS)
