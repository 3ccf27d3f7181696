"""How to finish pictures, as editable text fields: what they ask for, and the error in each. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from seedtui.core.errors import InputError, quoted
from seedtui.core.recipes.recipe import parse_size
from seedtui.core.rounds.finish import STRENGTH, Finish, parse_scale
from seedtui.core.shares import parse_share

FINISH_FIELDS: dict[str, str] = {"size": "2x", "strength": f"{STRENGTH:.0%}", "steps": "", "upscaler": "lanczos"}
"""In the order of the form, with what each has at first. Empty steps are those of the picture."""

_SIZE = re.compile(r"\s*\d+\s*[xX×]\s*\d+\s*")


class Wanted(NamedTuple):
    """How to finish pictures; `target` is a scale, or a size in pixels. `steps` of None are those of the picture."""

    how: Finish
    target: float | tuple[int, int]
    steps: int | None = None


def wanted_from(fields: Mapping[str, str]) -> tuple[Wanted | None, dict[str, str]]:
    """What the fields ask for, None if one is wrong; and the error message of each wrong field."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, parse in _PARSERS.items():
        try:
            values[name] = parse(fields.get(name, "").strip() or FINISH_FIELDS[name])
        except InputError as error:
            wrong[name] = f"{error.problem.message}: {error.problem.hint}" if error.problem.hint else str(error)
    if wrong:
        return None, wrong
    how = Finish(strength=values["strength"], upscaler=values["upscaler"])
    return Wanted(how, values["size"], values["steps"]), {}


def _size(text: str) -> float | tuple[int, int]:
    return parse_size(text) if _SIZE.fullmatch(text) else parse_scale(text)


def _strength(text: str) -> float:
    return Finish(strength=parse_share(text, "strength")).check().strength


def _steps(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9 or not int(text):
        raise InputError(f"{quoted(text, 12)} is not a number of steps")
    return int(text)


def _upscaler(text: str) -> str:
    return Finish(upscaler=text).check().upscaler


_PARSERS: dict[str, Callable[[str], Any]] = {
    "size": _size, "strength": _strength, "steps": _steps, "upscaler": _upscaler,
}  # fmt: skip
