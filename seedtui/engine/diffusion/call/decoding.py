"""Watches a decoder for NaN, which gives a black picture. What overflows in float16 is decoded again in float32."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from seedtui.engine.diffusion.loading.placement import DECODERS

RESCUED = "the decoder (VAE) returned NaN (a black picture): decoded again in float32"
BLACK = "black: the decoder (VAE) returns NaN even in float32; use a different VAE with this model"
BLACK_IN_FLOAT32 = "black: the decoder (VAE) returns NaN in float32; if the weights are damaged, download them again"
BLACK_LATENTS = "black: denoising gave NaN, before the decoder; try --dtype float32 or bfloat16, or another LoRA weight"


class _Seen(NamedTuple):
    """One image. `latents`: its latents had NaN. `image`: only the image has NaN. `rescued`: float32 removed NaN."""

    latents: bool
    image: bool
    rescued: bool


class DecoderWatch:
    """A context manager that wraps `decode` of the decoder of `pipe`, if there is one.

    If latents without NaN give an image with NaN, the image is decoded again in float32, provided that `rescue` is set
    and the decoder has a lower precision. `count` is the number of images.
    """

    def __init__(self, pipe: Any, count: int, rescue: bool) -> None:
        found = (getattr(pipe, name, None) for name in DECODERS)
        self._decoder: Any = next((part for part in found if hasattr(part, "decode")), None)
        self._count = count
        self._rescue = rescue
        self._seen: list[_Seen] = []

    def __enter__(self) -> DecoderWatch:
        if self._decoder is not None:
            inner = self._decoder.decode
            self._before = vars(self._decoder).get("decode")
            self._decoder.decode = lambda *args, **kwargs: self._decode(inner, *args, **kwargs)
        return self

    def __exit__(self, *_: object) -> None:
        if self._decoder is None:
            return
        if self._before is None:
            del self._decoder.decode  # uncovers the class's own
        else:
            self._decoder.decode = self._before

    @property
    def rescued(self) -> list[bool]:
        """For each image, whether the decoder returned NaN, but not in float32."""
        return self._each("rescued")

    def notes(self, slot: int) -> tuple[str, ...]:
        """Notes on the image in `slot`."""
        if self._each("latents")[slot]:
            return (BLACK_LATENTS,)
        if self._each("image")[slot]:
            return (BLACK if self._is_low else BLACK_IN_FLOAT32,)
        return (RESCUED,) if self.rescued[slot] else ()

    def look_at(self, output: Any) -> None:
        """Check the output of the last step, which is the image itself in models without a decoder."""
        if not self._seen and isinstance(output, torch.Tensor) and output.is_floating_point():
            self._seen = [_Seen(broken, False, False) for broken in _nan(output).tolist()]

    def _each(self, name: str) -> list[bool]:
        found = [getattr(seen, name) for seen in self._seen]
        return found if len(found) == self._count else [any(found)] * self._count

    def _decode(self, inner: Any, latents: Any, *args: Any, **kwargs: Any) -> Any:
        decoded = inner(latents, *args, **kwargs)
        images = decoded[0]
        if not (isinstance(latents, torch.Tensor) and isinstance(images, torch.Tensor) and len(latents) == len(images)):
            return decoded
        broken, bad = _nan(latents), _nan(images)
        retryable = bad & ~broken
        rescued = torch.zeros_like(bad)
        if self._rescue and self._is_low and retryable.any():
            again = self._decode_in_float32(inner, latents, *args, **kwargs)[0]
            rescued = retryable & ~_nan(again)
            chosen = rescued.view(-1, *[1] * (images.ndim - 1))
            images = torch.where(chosen, again.to(images.dtype), images)
            decoded = (images, *decoded[1:]) if isinstance(decoded, tuple) else type(decoded)(sample=images)
        left = retryable & ~rescued
        self._seen += map(_Seen, broken.tolist(), left.tolist(), rescued.tolist())
        return decoded

    @property
    def _is_low(self) -> bool:
        return getattr(self._decoder, "dtype", None) in (torch.float16, torch.bfloat16)

    def _decode_in_float32(self, inner: Any, latents: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        before = self._decoder.dtype
        self._decoder.to(torch.float32)
        try:
            return inner(latents.float(), *args, **kwargs)
        finally:
            self._decoder.to(before)


def _nan(values: torch.Tensor) -> torch.Tensor:
    """For each item of a batch, whether any of its values is NaN."""
    return values.flatten(1).isnan().any(1)
