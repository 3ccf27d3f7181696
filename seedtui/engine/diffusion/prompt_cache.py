"""Remembers what the text encoders made of prompts, so that the same words are read once.

It stands in front of the pipeline's own `encode_prompt` and answers, to the very arguments, with the very tensors
that it gave before: the call's way through the pipeline, and so every bit, stays as it is.
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import torch

from seedtui.engine.diffusion.noise import global_generators, has_drawn

MAX_BYTES = 256 * 2**20
"""Of embeddings that are kept: SD 1.5's are 0.5 MB for a batch of four, Flux's 17 MB."""


class PromptCache:
    """The memory in front of the `encode_prompt` of `pipe`, on `device`; a pipeline without one goes as ever."""

    def __init__(self, pipe: Any, device: str) -> None:
        self._generators = global_generators(device)
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self.hits = 0
        encode = getattr(pipe, "encode_prompt", None)
        if callable(encode):
            pipe.encode_prompt = self._remembering(encode, inspect.signature(encode))

    def forget(self) -> None:
        """Let all go: the memory is needed, or the text encoders have changed."""
        self._kept.clear()
        self._bytes = 0

    def _remembering(self, encode: Callable[..., Any], signature: inspect.Signature) -> Callable[..., Any]:
        def encode_prompt(*args: Any, **kwargs: Any) -> Any:
            key = _key(signature.bind(*args, **kwargs).arguments)
            if key is None:
                return encode(*args, **kwargs)
            if key in self._kept:
                self.hits += 1
                self._kept.move_to_end(key)
            else:
                before = [generator.get_state() for generator in self._generators]
                made = encode(*args, **kwargs)
                if has_drawn(self._generators, before):
                    return made  # another call, of other seeds, would get other words
                self._keep(key, made)
            return _copied(self._kept[key][0])

        return encode_prompt

    def _keep(self, key: Hashable, made: Any) -> None:
        size = _size(made)
        self._kept[key] = made, size
        self._bytes += size
        while self._bytes > MAX_BYTES and len(self._kept) > 1:
            _, (_, old) = self._kept.popitem(last=False)
            self._bytes -= old


def _key(arguments: dict[str, Any]) -> Hashable | None:
    """Arguments as a key; None if one is neither text, number, device nor a list of those."""
    key: list[Hashable] = []
    for name, value in arguments.items():
        plain = tuple(value) if isinstance(value, list) else value
        items = plain if isinstance(plain, tuple) else (plain,)
        if not all(isinstance(i, str | int | float | torch.device | torch.dtype | None) for i in items):
            return None
        key.append((name, type(value).__name__, plain))
    return tuple(key)


def _copied(made: Any) -> Any:
    """`made` with tensors of its own: nobody can change those that are kept."""
    if isinstance(made, torch.Tensor):
        return made.clone()
    return type(made)(_copied(part) for part in made) if isinstance(made, tuple | list) else made


def _size(made: Any) -> int:
    if isinstance(made, torch.Tensor):
        return made.nbytes
    return sum(map(_size, made)) if isinstance(made, tuple | list) else 0
