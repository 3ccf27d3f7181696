"""SwarmUI: JSON under `sui_image_params`, in `parameters` of a PNG, in the UserComment of other files."""

from __future__ import annotations

from seedtui.core.foreign.translate import ForeignSettings
from seedtui.library.foreign.json_text import parse_object
from seedtui.library.foreign.table import said_of
from seedtui.library.foreign.texts import Texts


def read(found: Texts) -> ForeignSettings | None:
    """The settings in the text of a SwarmUI image."""
    for keyword in ("parameters", "UserComment", "Model", "Comment"):
        text = found.texts.get(keyword)
        if text and "sui_image_params" in text:
            settings = parse_object(text).get("sui_image_params")
            if isinstance(settings, dict):
                return said_of("SwarmUI", settings)
    return None
