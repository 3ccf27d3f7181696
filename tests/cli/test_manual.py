"""``seedtui manual``: listed, printed, paged."""

from __future__ import annotations

import pytest

from seedtui.manual.pages import TOPICS, read_page


def test_pages_are_listed_with_a_line_about_each(bare):
    result = bare("manual")
    assert result.code == 0
    assert [line.split("  ")[0] for line in result.out.splitlines()[1:]] == list(TOPICS)
    assert all(read_page(topic).summary in result.out for topic in TOPICS)
    assert [row["topic"] for row in bare("manual", "--json").lines] == list(TOPICS)


def test_a_page_is_markdown_in_a_pipe(bare):
    result = bare("manual", "keys")
    assert result.code == 0 and result.out == read_page("keys").text


@pytest.mark.parametrize(("topic", "near"), [("key", "keys"), ("terminal", "terminals-and-tmux")])
def test_an_unknown_page_is_told_with_a_near_one(bare, topic, near):
    result = bare("manual", topic)
    assert result.code == 2 and f"Did you mean {near}" in result.err and not result.out


@pytest.mark.parametrize(("pager", "paged"), [("sed s/^/>/", True), ("no-such-pager", False), ("'", False)])
def test_a_long_page_goes_through_the_pager_on_a_terminal(bare, monkeypatch, capfd, pager, paged):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("PAGER", pager)
    result = bare("manual", "glossary")
    assert result.code == 0 and "a whole number from 0 to 2^64-1" in result.out
    assert result.out.startswith(">") == paged
    assert ".md" not in result.out
