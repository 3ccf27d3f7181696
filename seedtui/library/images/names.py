"""File names that a person can read: what the picture is, its seed, and how it was refined."""

from __future__ import annotations

import unicodedata

from seedtui.core.images.record import ImageRecord
from seedtui.core.prompts.prompt import short_suffix
from seedtui.core.text.display import visible

_PROMPT_LENGTH = 44
_SUFFIX_LENGTH = 22
_BYTES = 3
"""A character of most scripts has so many; others are cut at fewer. File systems take 255 in a name."""

_VIRAMA = 9
"""The combining class of the sign that joins two consonants in the scripts of India."""

_JOINERS = "\u200c\u200d"


def image_stem(record: ImageRecord) -> str:
    """The name without ``.png``, such as ``labrador-in-the-style-of-vermeer_seed-2_artsy``; at most 225 bytes.

    Letters, their marks, and digits of any script, hyphens and underscores; no image of another prompt, seed and suffix
    is sure to have another name, so see `image_tag`.
    """
    parts = [_slug(record.prompt, _PROMPT_LENGTH) or "image", f"seed-{record.seed}"]
    if record.kind == "refine":
        parts.append(_slug(short_suffix(record.suffix), _SUFFIX_LENGTH) or "refined")
    return "_".join(parts)


def image_tag(record: ImageRecord) -> str:
    """The first digits of the round's id, which tell apart two images of one name."""
    return record.round_id[:4]


def image_name(record: ImageRecord) -> str:
    """The file name of an image, at most 229 bytes of UTF-8."""
    return f"{image_stem(record)}.png"


def _slug(text: str, limit: int) -> str:
    """The words of `text` with hyphens between, cut at `limit` characters, at a word's end if one is near."""
    words = (_word(word) for word in _spaced(text).split())
    slug = "-".join(filter(None, words))
    cut = _cut(slug, limit)
    if len(cut) < len(slug) and slug[len(cut)] != "-" and "-" in cut[len(cut) // 2 :]:
        cut = cut[: cut.rindex("-")]
    return cut.strip("-")


def _spaced(text: str) -> str:
    """`text` in lower case, with a space in place of all that belongs to no word. Joiners only shape what is there."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    seen = visible("".join(c for c in plain if c not in _JOINERS))  # what cannot be seen is in no name
    return "".join(c if c.isalnum() or _is_mark(c) else " " for c in seen)


def _word(word: str) -> str:
    """`word` without marks that are on no letter."""
    return word.lstrip("".join({c for c in word if _is_mark(c)}))


def _cut(slug: str, limit: int) -> str:
    """The first `limit` characters of `slug`, no letter without all of its marks."""
    cut = slug[:limit].encode("utf-8", "ignore")[: limit * _BYTES].decode("utf-8", "ignore")
    end = len(cut)
    while 0 < end < len(slug) and _belongs_to(slug[end], slug[end - 1]):
        end -= 1
    return slug[:end]


def _belongs_to(character: str, before: str) -> bool:
    """Whether it is read as one with the character `before`: a mark, the Thai and Lao AM, an Indic conjunct."""
    return _is_mark(character) or character in "\u0e33\u0eb3" or unicodedata.combining(before) == _VIRAMA


def _is_mark(character: str) -> bool:
    """Whether it is written on, or beside, the letter before it: an accent, a vowel sign."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me")
