"""File names that a person can read: what the picture is, its seed, and how it was refined."""

from __future__ import annotations

import unicodedata

from seedtui.core.prompts import short_suffix
from seedtui.core.record import ImageRecord

_PROMPT_BYTES = 44
_SUFFIX_BYTES = 22


def image_stem(record: ImageRecord) -> str:
    """The name without ``.png``, such as ``labrador-in-the-style-of-vermeer_seed-2_artsy``; at most 92 bytes.

    Letters and digits of any script, hyphens and underscores; no image of another prompt, seed and suffix
    is sure to have another name, so see `image_tag`.
    """
    parts = [_slug(record.prompt, _PROMPT_BYTES) or "image", f"seed-{record.seed}"]
    if record.kind == "refine":
        parts.append(_slug(short_suffix(record.suffix), _SUFFIX_BYTES) or "refined")
    return "_".join(parts)


def image_tag(record: ImageRecord) -> str:
    """The first digits of the round's id, which tell apart two images of one name."""
    return record.round_id[:4]


def image_name(record: ImageRecord) -> str:
    """The file name of an image, at most 96 bytes of UTF-8."""
    return f"{image_stem(record)}.png"


def _slug(text: str, limit: int) -> str:
    """The words of `text` with hyphens between, cut at `limit` bytes, at a word's end if one is near."""
    plain = unicodedata.normalize("NFC", text).lower()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    slug = "-".join(words)
    cut = slug.encode("utf-8", "ignore")[:limit].decode("utf-8", "ignore")
    if len(cut) < len(slug) and slug[len(cut)] != "-" and "-" in cut[len(cut) // 2 :]:
        cut = cut[: cut.rindex("-")]
    return cut.strip("-")
