"""Prompts that compel encodes, with the pipeline's own text encoders: with weights, or longer than their limit.

compel is imported only where a recipe asks for it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

from seedtui.core.errors import InputError, SeedtuiError, one_line, quoted
from seedtui.core.prompts.weights import for_compel
from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.recipe import PromptEncoding
from seedtui.engine.diffusion.loading.compatibility import needs_packages, version_of
from seedtui.engine.diffusion.memory.low_memory import is_out_of_memory
from seedtui.engine.diffusion.tokens import TokenCounter
from seedtui.engine.wire import protocol as p

NAMES = ("prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds")
"""The arguments of a call, in the order of what `encode` returns."""

Encoded = tuple[Any, Any, Any, Any]
"""A tensor for each of `NAMES`, with a row for each prompt; None for those that the family does not have."""


def check(encoding: PromptEncoding, info: p.ModelInfo) -> None:
    """Check that prompts of the model of `info` can be encoded so.

    Raises:
        InputError: it is of another family.
        ModelError: compel is not installed.
    """
    if encoding == "plain":
        return
    if not info.form.embeds:
        raise InputError(
            f"{info.pipeline} cannot encode prompts as {encoding}: only the Stable Diffusion and SDXL families can",
            "Use the prompt encoding plain",
        )
    if not version_of("compel"):
        raise needs_packages(f"the prompt encoding {encoding}", ("compel",))


def encoder_of(pipe: Any, form: CallForm, device: str) -> Any:
    """The encoder of compel for `pipe`, which computes on `device`. Cheap, and only good until the weights change."""
    from compel import CompelForSD, CompelForSDXL

    _read_fast()
    return (CompelForSDXL if "pooled_prompt_embeds" in form.embeds else CompelForSD)(pipe, device=device)


def encode(encoder: Any, encoding: PromptEncoding, prompts: Sequence[str], negative: str | None) -> Encoded:
    """Encode `prompts` and the prompt `negative`, if there is one, to tensors of one length.

    Raises:
        InputError: compel cannot read a prompt, or a weight is out of range.
    """
    if encoding == "long":
        for part in vars(encoder).values():
            part.parse_prompt_string = plain_text
    elif hasattr(encoder, "compel_2"):
        pool_words(encoder)
    given = [_spelled(prompt, encoding) for prompt in prompts]
    try:
        made = encoder(given, negative_prompt=None if negative is None else _spelled(negative, encoding))
    except SeedtuiError:
        raise
    except Exception as error:  # its parser, and its search for the tokens of a weight, raise many kinds
        if is_out_of_memory(error):
            raise
        raise _unreadable(prompts, error) from error
    return made.embeds, made.negative_embeds, made.pooled_embeds, made.negative_pooled_embeds


def plain_text(text: str) -> Any:
    """`text` in the form that compel's parser returns, with no syntax."""
    from compel.prompt_parser import Conjunction, FlattenedPrompt

    # Fragments drop the backslash of an escaped parenthesis or quote, which is text here.
    kept = re.sub(r'\\([()"])', r"\\\\\1", text)
    return Conjunction(prompts=[FlattenedPrompt([(kept, 1.0)])], weights=[1.0])


def pool_words(encoder: Any) -> None:
    """Let the pooled output of SDXL read the words of prompts: compel gives it the syntax of their weights too."""
    provider = encoder.compel_2.conditioning_provider
    pooled = provider.get_pooled_embeddings
    provider.get_pooled_embeddings = lambda texts, **given: pooled(list(map(only_words, texts)), **given)


def only_words(text: str) -> str:
    """The words of `text`, which compel's parser reads."""
    from compel.prompt_parser import Blend, PromptParser

    found = PromptParser().parse_conjunction(text).prompts
    flat = [inner for one in found for inner in (one.prompts if isinstance(one, Blend) else [one])]
    return " ".join(part.text for one in flat for part in one.children if hasattr(part, "text"))


def words_of(prompt: str, encoding: PromptEncoding) -> str:
    """The words of `prompt` that reach the text encoder, without the syntax of weights.

    Raises:
        InputError: compel cannot read it.
    """
    if encoding != "weighted":
        return prompt
    return _read(for_compel(prompt))


def count(tokens: TokenCounter, prompt: str, encoding: PromptEncoding) -> p.TokenCount:
    """The number of tokens of `prompt`; what is encoded in parts is not cut off."""
    if encoding == "plain" or not version_of("compel"):
        return tokens.count(prompt)
    try:
        return p.TokenCount(tokens.count(words_of(prompt, encoding)).tokens)
    except InputError:
        return p.TokenCount(tokens.count(prompt).tokens)


def notes_on(encoding: PromptEncoding, prompts: Sequence[str]) -> tuple[str, ...]:
    """A note if compel reads part of the syntax of `prompts` as text, as it does where parentheses do not match."""
    if encoding != "weighted":
        return ()
    for prompt in prompts:
        escaped = len(re.findall(r"\\[()]", prompt))
        if len(re.findall(r"[()]", words_of(prompt, encoding))) > escaped:
            return (
                "compel reads some parentheses in the prompt as text: they do not match, or hold special characters",
            )
    return ()


def _spelled(prompt: str, encoding: PromptEncoding) -> str:
    return for_compel(prompt) if encoding == "weighted" else prompt


@functools.lru_cache(64)
def _read(prompt: str) -> str:
    _read_fast()
    try:
        return only_words(prompt)
    except Exception as error:  # as in `encode`
        raise _unreadable([prompt], error) from error


def _read_fast() -> None:
    """Let compel's parser remember what it has read: without, each level of parentheses takes four times as long."""
    import pyparsing

    pyparsing.ParserElement.enable_packrat(None)


def _unreadable(prompts: Sequence[str], error: Exception) -> InputError:
    words = one_line(error, 120) or type(error).__name__
    return InputError(
        f"compel cannot read the prompt {quoted(prompts[0], 60)}: {words}",
        "Check its parentheses and quotes, or use the prompt encoding plain",
    )
