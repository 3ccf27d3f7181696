"""Paths as terminals type them when a file is dragged into them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.text.pasted_paths import ENDINGS, dropped_images


@pytest.mark.parametrize(
    "text",
    ["/a/my cat.png", "'/a/my cat.png' ", '"/a/my cat.png"', r"/a/my\ cat.png", "file:///a/my%20cat.png\n"],
)
def test_a_path_in_any_dress(text: str):
    assert dropped_images(text)[0] == Path("/a/my cat.png")


@pytest.mark.parametrize("name", ["cat.PNG", "cat.jpg", "cat.jpeg", "cat.webp"])
def test_files_of_other_programs(name: str):
    assert dropped_images(f"/a/{name}") == (Path("/a") / name,)


PROMPTS = ["", "a cat.png", "cat.png", "/a/cat.gif", "/a/b\0.png", "/a.png\n/b.png", "/" * 9000 + ".png"]


@pytest.mark.parametrize("text", PROMPTS)
def test_a_prompt_is_a_prompt(text: str):
    assert dropped_images(text) == ()


@given(st.text(max_size=80))
def test_any_text_is_taken_without_a_fault(text: str):
    assert all(path.name.lower().endswith(ENDINGS) for path in dropped_images(text))
