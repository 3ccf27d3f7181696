"""The pages of a grid: a table of its pictures, as HTML and as Markdown, and one labelled picture of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from urllib.parse import quote

from seedtui.core.images.picture import Picture
from seedtui.core.rounds.rounds import Round
from seedtui.core.text.display import visible
from seedtui.library.export.labelled_sheet import Heads, sheet_of_files
from seedtui.library.export.markdown import fenced, literal

Link = Callable[[int], str]
"""The path of the image at an index, relative to the page, with ``/``; "" if it is missing."""

_STYLE = """
body { font-family: sans-serif; margin: 1rem; }
pre { white-space: pre-wrap; }
table { border-collapse: collapse; }
th { background: #fff; position: sticky; top: 0; left: 0; padding: .3rem; font-weight: normal; z-index: 1; }
tbody th { text-align: right; }
img { display: block; width: 12rem; }
"""


def grid_html(round_: Round, link: Link, sheet: str = "") -> str:
    """A page of the grid `round_` that needs nothing from elsewhere; `sheet` is the path of the labelled picture."""
    across, down = round_.axes
    heads = "".join(f"<th>{_text(words)}</th>" for words in across.labels)
    rows = (
        f"<tr><th>{_text(words)}</th>{''.join(_td(round_, row * across.size + i, link) for i in range(across.size))}"
        "</tr>"
        for row, words in enumerate(down.labels)
    )
    title, body = _text(round_.title), "\n".join(rows)
    all_ = f'<p><a href="{escape(quote(sheet))}">All as one picture</a></p>\n' if sheet else ""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file:; "
        "style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title><style>{_STYLE}</style></head><body>\n"
        f"<h1>{title}</h1>\n<pre>{_text(round_.prompt)}</pre>\n{all_}"
        f"<table><thead><tr><th></th>{heads}</tr></thead><tbody>\n{body}\n</tbody></table>\n</body></html>\n"
    )


def grid_markdown(round_: Round, link: Link, sheet: str = "") -> str:
    """The same page in Markdown."""
    across, down = round_.axes
    heads = "| | " + " | ".join(map(literal, across.labels)) + " |"
    lines = [heads, "|" + " --- |" * (across.size + 1)]
    for row, words in enumerate(down.labels):
        cells = (_cell(round_, row * across.size + column, link) for column in range(across.size))
        lines.append(f"| {literal(words)} | " + " | ".join(cells) + " |")
    parts = [f"# {literal(round_.title)}", fenced(round_.prompt)]
    if sheet:
        parts.append(f"[All as one picture]({quote(sheet)})")
    return "\n\n".join((*parts, "\n".join(lines))) + "\n"


def grid_picture(round_: Round, files: Mapping[int, Path]) -> Picture | None:
    """One labelled picture of the images in `files`, by their index; None if there are none."""
    across, down = round_.axes
    in_order = [files.get(index) for index in range(across.size * down.size)]
    return sheet_of_files(in_order, across.size, down.size, Heads(across.labels, down.labels))


def _td(round_: Round, index: int, link: Link) -> str:
    path = escape(quote(link(index)))
    if not path:
        return "<td>missing</td>"
    label = escape(visible(round_.label(round_.shots[index])), quote=True)
    return f'<td><a href="{path}"><img src="{path}" alt="{label}" title="{label}" loading="lazy"></a></td>'


def _cell(round_: Round, index: int, link: Link) -> str:
    path = quote(link(index))
    return f"[![{literal(round_.label(round_.shots[index]))}]({path})]({path})" if path else "missing"


def _text(text: str) -> str:
    return escape(visible(text))
