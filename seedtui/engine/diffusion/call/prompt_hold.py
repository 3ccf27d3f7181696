"""Holds the composition of the pick: the first steps of an image run with the pick's prompt, the others with its own.

The prompts are swapped as tensors, through `callback_on_step_end`. The tensors come from the pipeline itself: from a
call with the later prompts that is given up after its first step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from seedtui.core.errors import InputError
from seedtui.core.rounds.hold import held_steps

Tensors = dict[str, Any]


class PromptHold:
    """Swaps the prompts of the images in a call. `shares` has the shares of the steps after which each image does so.

    `later` has the tensors of the second prompts, the third ones and so on, by their names in the step callback:
    (images or a multiple, ...).
    """

    def __init__(self, pipe: Any, names: Sequence[str], later: Sequence[Tensors], shares: Sequence[Sequence[float]]):
        self._pipe, self._later, self._shares = pipe, later, shares
        self.names = [*names]

    def end_step(self, index: int, steps: int, tensors: Tensors) -> Tensors:
        """The `tensors` for the step after `index`, of `steps` in all.

        Raises:
            InputError: the prompts of this model have different lengths.
        """
        for number, later in enumerate(self._later):
            due = [
                slot
                for slot, shares in enumerate(self._shares)
                if number < len(shares) and held_steps(shares[number], steps) == index + 1
            ]
            if due:
                tensors = tensors | {name: self._swapped(tensors[name], now, due) for name, now in later.items()}
        return tensors

    def _swapped(self, running: Any, later: torch.Tensor, due: Sequence[int]) -> torch.Tensor:
        if not isinstance(running, torch.Tensor) or running.shape != later.shape:
            raise cannot_hold(self._pipe)
        swapped, size = running.clone(), len(self._shares)
        for slot in due:
            swapped[slot::size] = later[slot::size]  # with guidance, the negative prompts come first
        return swapped


def prompts_in_force(pipe: Any, names: Sequence[str], arguments: dict[str, Any], images: int) -> Tensors:
    """What `pipe` makes of the prompts in `arguments`, those of a call for so many `images`.

    `names` are the tensors of the prompt in the step callback, `CallForm.held`.

    Raises:
        InputError: this pipeline does not let its prompts be changed in the middle of a call.
    """
    found: Tensors = {}

    def take(_pipe: Any, _index: int, _timestep: Any, tensors: Mapping[str, Any]) -> Tensors:
        found.update({name: tensors[name].clone() for name in names if isinstance(tensors.get(name), torch.Tensor)})
        raise _Taken

    if not names:
        raise cannot_hold(pipe)
    generators = [torch.Generator().manual_seed(0) for _ in range(images)]  # of any noise: only the prompts count
    try:
        pipe(
            **arguments,
            generator=generators,
            callback_on_step_end=take,
            callback_on_step_end_tensor_inputs=[*names],
        )
    except _Taken:
        pipe.maybe_free_model_hooks()  # the exception skipped it
    if not found or any(len(tensor) % images for tensor in found.values()):
        raise cannot_hold(pipe)
    return found


class _Taken(Exception):
    """The tensors are known; the call is given up."""


def cannot_hold(pipe: Any) -> InputError:
    """The error if the prompts of `pipe` cannot be changed in the middle of a call."""
    return InputError(
        f"{type(pipe).__name__} cannot hold the composition: its prompt cannot be changed between the steps",
        "Use a hold of 0%",
    )
