"""Reads with the library sd-parsers what no module here reads: InvokeAI before 3.0.

It only gets short texts, because some of its searches take time quadratic in their length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seedtui.core.foreign.translate import ForeignSettings
from seedtui.library.foreign.json_text import parse_object
from seedtui.library.foreign.texts import Texts

if TYPE_CHECKING:
    from sd_parsers.data import PromptInfo, Sampler

_MOST = {"sd-metadata": 2**16, "Dream": 2**13}
"""Maximum length of each text in characters."""


def read(found: Texts) -> ForeignSettings | None:
    """The settings that sd-parsers finds in the texts."""
    texts = {name: text for name, most in _MOST.items() if 0 < len(text := found.texts.get(name, "")) <= most}
    if not texts:
        return None
    parse_object(texts.get("sd-metadata"))  # raises if it is damaged
    info = _parsed(texts)
    sampler = next((s for s in info.samplers if s.prompts), None) if info else None
    return _said(info, sampler) if info and sampler else None


def _parsed(texts: dict[str, Any]) -> PromptInfo | None:
    from sd_parsers.parsers import InvokeAIParser  # slow, and rarely needed

    try:
        return InvokeAIParser().parse(dict(texts))
    # Its input is untrusted: if it fails for any reason, nothing was read.
    except Exception:
        return None


def _said(info: PromptInfo, sampler: Sampler) -> ForeignSettings:
    given, metadata = sampler.parameters, info.metadata
    return ForeignSettings(
        program=info.generator.value,
        prompt=_joined(sampler.prompts),
        negative=_joined(sampler.negative_prompts),
        seed=given.get("seed"),
        steps=given.get("steps"),
        guidance=given.get("cfg_scale"),
        width=metadata.get("width"),
        height=metadata.get("height"),
        sampler=sampler.name,
        model=sampler.model.name if sampler.model else None,
    )


def _joined(prompts: list[Any]) -> str | None:
    words = [prompt.value for prompt in prompts if isinstance(prompt.value, str)]
    return ", ".join(words) if words else None
