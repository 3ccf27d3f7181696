"""Reads JSON in the texts of images."""

from __future__ import annotations

from typing import Any

from seedtui.core.errors import FileError
from seedtui.files.json_files import parse_json

_AROUND = "\ufeff\0 \t\r\n"
"""Characters that some programs put around their JSON."""


def parse_object(text: str | None) -> dict[str, Any]:
    """The JSON object in `text`; an empty one if `text` does not begin like one.

    Raises:
        FileError: it is damaged, or nested too deeply.
    """
    if text is None or not is_object(text):
        return {}
    try:
        value = parse_json(text.strip(_AROUND))
    except FileError as error:
        raise FileError(f"its metadata is damaged: {error.problem.message}") from error
    return value if isinstance(value, dict) else {}


def is_object(text: str) -> bool:
    """Whether `text` begins like a JSON object."""
    return text[:100].lstrip(_AROUND).startswith("{")
