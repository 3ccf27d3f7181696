"""Seed spread: for the first steps, each image's prompt has noise of the image's own seed.

Distilled models give nearly the same picture for every seed; with other embeddings for the steps that decide the
composition, the pictures differ. The noise is added where the pipeline encodes its prompts, and taken away again
through `callback_on_step_end`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import torch

from seedtui.core.errors import InputError
from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.variation import Variation
from seedtui.engine.diffusion.call.prompt_hold import PromptHold, Tensors
from seedtui.engine.diffusion.call.turned_noise import slerp

EMBEDDINGS = "prompt_embeds"
"""The embeddings of the prompt among the tensors of the step callback. Pooled ones keep what they are."""


def spread_form(pipe: Any, form: CallForm, recipe: Recipe) -> CallForm:
    """The `form` of a call with the seed spread of `recipe`: one prompt per image where they are repeated too late."""
    kind = type(pipe)  # that of `pipe` itself may be wrapped
    repeats = "num_images_per_prompt" in inspect.signature(getattr(kind, "encode_prompt", kind.__call__)).parameters
    return msgspec.structs.replace(form, lists=True) if recipe.spread and not repeats else form


class PromptSpread:
    """A context manager around a call of `pipe`, whose step callback must call `end_step`.

    `strength` is relative to the deviation of the embeddings, `share` is of the steps. `seeds` and `turns` have the
    seed and the variations of each image, `hold` changes the prompts besides.

    Raises:
        InputError: the prompts of this pipeline cannot be changed, or are not encoded in the usual way.
    """

    def __init__(
        self, pipe: Any, strength: float, share: float, seeds: Sequence[int], turns: Sequence[tuple[Variation, ...]],
        hold: PromptHold | None = None,
    ) -> None:  # fmt: skip
        if EMBEDDINGS not in getattr(pipe, "_callback_tensor_inputs", ()) or not hasattr(pipe, "encode_prompt"):
            raise cannot_spread(pipe)
        self._pipe, self._strength, self._share, self._hold = pipe, strength, share, hold
        self._sources = [
            (seed, [(turn.seed, turn.strength) for turn in own]) for seed, own in zip(seeds, turns, strict=True)
        ]
        self._encode = pipe.encode_prompt
        self._plain: list[torch.Tensor] = []
        self._noisy: list[torch.Tensor] = []
        self._places: list[int] = []
        self.names = [*dict.fromkeys((EMBEDDINGS, *(hold.names if hold else ())))]

    def __enter__(self) -> PromptSpread:
        self._pipe.encode_prompt = self._spreading(self._encode)
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.encode_prompt = self._encode

    def end_step(self, index: int, steps: int, tensors: Tensors) -> Tensors:
        """The `tensors` for the step after `index`, of `steps` in all.

        Raises:
            InputError: the noise has not reached the steps, or as `PromptHold.end_step`.
        """
        last = spread_steps(self._share, steps) - 1
        if index == 0:
            self._find(tensors.get(EMBEDDINGS))
        if self._hold is None and index != last:
            return tensors
        if index <= last:
            tensors = tensors | {EMBEDDINGS: self._with(tensors[EMBEDDINGS], self._plain)}
        if self._hold is not None:
            tensors = self._hold.end_step(index, steps, tensors)
        if index < last:
            self._plain = [*tensors[EMBEDDINGS]][self._places[0] :][: len(self._sources)]
            tensors = tensors | {EMBEDDINGS: self._with(tensors[EMBEDDINGS], self._with_noise(self._plain))}
        return tensors

    def _spreading(self, encode: Callable[..., Any]) -> Callable[..., Any]:
        def encode_prompt(*args: Any, **kwargs: Any) -> Any:
            made = encode(*args, **kwargs)
            if self._noisy:
                return made  # the negative prompts, which some pipelines encode on their own
            first, *rest = made if isinstance(made, tuple) else (made,)
            self._plain = [*first] if isinstance(first, torch.Tensor | list) else []
            if len(self._plain) != len(self._sources):
                raise cannot_spread(self._pipe)
            self._noisy = self._with_noise(self._plain)
            first = torch.stack(self._noisy) if isinstance(first, torch.Tensor) else [*self._noisy]
            return (first, *rest) if isinstance(made, tuple) else first

        return encode_prompt

    def _with_noise(self, rows: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        return [spread(row, self._strength, *source) for row, source in zip(rows, self._sources, strict=True)]

    def _find(self, running: Any) -> None:
        """Find the rows of the positive prompts; with guidance, the negative ones come first."""
        size = len(self._sources)
        rows = [*running] if isinstance(running, torch.Tensor | list) else []
        parts = {start: rows[start : start + size] for start in range(0, len(rows), size)}
        self._places = [start for start, part in parts.items() if _equal(part, self._noisy)]
        if not self._places:
            raise cannot_spread(self._pipe)

    def _with(self, running: Any, new: Sequence[torch.Tensor]) -> Any:
        """`running` with the rows of the positive prompts replaced by `new`."""
        rows = [*running]
        for start in self._places:
            for slot, row in enumerate(new):
                rows[start + slot] = row.to(rows[start + slot])
        return torch.stack(rows) if isinstance(running, torch.Tensor) else rows


def _equal(some: Sequence[torch.Tensor], others: Sequence[torch.Tensor]) -> bool:
    return len(some) == len(others) and all(
        one.shape == other.shape and torch.equal(one, other.to(one)) for one, other in zip(some, others, strict=True)
    )


def spread_steps(share: float, steps: int) -> int:
    """How many of `steps` run with the noise: at least one."""
    return max(round(share * steps), 1)


def spread(row: torch.Tensor, strength: float, seed: int, turns: list[tuple[int, float]]) -> torch.Tensor:
    """The embeddings `row` of one prompt with the noise of `seed`, turned towards other seeds as the image's own is.

    Drawn in float32 on the CPU whatever the device, by a generator that the noise of the image does not come from.
    """
    noise, *others = (
        torch.randn(row.shape, generator=torch.Generator().manual_seed(one ^ 0x5EED5EED))
        for one in (seed, *(other for other, _ in turns))
    )
    for other, (_, share) in zip(others, turns, strict=True):
        noise = slerp(noise, other, share)
    plain = row.float().cpu()
    return (plain + strength * plain.std() * noise).to(row)


def cannot_spread(pipe: Any) -> InputError:
    """The error if the prompts of `pipe` cannot have noise for some of the steps."""
    return InputError(
        f"{type(pipe).__name__} cannot spread its seeds: its prompt cannot be changed between the steps",
        "Use a spread of 0%",
    )
