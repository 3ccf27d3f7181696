"""What `bench` and the plain script say to each other: one JSON object a line."""

from __future__ import annotations

from typing import Literal

import msgspec


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What to do; the values are of `load` and, from `batch` on, of `round`. None leaves it to the pipeline."""

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
    """`seconds` that it took. `flop`: of a round of 2 and of 3 steps; `rate`: FLOP/s of large products of matrices."""

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
