"""NovelAI: the prompt in `Description`, the settings as JSON in `Comment`; the alpha channel contains the same."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from seedtui.core.foreign.translate import ForeignSettings, aspect
from seedtui.library.foreign.json_text import parse_object
from seedtui.library.foreign.table import said_of
from seedtui.library.foreign.texts import Texts

_FOR_PIXELS = frozenset(
    {
        "sampler", "seed", "steps", "scale", "uc", "prompt", "width", "height", "noise_schedule", "strength",
        "noise", "request_type", "cfg_rescale", "uncond_scale", "sm", "sm_dyn", "dynamic_thresholding", "variety",
        "skip_cfg_above_sigma",
    }
)  # fmt: skip
"""The settings that mean something to other programs; dozens more are specific to NovelAI."""


def read(found: Texts) -> ForeignSettings | None:
    """The settings in the texts of a NovelAI image."""
    for keyword in ("Comment", "UserComment"):
        settings = parse_object(found.texts.get(keyword))
        if isinstance(settings.get("Comment"), str):  # WebP files have all texts in one
            return read(found._replace(texts={k: v for k, v in settings.items() if isinstance(v, str)}))
        software = str(found.texts.get("Software", "")).strip("\0 ")
        if settings and (software == "NovelAI" or {"uc", "scale"} <= settings.keys() or "v4_prompt" in settings):
            return _said(settings, found)
    return None


def _said(settings: dict[str, Any], found: Texts) -> ForeignSettings:
    base, characters = _captions(settings.get("v4_prompt"))
    avoided, avoided_characters = _captions(settings.get("v4_negative_prompt"))
    prompt = base or settings.get("prompt") or found.texts.get("Description")
    negative = avoided or settings.get("uc")
    others = {name: value for name, value in settings.items() if name in _FOR_PIXELS - {"prompt", "uc"}}
    if others.get("uncond_scale") in (0, 1):
        del others["uncond_scale"]
    untaken = [aspect("character", text) for text in characters]
    untaken += [aspect("character, to avoid", text) for text in avoided_characters]
    request = str(others.pop("request_type", ""))
    if not request.startswith(("Img2Img", "NativeInfilling", "InfillRequest")):
        # These are also there for an image made from noise, where they mean nothing; old versions do not say which.
        for name in ("strength", "noise"):
            value = others.pop(name, None)
            if value is not None and not request:
                untaken.append(aspect(f"{name}, if it was made from another image,", value))
    match = re.fullmatch(r"(.{1,100})\s+[0-9A-F]{6,}", found.texts.get("Source", "")[:200])
    model = match[1] if match else found.texts.get("Source")
    table = {**others, "prompt": prompt, "negative prompt": negative, "model": model}
    said = said_of("NovelAI", table, untaken=untaken)
    if said.width is None or said.height is None:
        return msgspec.structs.replace(said, width=found.width, height=found.height)
    return said


def _captions(prompt: object) -> tuple[str | None, list[str]]:
    """The caption of the whole picture, and one for each character in it, for models since V4."""
    caption = prompt.get("caption") if isinstance(prompt, dict) else None
    if not isinstance(caption, dict):
        return None, []
    base, characters = caption.get("base_caption"), caption.get("char_captions")
    texts = [c.get("char_caption") for c in characters if isinstance(c, dict)] if isinstance(characters, list) else []
    return base if isinstance(base, str) else None, [t for t in texts if isinstance(t, str) and t.strip()]
