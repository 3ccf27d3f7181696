"""Text from elsewhere in Markdown, in which nothing of it is interpreted."""

from __future__ import annotations

import re

from seedtui.core.text.display import visible, visible_lines

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&$:@^=])")


def literal(text: str) -> str:
    """`text` on one line, escaped so that Markdown shows it literally."""
    return _SPECIAL.sub(r"\\\1", visible(text))


def fenced(text: str) -> str:
    """`text` as a code block."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}text\n{visible_lines(text)}\n{fence}"
