"""Draws the manual's Markdown with Rich. Imported late, as Rich's Markdown takes time to import."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import NamedTuple

from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown
from rich.padding import Padding
from rich.segment import Segment
from rich.style import StyleType
from rich.text import Text
from rich.theme import Theme

from seedtui.manual.pages import slug


class Row(NamedTuple):
    """A line of a drawn page. `source` is the first line of the part of the page that it belongs to, from 0; `heading`
    names it, as links do, if it is one."""

    segments: list[Segment]
    source: int
    heading: str = ""


class _Code(CodeBlock):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Padding(Text(str(self.text).rstrip(), style="markdown.code"), (0, 0, 0, 2))


class _Heading(Heading):
    LEVEL_ALIGN = dict.fromkeys(Heading.LEVEL_ALIGN, "left")


class PageMarkdown(Markdown):
    """Rich's Markdown, with code as plain as the rest."""

    elements = {**Markdown.elements, "fence": _Code, "code_block": _Code, "heading_open": _Heading}


def theme(code: StyleType = "bold", link: StyleType = "underline", quiet: StyleType = "dim") -> Theme:
    """Rich's styles for a page: no colours but those given."""
    return Theme(
        {
            "markdown.h1": "bold", "markdown.h2": "bold", "markdown.h3": "bold", "markdown.code": code,
            "markdown.link": link, "markdown.link_url": link, "markdown.item.bullet": quiet,
            "markdown.item.number": quiet, "markdown.table.header": quiet, "markdown.table.border": quiet,
        }
    )  # fmt: skip


def draw(text: str, console: Console, width: int) -> list[Row]:
    """The page `text`, without its title, in rows of at most `width` cells; links are in the styles of segments."""
    page = PageMarkdown(text)
    options = console.options.update(width=width, height=None)
    rows: list[Row] = []
    for tokens in _blocks(page.parsed):
        if tokens[0].tag == "h1":
            continue
        block = copy.copy(page)
        block.parsed = tokens
        source = tokens[0].map[0] if tokens[0].map else 0
        heading = slug(tokens[1].content) if tokens[0].type == "heading_open" else ""
        lines = list(console.render_lines(block, options, pad=False))
        while lines and _is_blank(lines[0]):
            del lines[0]
        while lines and _is_blank(lines[-1]):
            del lines[-1]
        if rows and lines:
            rows.append(Row([], source))
        rows += [Row(line, source, heading) for line in lines]
    return rows


def _blocks(tokens: list[Token]) -> Iterator[list[Token]]:
    """The parts of a page: headings, paragraphs, whole lists and tables."""
    block: list[Token] = []
    depth = 0
    for token in tokens:
        block.append(token)
        depth += token.nesting
        if depth == 0:
            yield block
            block = []


def _is_blank(line: list[Segment]) -> bool:
    return not "".join(segment.text for segment in line).strip()
