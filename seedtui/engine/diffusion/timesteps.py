"""The scheduler's timesteps on the CPU, so that looking one up in a table does not wait for the GPU.

DDIM, PNDM, LCM and others index a table that lies on the CPU with the step's timestep, which lies on the GPU: the
CPU then waits until the GPU has done all it was given. The number is known beforehand.
"""

from __future__ import annotations

from typing import Any

import torch


class HostTimesteps:
    """Copies of the `timesteps` of `scheduler`, read once a call."""

    def __init__(self, scheduler: Any) -> None:
        self._scheduler = scheduler
        self._of: torch.Tensor | None = None
        self._copy = torch.empty(0)

    def swap(self, timestep: Any) -> Any:
        """The same number on the CPU, where the scheduler has it and takes it from there; else `timestep` itself.

        Those with `sigmas` look up the place by the timestep once, and count from there on.
        """
        there = getattr(self._scheduler, "timesteps", None)
        if not self._is_remote(timestep) or not isinstance(there, torch.Tensor) or hasattr(self._scheduler, "sigmas"):
            return timestep
        if there.ndim != 1 or timestep.ndim != 0 or timestep.dtype != there.dtype:
            return timestep
        place, rest = divmod(timestep.data_ptr() - there.data_ptr(), there.element_size())
        if rest or not 0 <= place < len(there) or not there.is_contiguous():
            return timestep  # not one of the scheduler's own
        if self._of is not there:
            self._of, self._copy = there, there.cpu()
        return self._copy[place]

    def _is_remote(self, timestep: Any) -> bool:
        return isinstance(timestep, torch.Tensor) and timestep.device.type == "cuda"
