"""Paths that are pasted or dragged into the terminal; terminals quote them in several ways."""

from __future__ import annotations

import shlex
from pathlib import Path
from urllib.parse import unquote

MAX_LENGTH = 4096
ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
"""File types that may record how an image was made."""


def dropped_images(text: str) -> tuple[Path, ...]:
    """The image paths that `text` may mean, likeliest first: plain, quoted, with backslashes, or ``file://``."""
    text = text.strip()
    if not 4 < len(text) <= MAX_LENGTH or "\n" in text or "\0" in text:
        return ()
    words = dict.fromkeys(_without_scheme(word) for word in (*_unquoted(text), text))
    return tuple(Path(word).expanduser() for word in words if _is_image_path(word))


def _without_scheme(word: str) -> str:
    return unquote(word[len("file://") :]) if word.startswith("file:///") else word


def _is_image_path(word: str) -> bool:
    return word.lower().endswith(ENDINGS) and word.startswith(("/", "~/", "./", "../")) and "\0" not in word


def _unquoted(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError:
        return []
    return words if len(words) == 1 else []
