"""A training loop measured in minutes: progress, learning rate, checkpoints, taking up again."""

import contextlib
import math
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from seedtui.starter import files

SAVE_EVERY = 120.0
"""Seconds between checkpoints."""

LOG_EVERY = 50
"""Steps between lines of the log."""


def cosine(progress: float, step: int, warm: int = 40, floor: float = 0.03) -> float:
    """A factor for the learning rate: up over `warm` steps, then down a cosine to `floor`."""
    falling = floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))
    return min(1.0, (step + 1) / warm) * falling


def set_rate(optimizers: list[torch.optim.Optimizer], rate: float) -> None:
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate


def autocast(device: str) -> contextlib.AbstractContextManager[None]:
    """bf16 where it matters."""
    return torch.autocast(torch.device(device).type, dtype=torch.bfloat16)


_Module = TypeVar("_Module", bound=nn.Module)


def placed(module: _Module, device: str) -> _Module:
    """The module on its device, convolutions laid out as they are fastest."""
    return module.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]


class Loop:
    """Iterates over step numbers until `minutes` of training are spent, in this run and in earlier ones.

    `modules` are saved to `path` with the optimizers every SAVE_EVERY seconds and at the end. With
    `keep_optimizers` false an earlier run's modules are taken over, and its clock and optimizers are not.
    """

    def __init__(
        self,
        path: Path,
        minutes: float,
        modules: Mapping[str, nn.Module],
        optimizers: list[torch.optim.Optimizer],
        *,
        keep_optimizers: bool = True,
    ) -> None:
        self._path, self._seconds = path, minutes * 60
        self._modules, self._optimizers = modules, optimizers
        self.step, self._spent, self._loss = 0, 0.0, float("nan")
        if path.exists():
            self._resume(keep_optimizers)
        self._begun = self._saved = time.monotonic()

    @property
    def spent(self) -> float:
        """Seconds of training, earlier runs included."""
        return self._spent + time.monotonic() - self._begun

    @property
    def progress(self) -> float:
        """Share of the minutes that is spent, 0..1."""
        return self.spent / self._seconds

    def __iter__(self) -> Iterator[int]:
        while self.progress < 1:
            yield self.step
            self.step += 1
            if self.step % LOG_EVERY == 0:
                print(f"step {self.step}  loss {self._loss:.4f}  {self.spent / 60:.1f} min", flush=True)
            if time.monotonic() - self._saved > SAVE_EVERY:
                self.save()
        self.save()

    def note(self, loss: Tensor) -> None:
        """Keep a loss for the log. Raises FloatingPointError rather than train on one that is no number."""
        value = float(loss.detach())
        if not math.isfinite(value):
            raise FloatingPointError(f"the loss is {value} at step {self.step}; {self._path} holds an earlier state")
        self._loss = value if math.isnan(self._loss) else 0.95 * self._loss + 0.05 * value

    def descend(self, loss: Tensor, optimizers: list[torch.optim.Optimizer]) -> None:
        """Backward and one step."""
        self.note(loss)
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()

    def save(self) -> None:
        """Write the checkpoint."""
        state: dict[str, Any] = {name: module.state_dict() for name, module in self._modules.items()}
        state["optimizers"] = [optimizer.state_dict() for optimizer in self._optimizers]
        state["clock"] = {"step": self.step, "spent": self.spent}
        files.save(self._path, state)
        self._saved = time.monotonic()

    def _resume(self, keep_optimizers: bool) -> None:
        state = files.load(self._path)
        for name, module in self._modules.items():
            module.load_state_dict(state[name])
        if keep_optimizers:
            for optimizer, kept in zip(self._optimizers, state["optimizers"], strict=True):
                optimizer.load_state_dict(kept)
            self.step, self._spent = state["clock"]["step"], state["clock"]["spent"]
