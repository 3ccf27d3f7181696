"""``{a|b}`` in a text: all the texts that it stands for, in a fixed order, as dynamicprompts writes them.

Understood are alternatives within alternatives, empty ones (``{|, artsy}``), several at once with what joins them
(``{2$$ and $$a|b|c}``, ``{1-2$$a|b}``), and weights, which decide nothing here as every alternative is taken
(``{0.5::a|b}``). Not understood, and so left as they are: wildcards, variables, random samplers. Two things are
otherwise than in that library: spaces stay to the letter, and braces with no ``|`` in them are only braces.
A backslash takes the meaning from ``{``, ``|`` and ``}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, permutations, product

MAX_DEPTH = 8
"""Braces in braces at most; deeper ones are only braces."""

_COUNT = re.compile(r"(\d{0,2})(-?)(\d{0,2})\$\$(?:([^{}|$]*)\$\$)?")
_WEIGHT = re.compile(r"\s*\d+(\.\d*)?::")
_ESCAPED = re.compile(r"\\([{}|])")


def expand(text: str, most: int) -> list[str]:
    """The first `most` texts that `text` stands for, none twice: the first braces change slowest.

    ``", {a|b} {c|d}"`` gives ``", a c"``, ``", a d"``, ``", b c"``, ``", b d"``; a text without alternatives itself.
    """
    return _expand(text, most, 0)


def _expand(text: str, most: int, depth: int) -> list[str]:
    parts = [_choices(p, most, depth) if i % 2 else [_ESCAPED.sub(r"\1", p)] for i, p in enumerate(_parts(text))]
    return _first(("".join(chosen) for chosen in product(*parts)), most)


def _choices(part: str, most: int, depth: int) -> list[str]:
    """What `part`, braces and all, stands for."""
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
    """So many of the pools at once, in every order; none of them gives the empty text."""
    for count in range(low, high + 1):
        for chosen in permutations(pools, count):
            for words in product(*chosen):
                yield joint.join(words)


def _first(texts: Iterable[str], most: int) -> list[str]:
    return list(islice(dict.fromkeys(islice(texts, most * 64)), most))


def _parts(text: str) -> list[str]:
    """`text` cut before and after its outermost braces; those that are not closed are only text.

    Text and braces take turns, text first and last.
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
    """`text` at each ``|`` that is in no braces."""
    options, start, depth = [], 0, 0
    for place, sign in _signs(text):
        depth += (sign == "{") - (sign == "}")
        if sign == "|" and depth == 0:
            options.append(text[start:place])
            start = place + 1
    return [*options, text[start:]]


def _signs(text: str) -> Iterator[tuple[int, str]]:
    return ((match.start(), match[0]) for match in re.finditer(r"\\[{}|]|[{}|]", text) if len(match[0]) == 1)
