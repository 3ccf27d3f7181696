"""A training loop measured in minutes, with progress, learning rate, checkpoints and resuming."""

import contextlib
import math
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from seedtui.starter.recipe import files
from seedtui.starter.recipe.training.muon import has_bf16

SAVE_EVERY = 60.0
"""Seconds between checkpoints."""

RETRIES = 3
"""How often a training returns to its last checkpoint after a loss of NaN before it gives up."""

LOG_EVERY = 50
"""Steps between log lines."""


def trapezoid(progress: float, step: int, warm: int = 100, fall: float = 0.5) -> float:
    """A learning rate factor: rises over `warm` steps, stays level, and falls to 0 over the last `fall` of the time."""
    return min(1.0, (step + 1) / warm, max(0.0, 1 - progress) / fall)


def set_rate(optimizers: list[torch.optim.Optimizer], rate: float) -> None:
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate


def autocast(device: str) -> contextlib.AbstractContextManager[None]:
    """Autocast to bf16, if the device supports it natively."""
    return torch.autocast(torch.device(device).type, dtype=torch.bfloat16, enabled=has_bf16(device))


_Module = TypeVar("_Module", bound=nn.Module)


def placed(module: _Module, device: str) -> _Module:
    """The module on its device, in the memory format that is fastest for convolutions."""
    result: _Module = module.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return result


class Loop:
    """Iterates over step numbers until `minutes` of training are spent, including earlier runs.

    `modules` and optimizers are saved to `path` every SAVE_EVERY seconds and at the end. With `keep_optimizers` false,
    only the modules of an earlier run are loaded, not its clock and optimizers.
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
        self.step, self._spent = 0, 0.0
        self._losses: list[Tensor] = []
        self.retried = 0
        if path.exists():
            self._resume(keep_optimizers)
        self._begun = self._saved = time.monotonic()

    @property
    def spent(self) -> float:
        """Seconds of training, including earlier runs."""
        return self._spent + time.monotonic() - self._begun

    @property
    def progress(self) -> float:
        """Share of the training time that is spent, 0..1."""
        return self.spent / max(self._seconds, 1e-9)

    def rate(self, full: float) -> float:
        """The current learning rate, halved for each return to a checkpoint."""
        result: float = full * trapezoid(self.progress, self.step) / 2**self.retried
        return result

    def __iter__(self) -> Iterator[int]:
        while self.progress < 1:
            yield self.step
            self.step += 1
            if self.step % LOG_EVERY == 0 and self._sound() and time.monotonic() - self._saved > SAVE_EVERY:
                self.save()
        if not self._losses or self._sound():
            self.save()

    def note(self, loss: Tensor) -> None:
        """Keep a loss for the log. Reading it waits for the device, so it is read only for log lines."""
        self._losses.append(loss.detach())

    def _sound(self) -> bool:
        """Print a log line. If the loss is NaN or infinite, return to the last checkpoint and return False."""
        loss = float(torch.stack(self._losses).mean())
        self._losses.clear()
        print(f"step {self.step}  loss {loss:.4f}  {self.spent / 60:.2f} min", flush=True)
        if math.isfinite(loss):
            return True
        self.retried += 1
        if self.retried > RETRIES or not self._path.exists():
            raise FloatingPointError(f"the loss is {loss} at step {self.step}; {self._path} has an earlier state")
        self._resume(keep_optimizers=True, keep_clock=False)
        print("back to the last checkpoint, at half the rate", flush=True)
        return False

    def descend(self, loss: Tensor, optimizers: list[torch.optim.Optimizer]) -> None:
        """Backpropagate, and take one step."""
        self.note(loss)
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        for optimizer in optimizers:
            optimizer.step()

    def save(self) -> None:
        """Write the checkpoint."""
        state: dict[str, Any] = {name: module.state_dict() for name, module in self._modules.items()}
        state["optimizers"] = [optimizer.state_dict() for optimizer in self._optimizers]
        state["clock"] = {"step": self.step, "spent": self.spent}
        files.save(self._path, state)
        self._saved = time.monotonic()

    def _resume(self, keep_optimizers: bool, keep_clock: bool = True) -> None:
        state = files.load(self._path)
        for name, module in self._modules.items():
            module.load_state_dict(state[name])
        if keep_optimizers:
            for optimizer, kept in zip(self._optimizers, state["optimizers"], strict=True):
                optimizer.load_state_dict(kept)
        if keep_optimizers and keep_clock:
            self.step, self._spent = state["clock"]["step"], state["clock"]["spent"]
