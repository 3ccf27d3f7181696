"""Readable file names: the prompt, the seed, and the suffix."""

from __future__ import annotations

import unicodedata

import msgspec

from seedtui.core.images.record import ImageRecord
from seedtui.core.prompts.prompt import short_suffix
from seedtui.core.rounds.axis import cell_settings
from seedtui.core.shares import percent
from seedtui.core.text.display import visible

_PROMPT_LENGTH = 44
_SUFFIX_LENGTH = 22
_BYTES = 3
"""UTF-8 bytes per character in most scripts; names with more are cut shorter. File systems allow 255 bytes."""

_STEM_BYTES = 240
"""The longest name without ``.png``: a tag still fits."""

_VIRAMA = 9
"""The combining class of the sign that joins two consonants in Indic scripts."""

_JOINERS = "\u200c\u200d"


def image_stem(record: ImageRecord) -> str:
    """The name without ``.png``, such as ``labrador-in-the-style-of-vermeer_seed-2_artsy``; at most 240 bytes.

    It has letters with their marks and digits of any script, hyphens and underscores. Different images may get the same
    name; see `image_tag`.
    """
    limits = range(_PROMPT_LENGTH, 0, -1)
    return next(name for limit in limits if len((name := _stem(record, limit)).encode()) <= _STEM_BYTES)


def _stem(record: ImageRecord, limit: int) -> str:
    """The name without ``.png``, with at most `limit` characters of the prompt."""
    if record.finish:
        first = record.unfinished if record.source else msgspec.structs.replace(record, finish=None)
        return f"{_stem(first, limit)}_{record.recipe.width}x{record.recipe.height}"
    parts = [_slug(record.prompt, limit) or "image", f"seed-{record.seed}"]
    if record.kind == "refine" or (record.axes and record.suffix):
        parts.append(_slug(short_suffix(record.suffix), _SUFFIX_LENGTH) or "refined")
    if record.holds:
        parts.append(f"hold-{_number(record.holds[-1].share)}")
    if record.variations:
        towards = record.variations[-1]
        parts.append(f"{_number(towards.strength)}-of-{towards.seed}")
    if record.stop:
        parts.append(f"at-{_slug(str(record.stop), limit)}")
    parts += [
        _slug(words, _SUFFIX_LENGTH) for words in (cell_settings(record.axes, record.index) if record.axes else ())
    ]
    return "_".join(parts)


def image_tag(record: ImageRecord) -> str:
    """The first digits of the round's id, to distinguish images with the same name."""
    return record.round_id[:4]


def image_name(record: ImageRecord) -> str:
    """The file name of an image, at most 244 bytes of UTF-8."""
    return f"{image_stem(record)}.png"


def _slug(text: str, limit: int) -> str:
    """The words of `text` joined with hyphens, cut at `limit` characters, preferably at the end of a word."""
    words = (_word(word) for word in _spaced(text).split())
    slug = "-".join(filter(None, words))
    cut = _cut(slug, limit)
    if len(cut) < len(slug) and slug[len(cut)] != "-" and "-" in cut[len(cut) // 2 :]:
        cut = cut[: cut.rindex("-")]
    return cut.strip("-")


def _spaced(text: str) -> str:
    """`text` in lower case, with spaces for all non-word characters. Joiners only affect shapes and are dropped."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    seen = visible("".join(c for c in plain if c not in _JOINERS))  # no invisible characters in names
    return "".join(c if c.isalnum() or _is_mark(c) else " " for c in seen)


def _word(word: str) -> str:
    """`word` without leading marks, which have no letter."""
    return word.lstrip("".join({c for c in word if _is_mark(c)}))


def _cut(slug: str, limit: int) -> str:
    """The first `limit` characters of `slug`, without separating a letter from its marks."""
    cut = slug[:limit].encode("utf-8", "ignore")[: limit * _BYTES].decode("utf-8", "ignore")
    end = len(cut)
    while 0 < end < len(slug) and _belongs_to(slug[end], slug[end - 1]):
        end -= 1
    return slug[:end]


def _belongs_to(character: str, before: str) -> bool:
    """Whether `character` belongs to the one `before`: a mark, the Thai and Lao AM, an Indic conjunct."""
    return _is_mark(character) or character in "\u0e33\u0eb3" or unicodedata.combining(before) == _VIRAMA


def _is_mark(character: str) -> bool:
    """Whether it is a mark on, or next to, the letter before it: an accent, a vowel sign."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me")


def _number(share: float) -> str:
    """The percentage of a share, without a point: ``20``, ``12-5``."""
    return percent(share).rstrip("%").replace(".", "-")
