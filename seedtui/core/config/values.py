"""Converts a value of the settings to its type, or says in plain words what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from seedtui.core.errors import InputError, quoted


def typed(types: Mapping[str, Any], name: str, value: object, strict: bool, more: Iterable[str] = ()) -> Any:
    """`value` as the setting `name`, one of `types`. `more` are other names that a typo may have meant.

    Raises:
        InputError: there is no such setting, or the value does not fit it.
    """
    if name not in types:
        near = _nearest(name, (*types, *more))
        raise InputError("unknown key", f"Did you mean {near}?" if near else f"Known keys: {', '.join(types)}")
    return convert(value, types[name], strict)


def convert(value: object, kind: Any, strict: bool) -> Any:
    """`value` as `kind`; without `strict`, from the text of an environment variable.

    Raises:
        InputError: it does not fit.
    """
    if not strict and get_origin(get_args(kind)[0] if get_args(kind) else kind) is tuple and isinstance(value, str):
        value = value.split(os.pathsep)  # as in PATH
    try:
        return msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        if choices := _choices(kind):
            shown = str(value).lower() if isinstance(value, bool) else str(value)
            words = f"{', '.join(choices[:-1])} or {choices[-1]}"
            raise InputError(f"unknown value {quoted(shown)}", f"Use {words}") from error
        raise InputError(str(error).replace("`", "").replace("Expected", "expected")) from error


def _choices(kind: Any) -> tuple[str, ...]:
    """The words that a setting may be; empty if there is no list of them."""
    inner = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if inner is bool:
        return ("true", "false")
    return get_args(inner) if get_origin(inner) is Literal else ()


def _nearest(name: str, names: Iterable[str]) -> str:
    import difflib  # needed only after a typo

    return next(iter(difflib.get_close_matches(name, list(names), 1)), "")
