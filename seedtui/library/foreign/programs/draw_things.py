"""Draw Things: a JSON table in the UserComment of XMP or EXIF, and a human-readable text next to it."""

from __future__ import annotations

import re

import msgspec

from seedtui.core.foreign.translate import ForeignSettings
from seedtui.library.foreign.json_text import parse_object
from seedtui.library.foreign.programs.infotext import read_infotext
from seedtui.library.foreign.table import said_of
from seedtui.library.foreign.texts import Texts

_PROGRAM = "Draw Things"


def read(found: Texts) -> ForeignSettings | None:
    """The settings in the texts of a Draw Things image."""
    settings = parse_object(found.texts.get("UserComment"))
    if isinstance(settings.get("c"), str) and ("sampler" in settings or "seed" in settings):
        plain = {name: value for name, value in settings.items() if name not in ("v2", "profile")}
        return said_of(_PROGRAM, plain)
    if found.texts.get("CreatorTool", "").strip() != _PROGRAM or "Description" not in found.texts:
        return None
    # A line that begins with a hyphen is the negative prompt.
    text = re.sub(r"\n-(?=.*\nSteps: )", "\nNegative prompt: ", found.texts["Description"], count=1)
    said = read_infotext(text)
    return said and msgspec.structs.replace(said, program=_PROGRAM)
