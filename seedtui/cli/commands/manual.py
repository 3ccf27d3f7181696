"""``seedtui manual``: the user's manual in the terminal."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

from click.shell_completion import CompletionItem

from seedtui.cli import options as o
from seedtui.cli.declaration import argument, command
from seedtui.cli.messages import print_json, say_lines
from seedtui.manual.pages import TOPICS, Page, read_page, without_links


def _complete_topic(_context: object, _parameter: object, begun: str) -> list[CompletionItem]:
    return [CompletionItem(topic, help=read_page(topic).summary) for topic in TOPICS if topic.startswith(begun)]


@command
@argument("topic", metavar="[TOPIC]", required=False, about="The page to read. Default: list all pages.",
          shell_complete=_complete_topic)  # fmt: skip
@o.json
def manual(topic: str | None, json: bool) -> None:
    """Read the manual.

    On a terminal, a page longer than the screen goes through $PAGER, or less. In a pipe, it is Markdown. In the app, F1
    opens the manual.
    """
    if topic is None:
        _list(json)
        return
    page = read_page(topic)
    if json:
        print_json({"topic": page.topic, "title": page.title, "text": page.text})
    elif sys.stdout.isatty():
        _show(page)
    else:
        say_lines(page.text)


def _list(as_json: bool) -> None:
    pages = [read_page(topic) for topic in TOPICS]
    if as_json:
        for page in pages:
            print_json({"topic": page.topic, "title": page.title, "summary": page.summary})
        return
    from seedtui.core.text.console import cell, console, table

    lines = table("topic", "about")
    for page in pages:
        lines.add_row(cell(page.topic), cell(page.summary))
    console().print(lines)


def _show(page: Page) -> None:
    from seedtui.core.text.console import console
    from seedtui.manual.rendering import PageMarkdown, theme

    out = console()
    with out.use_theme(theme()), out.capture() as drawn:
        out.print(PageMarkdown(without_links(page), hyperlinks=False), width=min(out.width, 100))
    text = drawn.get()
    if text.count("\n") < out.height or not _paged(text):
        out.file.write(text)


def _paged(text: str) -> bool:
    """Whether the user's pager has shown `text`."""
    try:
        pager = shlex.split(os.environ.get("PAGER") or "less")
        subprocess.run(pager, input=text.encode(), env={"LESS": "R", **os.environ}, check=False)
    except (OSError, ValueError):
        return False
    return True
