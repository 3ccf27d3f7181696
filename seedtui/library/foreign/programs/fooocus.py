"""Fooocus and RuinedFooocus: a JSON table. In its other scheme Fooocus writes text like AUTOMATIC1111."""

from __future__ import annotations

import ast
from typing import Any

from seedtui.core.foreign.translate import ForeignSettings, aspect
from seedtui.library.foreign.json_text import parse_object
from seedtui.library.foreign.table import said_of, spelled
from seedtui.library.foreign.texts import Texts


def read(found: Texts) -> ForeignSettings | None:
    """The settings in the table of a Fooocus image."""
    for keyword in ("parameters", "UserComment", "Comment"):
        settings = parse_object(found.texts.get(keyword))
        names = {spelled(name) for name in settings}
        if settings.get("software") == "RuinedFooocus":
            return said_of("RuinedFooocus", settings)
        if "basemodel" in names and names & {"prompt", "metadatascheme"}:
            return _said(settings)
    return None


def _said(settings: dict[str, Any]) -> ForeignSettings:
    loras = [value for name, value in settings.items() if spelled(name).startswith("lora") and isinstance(value, str)]
    listed = settings.get("loras")
    if not loras and isinstance(listed, list):
        loras = [" : ".join(str(part) for part in lora[:2]) for lora in listed if isinstance(lora, list)]
    plain = {
        name: value
        for name, value in settings.items()
        if not spelled(name).startswith("lora") and spelled(name) not in ("styles", "performance")
    }
    untaken = [aspect("LoRA", lora) for lora in loras if not lora.startswith(("None", "False"))]
    if styles := _listed(settings.get("styles", settings.get("Styles"))):
        untaken.append(aspect("styles", ", ".join(styles)))
    if settings.get("performance", "Speed") not in ("Speed", "Quality"):
        untaken.append(aspect("performance", settings["performance"]))
    return said_of("Fooocus", plain, untaken=untaken)


def _listed(styles: object) -> list[str]:
    """A list of words, which Fooocus writes as a Python literal."""
    if isinstance(styles, str) and len(styles) < 10_000:
        try:
            styles = ast.literal_eval(styles)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return [str(styles)]
    return [str(style) for style in styles] if isinstance(styles, list) else []
