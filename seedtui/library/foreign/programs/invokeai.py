"""InvokeAI: since 3.0 a JSON table `invokeai_metadata`; before that `sd-metadata`, with the prompt inside."""

from __future__ import annotations

from typing import Any

import msgspec

from seedtui.core.foreign.translate import ForeignSettings, aspect
from seedtui.library.foreign.json_text import parse_object
from seedtui.library.foreign.table import name_of, said_of
from seedtui.library.foreign.texts import Texts

_ALSO = {"scheduler": "sampler", "guidance": "distilled"}


def read(found: Texts) -> ForeignSettings | None:
    """The settings in the texts of an InvokeAI image."""
    settings = parse_object(found.texts.get("invokeai_metadata"))
    if not settings:
        settings = parse_object(found.texts.get("invokeai"))
    if settings:
        return _said(settings)
    old = parse_object(found.texts.get("sd-metadata"))
    image = old.get("image")
    return _old(old, image) if isinstance(image, dict) else None


def _said(settings: dict[str, Any]) -> ForeignSettings:
    kind = str(settings.get("generation_mode", ""))
    if not settings.get("hrf_enabled"):
        settings = {name: value for name, value in settings.items() if not name.startswith("hrf_")}
    plain = {n: v for n, v in settings.items() if n not in ("strength", "init_image", "refiner_model", "vae")}
    untaken = [aspect(name, name_of(settings[name]) or "") for name in ("refiner_model", "vae") if settings.get(name)]
    if "txt2img" not in kind and settings.get("strength") is not None:
        plain["strength"] = settings["strength"]
    said = said_of("InvokeAI", plain, also=_ALSO, untaken=untaken)
    if kind and "txt2img" not in kind and said.strength is None:
        return msgspec.structs.replace(said, untaken=(aspect("mode", kind), *said.untaken))
    return said


def _old(settings: dict[str, Any], image: dict[str, Any]) -> ForeignSettings | None:
    """For InvokeAI 2, whose prompt has the negative prompt in brackets. If it is a list, sd-parsers reads it."""
    if not isinstance(image.get("prompt"), str):
        return None
    prompt, negative = split_brackets(image["prompt"])
    table = {**image, "prompt": prompt, "negative prompt": negative, "model": settings.get("model_weights")}
    return said_of("InvokeAI", table)


def split_brackets(text: str) -> tuple[str, str]:
    """Split ``a mill [rain]`` into prompt and negative prompt."""
    prompt: list[str] = []
    negative: list[str] = []
    while "[" in text and "]" in text.partition("[")[2]:
        before, _, rest = text.partition("[")
        inside, _, text = rest.partition("]")
        prompt.append(before)
        negative.append(inside)
    prompt.append(text)
    return tuple(", ".join(filter(None, (p.strip(" ,") for p in parts))) for parts in (prompt, negative))  # type: ignore[return-value]
