"""The messages between `bench` and the plain script: one JSON object per line."""

from __future__ import annotations

from typing import Literal

import msgspec


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What to do. Fields before `prompt` are for `load`, the others for a round; None means the pipeline's default."""

    do: Literal["load", "round", "work", "matmul"]
    path: str = ""
    variant: str | None = None
    dtype: str | None = None
    device: str | None = None
    prompt: str = ""
    batch: int = 4
    steps: int = 1
    guidance: float | None = None
    width: int | None = None
    height: int | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to an `Ask`.

    `seconds` is the time it took, `peak` the peak memory use in bytes, `flop` the FLOP of a round of 2 and of 3 steps,
    `rate` the FLOP/s of large matrix products.
    """

    seconds: float = 0.0
    peak: int = 0
    flop: tuple[float, float] = (0.0, 0.0)
    rate: float = 0.0
    device: str = ""
    device_name: str = ""
    dtype: str = ""
    torch: str = ""
    diffusers: str = ""
    threads: int = 0
    error: str = ""
