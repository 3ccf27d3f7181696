"""Records what the denoiser returns in a call of the pipeline, or answers in its place with what was recorded."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch

from seedtui.engine.diffusion.scouting.answers import AnswerForm, put_together, taken_apart, together
from seedtui.engine.diffusion.scouting.hooks import Hook, denoisers

_LATENTS = ("hidden_states", "sample")
"""How denoisers call the latents, unless these come first."""

_PROMPTS = ("encoder_hidden_states", "pooled_projections")
"""How they call what the text encoders made of the prompts."""


class State(NamedTuple):
    """What the denoiser returned for one image, call by call, on the CPU: (rows of the image, ...) each.

    `inputs` is a hash of the latents and prompts it was given.
    """

    forms: tuple[AnswerForm, ...]
    answers: list[list[torch.Tensor]]
    inputs: str


class Mismatch(Exception):
    """The call does not go as the recorded one: its answers do not fit."""


class Tape:
    """A context manager around one call of `pipe` for so many `images`.

    With `states`, one for each image, these are the denoiser's first answers, `given` in number. If it is `exact`, what
    the denoiser is given is compared too, bit for bit. `computed` and `answered` count its calls. `coast` has it answer
    at once from then on, with anything of the right shape.
    """

    def __init__(
        self, pipe: Any, images: int, states: Sequence[State] = (), *, records: bool = False, exact: bool = True
    ) -> None:  # fmt: skip
        self._nets = denoisers(pipe)
        self._images = images
        self._states = states
        self.given = min((len(state.answers) for state in states), default=0)
        self._records, self._exact = records, exact
        self._answers: list[tuple[AnswerForm, list[torch.Tensor]] | None] = []
        self._inputs: list[_Input] = []
        self._prompts: list[torch.Tensor] = []
        self._coasting = False
        self.computed = self.answered = 0

    def __enter__(self) -> Tape:
        self._hooked = [Hook(net, functools.partial(self._called, name)) for name, net in self._nets.items()]
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooked:
            hook.remove()

    def coast(self) -> None:
        """From now on, compute nothing.

        Raises:
            Mismatch: the call did not go as the recorded one.
        """
        self._check_inputs()
        self._coasting = True

    def states(self) -> list[State] | None:
        """What was recorded, for each image; None if it cannot be told apart by image."""
        kept = [answer for answer in self._answers if answer is not None]
        if not kept or len(kept) < len(self._answers) or not all(map(self._is_by_image, kept)):
            return None
        on_cpu = [(form, [tensor.cpu() for tensor in tensors]) for form, tensors in kept]
        forms = tuple(form for form, _ in on_cpu)
        hashes = self._hashes(self._inputs)
        return [
            State(forms, [[t[image :: self._images].contiguous() for t in tensors] for _, tensors in on_cpu], hash_)
            for image, hash_ in enumerate(hashes)
        ]

    def _is_by_image(self, answer: tuple[AnswerForm, list[torch.Tensor]]) -> bool:
        return not any(len(tensor) % self._images for tensor in answer[1])

    def _called(self, net: str, inner: Any, args: Any, kwargs: Any) -> Any:
        if self._coasting:
            return self._anything(net)
        number = self.answered + self.computed
        if number < self.given:
            self._inputs.append(self._input(args, kwargs))
            self.answered += 1
            return self._answer(net, number, self._inputs[-1].tensors)
        if number == self.given:
            self._check_inputs()
        self.computed += 1
        if self._records:
            self._inputs.append(self._input(args, kwargs))
        output = inner(*args, **kwargs)
        if self._records:
            self._answers.append(taken_apart(net, output))
        return output

    def _answer(self, net: str, number: int, inputs: Sequence[torch.Tensor]) -> Any:
        form = self._states[0].forms[number]
        if form.net != net or any(state.forms[number] != form for state in self._states):
            raise Mismatch
        if not inputs:
            raise Mismatch
        tensors = []
        for parts in zip(*(state.answers[number] for state in self._states), strict=True):
            if len({(part.shape, part.dtype) for part in parts}) > 1:
                raise Mismatch
            # Row r of an image is row r * images + image of the call. Weights may be offloaded, the latents are not.
            tensors.append(torch.stack(parts, dim=1).flatten(0, 1).to(inputs[0].device))
        self._answers.append((form, tensors))
        return put_together(form, tensors)

    def _anything(self, net: str) -> Any:
        last = next((one for one in reversed(self._answers) if one and one[0].net == net), None)
        if last is None:
            raise Mismatch
        return put_together(*last)

    def _check_inputs(self) -> None:
        if self._exact and self._states and self._hashes(self._inputs) != [state.inputs for state in self._states]:
            raise Mismatch

    def _hashes(self, inputs: Sequence[_Input]) -> list[str]:
        found = [hashlib.sha256() for _ in range(self._images)]
        for shapes, tensors in inputs:
            by_image = [tensor.cpu() for tensor in tensors if len(tensor) % self._images == 0]
            for image, one in enumerate(found):
                one.update(shapes.encode())
                for tensor in by_image:
                    one.update(raw(tensor[image :: self._images]))
        return [one.hexdigest() for one in found]

    def _input(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Input:
        given = [*args, *kwargs.values()]
        shapes = [(str(value.dtype), tuple(value.shape[1:])) for value in given if isinstance(value, torch.Tensor)]
        named = [kwargs[name] for name in _LATENTS if name in kwargs]
        latents = together(next(iter([*args, *named, *given]), None))
        prompts = [value for name in _PROMPTS if isinstance(value := kwargs.get(name), torch.Tensor)]
        new = [prompt for prompt in prompts if not any(prompt is one for one in self._prompts)]
        self._prompts = prompts  # usually the same in each call
        tensors = [tensor.detach().clone() for tensor in (latents, *new) if tensor is not None and tensor.ndim]
        return _Input(repr(shapes), tensors)


def raw(tensor: torch.Tensor) -> bytes:
    """The bytes of a tensor on the CPU."""
    return tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes()


class _Input(NamedTuple):
    """What a denoiser is given, copied: the latents, and prompts if they are new; and the shapes, without the rows."""

    shapes: str
    tensors: list[torch.Tensor]
