"""The prompt arguments of a call whose prompts compel encodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.diffusion.call.compel_prompts import NAMES, Encoded, encode, encoder_of
from seedtui.engine.diffusion.call.prompt_cache import PromptCache


def encoded_prompts(
    pipe: Any, form: CallForm, recipe: Recipe, each: Sequence[tuple[str, ...]], stage: int, device: str,
    cache: PromptCache,
) -> dict[str, Any]:  # fmt: skip
    """The arguments of the call of `pipe` for the prompts at `stage` among those that each image follows.

    All prompts, of all stages, are encoded together, because those of a call must have one length.

    Raises:
        InputError: compel cannot encode a prompt.
    """
    texts = tuple(dict.fromkeys(text for prompts in each for text in prompts))
    negative, encoding = recipe.negative or _no_negative(pipe, form), recipe.prompt_encoding
    made: Encoded = cache.remembered(
        ("compel", encoding, texts, negative),
        lambda: encode(encoder_of(pipe, form, device), encoding, texts, negative),
    )
    rows = [texts.index(prompts[min(stage, len(prompts) - 1)]) for prompts in each]
    given = dict(zip(NAMES, made, strict=True))
    return {name: given[name][rows] for name in form.embeds if given[name] is not None}


def _no_negative(pipe: Any, form: CallForm) -> str | None:
    """The negative prompt where there is none; None if the call takes none, or takes zeros for it."""
    zeros = pipe.config.get("force_zeros_for_empty_prompt", False)
    return None if zeros or "negative_prompt_embeds" not in form.embeds else ""
