"""Keeps the scheduler's timesteps on the CPU, so that a table lookup does not wait for the GPU.

DDIM, PNDM, LCM and others index a table on the CPU with a timestep on the GPU: the CPU then waits until the GPU has
finished all queued work. But the number is known beforehand.
"""

from __future__ import annotations

from typing import Any

import torch


class HostTimesteps:
    """A copy of the `timesteps` of `scheduler`, read once per call."""

    def __init__(self, scheduler: Any) -> None:
        self._scheduler = scheduler
        self._of: torch.Tensor | None = None
        self._copy = torch.empty(0)

    def swap(self, timestep: Any) -> Any:
        """The same number on the CPU, if it is one of the scheduler's own timesteps; else `timestep` itself.

        Schedulers with `sigmas` are left alone: they look up the index once and count from there.
        """
        there = getattr(self._scheduler, "timesteps", None)
        if not (isinstance(timestep, torch.Tensor) and isinstance(there, torch.Tensor)):
            return timestep
        if not self._is_remote(timestep) or hasattr(self._scheduler, "sigmas"):
            return timestep
        if there.ndim != 1 or timestep.ndim != 0 or timestep.dtype != there.dtype:
            return timestep
        place, rest = divmod(timestep.data_ptr() - there.data_ptr(), there.element_size())
        if rest or not 0 <= place < len(there) or not there.is_contiguous():
            return timestep  # not one of the scheduler's own
        if self._of is not there:
            self._of, self._copy = there, there.cpu()
        return self._copy[place]

    def _is_remote(self, timestep: torch.Tensor) -> bool:
        return timestep.device.type == "cuda"
