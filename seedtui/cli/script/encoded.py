"""The lines of a plain Diffusers program that encode prompts with compel."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seedtui.cli.script.source_text import definitions_in
from seedtui.core.images.record import ImageRecord
from seedtui.core.prompts.weights import for_compel
from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.recipe import Recipe


def modules(stages: Sequence[ImageRecord]) -> list[str]:
    """The modules of Python that the lines of `encoding` need."""
    return ["re"] if "long" in _encodings(stages) else []


def packages(stages: Sequence[ImageRecord]) -> list[str]:
    """Imports of packages that they need."""
    return ["import pyparsing"] if "weighted" in _encodings(stages) else []


def imports(stages: Sequence[ImageRecord]) -> list[str]:
    """The import of the encoder."""
    names = sorted({class_of(one.form) for one in stages if one.recipe.prompt_encoding != "plain"})
    return [f"from compel import {', '.join(names)}"] if names else []


def _encodings(stages: Sequence[ImageRecord]) -> set[str]:
    return {one.recipe.prompt_encoding for one in stages}


def class_of(form: CallForm) -> str:
    """The class of compel for such a call."""
    return "CompelForSDXL" if "pooled_prompt_embeds" in form.embeds else "CompelForSD"


def spelled(prompt: str, recipe: Recipe) -> str:
    """`prompt` as compel reads it."""
    return for_compel(prompt) if recipe.prompt_encoding == "weighted" else prompt


def encoding(texts: Sequence[str], recipe: Recipe, form: CallForm) -> list[str]:
    """Lines that use the name `pipe`, and define `encoded`: the arguments of the call for prompts among `texts`."""
    if recipe.negative:
        negative = repr(spelled(recipe.negative, recipe))
    elif "negative_prompt_embeds" not in form.embeds:
        negative = "None"
    else:
        negative = 'None if pipe.config.get("force_zeros_for_empty_prompt", False) else ""'
    lines = [
        "# compel encodes the prompts, all of them to one length.",
        f"texts = {[*texts]!r}",
        f"encoder = {class_of(form)}(pipe, device={recipe.device or 'cpu'!r})",
    ]
    if recipe.prompt_encoding == "weighted":
        lines.append("pyparsing.ParserElement.enable_packrat(None)  # or deep parentheses take minutes")
        if "pooled_prompt_embeds" in form.embeds:
            lines += [*_defined("only_words", "pool_words"), "pool_words(encoder)"]
    else:
        lines += _defined("plain_text")
        lines += ["for part in vars(encoder).values():", "    part.parse_prompt_string = plain_text"]
    lines.append(f"made = encoder(texts, negative_prompt={negative})")
    given = [f'        "{name}": made.{name.replace("prompt_", "")},' for name in form.embeds]
    return [
        *lines,
        "",
        "",
        "def encoded(prompts):",
        "    rows = [texts.index(prompt) for prompt in prompts]",
        "    tensors = {",
        *given,
        "    }",
        "    return {name: tensor[rows] for name, tensor in tensors.items() if tensor is not None}",
        "",
        "",
    ]


def _defined(*names: str) -> list[str]:
    """The engine's functions of these `names`. What they say of types is only for a checker."""
    lines = []
    for source in definitions_in("engine/diffusion/call/compel_prompts.py", names):
        first, *rest = source.splitlines()
        lines += ["", "", re.sub(r": (Any|str)|( -> [^:]*)", "", first), *rest]
    return [*lines, "", ""]
