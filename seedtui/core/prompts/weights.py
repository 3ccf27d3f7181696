"""Weights of words in a prompt: ``(word:1.2)`` for compel, and the brackets of other programs as such weights."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from seedtui.core.errors import InputError

MAX_WEIGHT = 10.0

ROUND: Mapping[str, float] = {"(": 1.1}
ROUND_AND_SQUARE: Mapping[str, float] = {"(": 1.1, "[": 1 / 1.1}
CURLY_AND_SQUARE: Mapping[str, float] = {"{": 1.05, "[": 1 / 1.05}
"""What brackets without a number multiply the weight of their words by, by the opening one."""

_PARENTHESIS = re.compile(r"\\.|[()]", re.DOTALL)
_NUMBER = re.compile(r"\s*:\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+))\s*$")
_BRACKET = re.compile(r"\\.|[()\[\]{}]", re.DOTALL)
_SCHEDULED = re.compile(r"\[[^\[\]]*[:|][^\[\]]*\]")
_CLOSING = {")": "(", "]": "[", "}": "{"}


def for_compel(prompt: str) -> str:
    """`prompt` with ``(words:1.2)`` in compel's spelling, ``(words)1.2``. Other syntax, such as ``word++``, is kept.

    Raises:
        InputError: a weight is negative, or out of range.
    """
    written: list[str] = []
    depth = place = 0
    for match in _PARENTHESIS.finditer(prompt):
        text, sign = prompt[place : match.start()], match[0]
        place = match.end()
        number = _NUMBER.search(text) if sign == ")" and depth else None
        depth += {"(": 1, ")": -1 if depth else 0}.get(sign, 0)
        if number is None:
            written += [text, sign]
            continue
        follows = prompt[place : place + 1]
        gap = " " if follows and follows not in " \t\n,)" else ""
        written += [text[: number.start()], ")", f"{check_weight(float(number[1])):g}", gap]
    return "".join([*written, prompt[place:]])


def check_weight(weight: float) -> float:
    """Return `weight` if compel can use it.

    Raises:
        InputError: it is negative or too large.
    """
    if not 0 <= weight <= MAX_WEIGHT:
        hint = "Put such words into the negative prompt" if weight < 0 else r"Write \( and \) for parentheses of a text"
        raise InputError(f"weight {weight:g} of a word is out of range: 0 to {MAX_WEIGHT:g}", hint)
    return weight


class _Part(NamedTuple):
    text: str
    weight: float


def with_weights(prompt: str, brackets: Mapping[str, float]) -> str:
    """`prompt` of another program with its weights as ``(words:1.21)``; `brackets` are those that weigh there.

    Everything else that compel would not read as plain text is escaped.

    Raises:
        InputError: a weight is negative or too large.
    """
    if _SCHEDULED.search(prompt):  # [from:to:when], which AUTOMATIC1111 resolves before it looks for weights
        brackets = {sign: factor for sign, factor in brackets.items() if sign != "["}
    written = []
    for text, weight in _merged(_parts(prompt, brackets)):
        words = text.strip()
        if not words or round(weight, 4) == 1:
            written.append(_escaped(text))
            continue
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        written.append(f"{before}({_escaped(words)}:{check_weight(round(weight, 4)):g}){after}")
    return "".join(written)


def _parts(prompt: str, brackets: Mapping[str, float]) -> list[_Part]:
    """The text of `prompt` in parts of one weight. As in AUTOMATIC1111, an unclosed bracket weighs all that follows."""
    parts: list[_Part] = []
    opened: list[tuple[str, int]] = []
    place = 0

    def weigh(start: int, factor: float) -> None:
        parts[start:] = [_Part(part.text, part.weight * factor) for part in parts[start:]]

    for match in _BRACKET.finditer(prompt):
        text, sign = prompt[place : match.start()], match[0]
        place = match.end()
        closes = _CLOSING.get(sign, "")
        at = next((n for n in reversed(range(len(opened))) if opened[n][0] == closes), None)
        number = _NUMBER.search(text) if sign == ")" and at is not None else None
        parts.append(_Part(text[: number.start()] if number else text, 1.0))
        if sign in brackets:
            opened.append((sign, len(parts)))
        elif at is not None:
            weigh(opened.pop(at)[1], float(number[1]) if number else brackets[closes])
        else:
            parts.append(_Part(sign[1:] if len(sign) == 2 and sign[1] in "()[]{}\\" else sign, 1.0))
    parts.append(_Part(prompt[place:], 1.0))
    for sign, start in opened:
        weigh(start, brackets[sign])
    return parts


def _merged(parts: list[_Part]) -> Iterator[_Part]:
    """`parts` with neighbours of the same weight joined."""
    before: _Part | None = None
    for part in parts:
        if not part.text:
            continue
        if before and round(before.weight, 4) == round(part.weight, 4):
            before = _Part(before.text + part.text, part.weight)
            continue
        if before:
            yield before
        before = part
    if before:
        yield before


def _escaped(text: str) -> str:
    return re.sub(r'([()"])', r"\\\1", text)
