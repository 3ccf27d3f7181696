"""The manual's pages: all are listed, links lead somewhere, words are found."""

from __future__ import annotations

from pathlib import Path

import pytest

import seedtui.manual
from seedtui.core.errors import InputError
from seedtui.manual.pages import TOPICS, Place, links_of, read_page, search, slug

FOLDER = Path(seedtui.manual.__file__).parent


def test_every_page_is_listed():
    assert sorted(TOPICS) == sorted(file.stem for file in FOLDER.glob("*.md"))


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_has_a_title_and_one_line_about_it(topic):
    page = read_page(topic)
    assert page.title and page.summary.endswith(".") and len(page.summary) < 110
    assert "![" not in page.text and "<!--" not in page.text


@pytest.mark.parametrize("topic", TOPICS)
def test_links_lead_to_headings(topic):
    for words, place in links_of(read_page(topic)).items():
        headings = [line.lstrip("# ") for line in read_page(place.topic).text.splitlines() if line[:1] == "#"]
        assert not place.anchor or place.anchor in map(slug, headings), words


def test_a_phrase_is_found_across_lines_in_any_case():
    page = read_page("getting-started")
    two = page.text.splitlines()
    number = next(n for n, line in enumerate(two) if "A small model" in line or "a small model" in line)
    phrase = " ".join([*two[number].split()[-2:], *two[number + 1].replace("[", "").split("]")[0].split()[:1]])
    assert Place("getting-started", line=number) in [hit.place for hit in search(phrase.upper())]


def test_a_hit_shows_what_is_around_it():
    hit = search("CUDA build works there")[0]
    assert hit.words == "CUDA build works there" and hit.before.endswith("The ")
    around = "".join(h.before + h.after for h in search("seed"))
    assert "|" not in around and "---" not in around


def test_nothing_is_found_for_nothing():
    assert search("  ") == [] and search("xyzzy") == []


@pytest.mark.parametrize(("topic", "near"), [("key", "keys"), ("recovery", "files-and-recovery"), ("modles", "models")])
def test_an_unknown_page_is_told_with_a_near_one(topic, near):
    with pytest.raises(InputError, match=f"Did you mean {near}"):
        read_page(topic)
