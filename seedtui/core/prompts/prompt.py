"""Prompts and the suffixes that refine them."""

from __future__ import annotations

from seedtui.core.errors import InputError

SUFFIXES: tuple[str, ...] = (", highly realistic", ", artsy", ", trending", ", colorful")
"""The refine suffixes of the Diffusers guide."""

EXAMPLE = "Labrador in the style of Vermeer"
"""The prompt of the Diffusers guide."""

MAX_PROMPT = 4000
"""Maximum length of a prompt in characters, well above what any text encoder reads (T5 takes 512 tokens)."""


def check_prompt(prompt: str, name: str = "prompt") -> str:
    """Return `prompt` if it is valid.

    Raises:
        InputError: it is empty, longer than `MAX_PROMPT`, or contains bytes that are not text.
    """
    if not prompt.strip():
        raise InputError(f"the {name} is empty", "Describe the picture you want")
    return check_text(prompt, name)


def check_text(text: str, name: str) -> str:
    """Return `text`, a suffix or a negative prompt, if it is valid; it may be empty.

    Raises:
        InputError: longer than `MAX_PROMPT`, or not text.
    """
    if len(text) > MAX_PROMPT:
        raise InputError(f"the {name} has {len(text):,} characters", f"Write at most {MAX_PROMPT:,}")
    if any("\ud800" <= c <= "\udfff" or c == "\0" for c in text):
        raise InputError(f"the {name} contains bytes that are not text", "Write it in UTF-8")
    return text


def short_suffix(suffix: str) -> str:
    """`suffix` as a label: without the comma and spaces that join it to the prompt."""
    return suffix.strip(" ,;.\t\n") or "as picked"


def cut_place(prompt: str, dropped: str) -> int | None:
    """Where in `prompt` the text begins that a text encoder drops; None if it drops nothing, or that is unknown."""
    whole = prompt.rstrip()
    return len(whole) - len(dropped) if dropped and whole.endswith(dropped) else None
