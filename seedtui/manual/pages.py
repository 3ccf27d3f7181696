"""Reads the manual's pages from the installed package, and searches them."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from seedtui.core.errors import InputError, quoted

TOPICS = (
    "getting-started", "keys", "refining", "scouting", "models", "profiles-and-speed", "terminals-and-tmux",
    "files-and-recovery", "reproducibility", "several-gpus", "settings", "command-line", "troubleshooting", "glossary",
)  # fmt: skip
"""In reading order; each is the name of a page's file."""

_COMMENT = re.compile(r"^<!--.*?-->\n", re.MULTILINE)
_PICTURE = re.compile(r"^([^\n]+:\n\n)?!\[.*?\]\(.*?\)\n+", re.MULTILINE)
"""A picture, and the line that leads to it."""

_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_MARKS = re.compile(r"^\|[ |:-]+$|[`*|]|^#+ ", re.MULTILINE)
_AROUND = 40
"""Characters shown before a search hit, and twice as many after it."""


class Page(NamedTuple):
    """`summary` is the page's first paragraph, one sentence. `text` is Markdown, without pictures."""

    topic: str
    title: str
    summary: str
    text: str


class Place(NamedTuple):
    """A page, and where in it: at a heading (`anchor`), or at a line of its text, counted from 0."""

    topic: str
    anchor: str = ""
    line: int = 0


class Hit(NamedTuple):
    """Where the words of a search are: `before` + `words` + `after` is a part of the page."""

    place: Place
    before: str
    words: str
    after: str


@cache
def read_page(topic: str) -> Page:
    """The page about `topic`.

    Raises:
        InputError: there is no such page.
    """
    if topic not in TOPICS:
        raise InputError(f"the manual has no page {quoted(topic)}", _suggestion(topic))
    text = (files("seedtui.manual") / f"{topic}.md").read_text(encoding="utf-8")
    text = _PICTURE.sub("", _COMMENT.sub("", text))
    title, summary = text.split("\n\n", 2)[:2]
    return Page(topic, title.removeprefix("# "), " ".join(summary.split()), text)


def links_of(page: Page) -> dict[str, Place]:
    """The links from `page` to others, by their words; each place once."""
    found: dict[Place, str] = {}
    for words, target in _LINK.findall(page.text):
        place = place_of(target)
        if place is not None and place.topic != page.topic:
            found.setdefault(place, " ".join(words.replace("`", "").split()))
    return {words: place for place, words in found.items()}


def without_links(page: Page) -> str:
    """The text of `page` for a place where links between pages lead nowhere."""
    return _LINK.sub(lambda link: link[1] if place_of(link[2]) else link[0], page.text)


def place_of(target: str) -> Place | None:
    """Where a link such as ``models.md#the-starter-model`` leads; None if that is not a page of the manual."""
    file, _, anchor = target.partition("#")
    topic = file.removesuffix(".md")
    return Place(topic, anchor) if file.endswith(".md") and topic in TOPICS else None


def slug(heading: str) -> str:
    """What links call a heading: ``The starter model`` is ``the-starter-model``."""
    return re.sub(r"[^\w-]", "", heading.strip().lower().replace(" ", "-"))


def search(words: str) -> list[Hit]:
    """Where `words` are in the manual, in upper or lower case: at most one hit for each line, in reading order."""
    wanted = " ".join(words.lower().split())
    return [hit for topic in TOPICS for hit in _search_page(topic, wanted)] if wanted else []


def _search_page(topic: str, wanted: str) -> list[Hit]:
    plain = _plain(topic)
    flat = plain.replace("\n", " ")  # a phrase may go on in the next line
    hits: dict[int, Hit] = {}
    for match in re.finditer(re.escape(wanted), flat.lower()):
        start, end = match.span()
        place = Place(topic, line=plain.count("\n", 0, start))
        before, after = flat[max(0, start - _AROUND) : start], flat[end : end + 2 * _AROUND]
        hits.setdefault(place.line, Hit(place, _squeezed(before), flat[start:end], _squeezed(after)))
    return list(hits.values())


@cache
def _plain(topic: str) -> str:
    """The page without the marks of Markdown, its lines where they were."""
    return _MARKS.sub("", _LINK.sub(r"\1", read_page(topic).text))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _suggestion(topic: str) -> str:
    import difflib  # only for a mistake

    near = difflib.get_close_matches(topic.lower().replace(" ", "-"), TOPICS, 1, 0.5)
    whole = [known for known in TOPICS if topic.lower() in known]
    return f"Did you mean {(whole or near)[0]}?" if whole or near else "seedtui manual lists the pages"
