r"""Wildcards: each ``__name__`` in a text becomes one value of a list, in the syntax of dynamicprompts.

Which value follows from the image's seed alone, by hash: the same seed and list give the same text, on every machine
and in every version. A value that is added to a list, removed or moved changes no text that had another value. A value
may have wildcards and alternatives in braces of its own; the seed chooses among these too. ``{2$$ and $$__name__}``
gives two different values. A backslash keeps a wildcard as it is: ``\__name__``.

Not supported: variables and parameters, and samplers other than the random one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, get_args

from seedtui.core.errors import InputError, quoted
from seedtui.core.prompts.alternatives import expand
from seedtui.core.prompts.prompt import check_text

Wildcards = Literal["off", "suffixes", "prompts"]
"""Where wildcards are resolved: nowhere, in suffixes, or in prompts too."""

WILDCARDS: tuple[Wildcards, ...] = get_args(Wildcards)

Values = Callable[[str], Sequence[str]]
"""The distinct values of a name or glob; raises an `InputError` if there are none."""

MAX_DEPTH = 8
"""Maximum nesting of wildcards in the values of others."""

MAX_RESOLVED = 100
"""Maximum number of wildcards that one text may resolve, nested ones included."""

_MAX_ALTERNATIVES = 64
"""How many alternatives of a value the seed chooses from."""

_NAME = r"__(?![\s_])(?P<{}>[^{{}}|\\\n]{{1,200}}?)(?<![\s_])__"
_COUNT = r"(?P<low>\d{1,2})?(?P<dash>-)?(?P<high>\d{1,2})?\$\$(?:(?P<joint>[^{}|$]*)\$\$)?"
_WILDCARD = re.compile(
    r"\\" + _NAME.format("kept")
    + rf"|\{{{_COUNT}{_NAME.format('many')}\}}"
    + "|" + _NAME.format("one")
)  # fmt: skip


def has_wildcards(text: str) -> bool:
    """Whether `resolve` would change `text`."""
    return _WILDCARD.search(text) is not None


def resolve(text: str, seed: int, values: Values, repeat: int = 0) -> str:
    """`text` with every wildcard replaced, for an image of `seed`.

    `repeat` counts the same text in the same round: each gets values that the others do not have, while they last.

    Raises:
        InputError: there is no such wildcard, one contains itself, or the result is too long.
    """
    return check_text(_Resolver(seed, values, repeat).resolve(text, ()), "text that the wildcards make")


def resolve_all(texts: Iterable[str], seed: int, values: Values) -> tuple[str, ...]:
    """`texts` of one round, all for `seed`, resolved.

    Raises:
        InputError: as `resolve`.
    """
    seen: dict[str, int] = {}
    resolved = []
    for text in texts:
        repeat = seen.get(text, 0)
        seen[text] = repeat + 1
        resolved.append(resolve(text, seed, values, repeat) if has_wildcards(text) else text)
    return tuple(resolved)


def drawn(template: str, text: str) -> str:
    """The part of `text` that differs from the `template` it was resolved from, in whole words, for a label."""
    before, after = template.split(" "), text.split(" ")
    first = next((i for i, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), len(before))
    before, after = before[first:], after[first:]
    backwards = zip(reversed(before), reversed(after), strict=False)
    same = next((i for i, pair in enumerate(backwards) if pair[0] != pair[1]), min(len(before), len(after)))
    return " ".join(after[: len(after) - same]).strip(" ,;.") or text


class _Resolver:
    """Resolves one text. A `path` names the wildcards that a text is a value of, outermost first."""

    def __init__(self, seed: int, values: Values, repeat: int) -> None:
        self._seed, self._values, self._repeat = seed, values, repeat
        self._resolved = 0

    def resolve(self, text: str, path: tuple[str, ...]) -> str:
        used: dict[str, int] = {}

        def replace(match: re.Match[str]) -> str:
            if match["kept"] is not None:
                return match[0].removeprefix("\\")
            name = (match["one"] or match["many"]).removeprefix("~")
            use = used[name] = used.get(name, -1) + 1
            return self._replace(match, name, (*path, f"{name}#{use}"))

        return _WILDCARD.sub(replace, text)

    def _replace(self, match: re.Match[str], name: str, path: tuple[str, ...]) -> str:
        self._resolved += 1
        if len(path) > MAX_DEPTH or self._resolved > MAX_RESOLVED:
            raise InputError(f"the wildcards in {quoted(f'__{name}__')} do not end", "A list may not contain itself")
        values = self._values(name)
        count, joint = (1, "") if match["many"] is None else self._count(match, path, len(values))
        ranked = sorted(values, key=lambda value: (self._hash(*path, value), value))
        first = self._repeat * max(count, 1)
        chosen = [ranked[(first + i) % len(ranked)] for i in range(count)]
        return joint.join(self._inside(value, path) for value in chosen)

    def _count(self, match: re.Match[str], path: tuple[str, ...], values: int) -> tuple[int, str]:
        """How many values, and what joins them."""
        low = int(match["low"] or 1)
        high = int(match["high"] or values) if match["dash"] else low
        low, high = min(low, values), min(max(high, low), values)
        spread = int.from_bytes(self._hash(*path, "$$")) % (high - low + 1)
        return low + spread, "," if match["joint"] is None else match["joint"]

    def _inside(self, value: str, path: tuple[str, ...]) -> str:
        """`value` with one of its own alternatives, and its own wildcards resolved."""
        if "{" in value or "\\" in value:
            options = expand(value, _MAX_ALTERNATIVES)
            value = min(options, key=lambda option: (self._hash(*path, value, option), option))
        return self.resolve(value, path)

    def _hash(self, *parts: str) -> bytes:
        """A hash of the seed and `parts`, to rank values by."""
        data = "\0".join((str(self._seed), *parts)).encode(errors="surrogatepass")
        return hashlib.blake2b(data, digest_size=8).digest()
