"""Moves a pipeline's weights off its device and back, so that other processes can use the memory meanwhile."""

from __future__ import annotations

import gc
from typing import Any

import torch

from seedtui.core.errors import EngineError
from seedtui.engine.diffusion.loading.placement import is_by_layers
from seedtui.engine.wire import protocol as p


def park(pipe: Any, device: str) -> p.Parked:
    """Move all weights from `device` to the CPU and release the memory of `device`."""
    if torch.device(device).type == "cpu":
        return p.Parked(0, "the model is already on the CPU")
    before = _taken(device)
    move(pipe, "cpu")
    gc.collect()
    accelerator = getattr(torch, torch.device(device).type)
    accelerator.empty_cache()
    return p.Parked(max(0, before - _taken(device)))


def unpark(pipe: Any, device: str) -> None:
    """Move the weights back to `device`.

    Raises:
        EngineError: there is no longer enough memory; they stay on the CPU.
    """
    try:
        move(pipe, device)
    except torch.OutOfMemoryError as error:
        move(pipe, "cpu")
        raise EngineError(
            f"out of memory: other processes are using the parked model's memory on {device}",
            "Free memory there and try again",
        ) from error


def move(pipe: Any, device: str) -> None:
    """Move all modules of `pipe` to `device` unchanged, except those that Accelerate or Diffusers moves by itself."""
    for part in pipe.components.values():
        if isinstance(part, torch.nn.Module) and not hasattr(part, "_hf_hook") and not is_by_layers(part):
            part.to(device)


def _taken(device: str) -> int:
    """Bytes of memory that torch has reserved on `device`."""
    count = getattr(getattr(torch, torch.device(device).type), "memory_reserved", None)
    return int(count(device)) if count is not None else 0
