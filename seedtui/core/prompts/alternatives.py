"""Expand ``{a|b}`` in a text into all the texts it stands for, in a fixed order, in the syntax of dynamicprompts.

Supported: nested alternatives, empty ones (``{|, artsy}``), several at once with a separator (``{2$$ and $$a|b|c}``,
``{1-2$$a|b}``), and weights (``{0.5::a|b}``), which have no effect because every alternative is used. Not supported,
and left as they are: wildcards, variables, random samplers. Two differences from that library: whitespace is kept
exactly, and braces without a ``|`` are literal. A backslash escapes ``{``, ``|`` and ``}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, permutations, product

MAX_DEPTH = 8
"""Maximum nesting of braces; deeper ones are literal."""

_COUNT = re.compile(r"(\d{0,2})(-?)(\d{0,2})\$\$(?:([^{}|$]*)\$\$)?")
_WEIGHT = re.compile(r"\s*\d+(\.\d*)?::")
_ESCAPED = re.compile(r"\\([{}|])")


def expand(text: str, most: int) -> list[str]:
    """The first `most` distinct texts that `text` stands for; the first braces vary slowest.

    ``", {a|b} {c|d}"`` gives ``", a c"``, ``", a d"``, ``", b c"``, ``", b d"``; plain text gives itself.
    """
    return _expand(text, most, 0)


def _expand(text: str, most: int, depth: int) -> list[str]:
    parts = [_choices(p, most, depth) if i % 2 else [_ESCAPED.sub(r"\1", p)] for i, p in enumerate(_parts(text))]
    return _first(("".join(chosen) for chosen in product(*parts)), most)


def _choices(part: str, most: int, depth: int) -> list[str]:
    """The texts that `part`, which includes its braces, stands for."""
    if depth >= MAX_DEPTH:
        return [_ESCAPED.sub(r"\1", part)]
    options = _split(part[1:-1])
    if len(options) < 2:
        return ["{" + inner + "}" for inner in _expand(part[1:-1], most, depth + 1)]
    low, high, joint = 1, 1, ""
    if count := _COUNT.match(options[0]):
        options[0] = options[0][count.end() :]
        low, high, joint = _counts(count, len(options))
    pools = [_expand(_WEIGHT.sub("", option, 1), most, depth + 1) for option in options]
    return _first(_joined(pools, low, high, joint), most)


def _counts(count: re.Match[str], options: int) -> tuple[int, int, str]:
    first, dash, last, joint = count.groups()
    low = int(first or (0 if dash else 1))
    high = int(last or options) if dash else low
    return min(low, options), min(high, options), "," if joint is None else joint


def _joined(pools: list[list[str]], low: int, high: int, joint: str) -> Iterator[str]:
    """Texts from `low` to `high` of the pools at once, in every order; choosing none gives the empty text."""
    for count in range(low, high + 1):
        for chosen in permutations(pools, count):
            for words in product(*chosen):
                yield joint.join(words)


def _first(texts: Iterable[str], most: int) -> list[str]:
    return list(islice(dict.fromkeys(islice(texts, most * 64)), most))


def _parts(text: str) -> list[str]:
    """`text` split before and after its outermost braces; unclosed braces are plain text.

    Text and braces alternate, with text first and last.
    """
    pairs: list[tuple[int, int]] = []
    opened: list[int] = []
    for place, sign in _signs(text):
        if sign == "{":
            opened.append(place)
        elif sign == "}" and opened:
            first = opened.pop()
            while pairs and pairs[-1][0] > first:
                pairs.pop()  # inside this one
            pairs.append((first, place))
    parts, start = [], 0
    for first, last in pairs:
        parts += [text[start:first], text[first : last + 1]]
        start = last + 1
    return [*parts, text[start:]]


def _split(text: str) -> list[str]:
    """`text` split at each ``|`` outside braces."""
    options, start, depth = [], 0, 0
    for place, sign in _signs(text):
        depth += (sign == "{") - (sign == "}")
        if sign == "|" and depth == 0:
            options.append(text[start:place])
            start = place + 1
    return [*options, text[start:]]


def _signs(text: str) -> Iterator[tuple[int, str]]:
    return ((match.start(), match[0]) for match in re.finditer(r"\\[{}|]|[{}|]", text) if len(match[0]) == 1)
