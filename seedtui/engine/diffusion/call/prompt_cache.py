"""Caches prompt embeddings, so that the same text is encoded only once.

It wraps the pipeline's own `encode_prompt` and returns copies of the same tensors for the same arguments: the path
through the pipeline, and so every bit, stays the same.
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import torch

from seedtui.engine.diffusion.call.noise import global_generators, has_drawn

MAX_BYTES = 256 * 2**20
"""Maximum size of the cache: the embeddings of SD 1.5 take 0.5 MB for a batch of four, those of Flux 17 MB."""


class PromptCache:
    """A cache around `encode_prompt` of `pipe`, on `device`; a pipeline without that method is unchanged."""

    def __init__(self, pipe: Any, device: str) -> None:
        self._generators = global_generators(device)
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self.hits = 0
        encode = getattr(pipe, "encode_prompt", None)
        if callable(encode):
            pipe.encode_prompt = self._remembering(encode, inspect.signature(encode))

    def remembered(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What `make` returned for `key`, tensors in tuples or lists: a copy, so that the caller cannot change it."""
        if key in self._kept:
            self.hits += 1
            self._kept.move_to_end(key)
        else:
            before = [generator.get_state() for generator in self._generators]
            made = make()
            if has_drawn(self._generators, before):
                return made  # random: a call with other seeds would get a different result
            self._keep(key, made)
        return _copied(self._kept[key][0])

    def forget(self) -> None:
        """Clear the cache: the memory is needed, or the text encoders have changed."""
        self._kept.clear()
        self._bytes = 0

    def _remembering(self, encode: Callable[..., Any], signature: inspect.Signature) -> Callable[..., Any]:
        def encode_prompt(*args: Any, **kwargs: Any) -> Any:
            key = _key(signature.bind(*args, **kwargs).arguments)
            if key is None:
                return encode(*args, **kwargs)
            return self.remembered(key, lambda: encode(*args, **kwargs))

        return encode_prompt

    def _keep(self, key: Hashable, made: Any) -> None:
        size = _size(made)
        self._kept[key] = made, size
        self._bytes += size
        while self._bytes > MAX_BYTES and len(self._kept) > 1:
            _, (_, old) = self._kept.popitem(last=False)
            self._bytes -= old


def _key(arguments: dict[str, Any]) -> Hashable | None:
    """Arguments as a cache key; None if one is not text, a number, a dtype, a device or a list of these."""
    key: list[Hashable] = []
    for name, value in arguments.items():
        plain = tuple(value) if isinstance(value, list) else value
        items = plain if isinstance(plain, tuple) else (plain,)
        if not all(isinstance(i, str | int | float | torch.device | torch.dtype | None) for i in items):
            return None
        key.append((name, type(value).__name__, plain))
    return tuple(key)


def _copied(made: Any) -> Any:
    """A copy of `made`."""
    if isinstance(made, torch.Tensor):
        return made.clone()
    return type(made)(_copied(part) for part in made) if isinstance(made, tuple | list) else made


def _size(made: Any) -> int:
    if isinstance(made, torch.Tensor):
        return made.nbytes
    return sum(map(_size, made)) if isinstance(made, tuple | list) else 0
