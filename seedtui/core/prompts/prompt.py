"""Prompts and the suffixes that refine them."""

from __future__ import annotations

from seedtui.core.errors import InputError

SUFFIXES: tuple[str, ...] = (", highly realistic", ", artsy", ", trending", ", colorful")
"""The refine suffixes of the Diffusers guide."""

EXAMPLE = "Labrador in the style of Vermeer"
"""The prompt of the Diffusers guide."""

MAX_PROMPT = 4000
"""Characters in a prompt: well above what any text encoder in use reads (T5 takes 512 tokens)."""


def check_prompt(prompt: str, name: str = "prompt") -> str:
    """`prompt` itself.

    Raises:
        InputError: it is empty, longer than `MAX_PROMPT`, or holds bytes that are not text.
    """
    if not prompt.strip():
        raise InputError(f"the {name} is empty", "Say what the picture should show")
    return check_text(prompt, name)


def check_text(text: str, name: str) -> str:
    """`text` itself, which may be empty, as a suffix or a negative prompt may.

    Raises:
        InputError: longer than `MAX_PROMPT`, or not text.
    """
    if len(text) > MAX_PROMPT:
        raise InputError(f"the {name} has {len(text):,} characters", f"Write at most {MAX_PROMPT:,}")
    if any("\ud800" <= c <= "\udfff" or c == "\0" for c in text):
        raise InputError(f"the {name} holds bytes that are not text", "Write it in UTF-8")
    return text


def short_suffix(suffix: str) -> str:
    """`suffix` as a label: without the comma and spaces that join it to the prompt."""
    return suffix.strip(" ,;.\t\n") or "as picked"
