"""Muon for matrices and convolutions, AdamW for the rest, both with the same learning rate.

Muon (Jordan et al., 2024) steps along the orthogonalised momentum. Steps are scaled by 0.2 sqrt(longer side) to match
the size of AdamW's (Liu et al., 2025, "Muon is scalable for LLM training").
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

_QUINTIC = (3.4445, -4.7750, 2.0315)


def has_bf16(device: str | torch.device) -> bool:
    """Whether the device computes in bf16. Some processors only emulate it, which is much slower."""
    return torch.device(device).type != "cpu" or torch.cpu._is_avx512_bf16_supported()


def orthogonalised(matrices: Tensor, steps: int = 5) -> Tensor:
    """Newton-Schulz iteration: `matrices` (batch, rows, columns) with all singular values close to 1."""
    a, b, c = _QUINTIC
    x = matrices.bfloat16() if has_bf16(matrices.device) else matrices.float()
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.mT.contiguous()
    x = x / (x.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    result: Tensor = x.mT if tall else x
    return result


def is_matrix(parameter: nn.Parameter) -> bool:
    """Whether it is a matrix or a convolution kernel, and not tiny in either direction."""
    return parameter.ndim in (2, 4) and min(parameter.shape[0], parameter[0].numel()) >= 32


def tables(module: nn.Module) -> frozenset[int]:
    """The ids of a module's embeddings, which are matrices only in form and should not use Muon."""
    return frozenset(id(part.weight) for part in module.modules() if isinstance(part, nn.Embedding))


class Muon(torch.optim.Optimizer):
    """Orthogonalised Nesterov momentum. Parameters of the same shape are processed as one batch."""

    def __init__(self, params: Iterable[nn.Parameter], lr: float = 1e-3, momentum: float = 0.95, steps: int = 5):
        super().__init__(list(params), {"lr": lr, "momentum": momentum, "steps": steps})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[nn.Parameter]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    by_shape[parameter.shape].append(parameter)
            for shape, parameters in by_shape.items():
                self._step_together(shape, parameters, group)

    def _step_together(self, shape: torch.Size, parameters: list[nn.Parameter], group: dict[str, Any]) -> None:
        momentum, pushes = group["momentum"], []
        for parameter in parameters:
            state = self.state[parameter]
            if "momentum" not in state:
                state["momentum"] = torch.zeros_like(parameter)
            grad = parameter.grad
            assert grad is not None
            state["momentum"].lerp_(grad, 1 - momentum)
            pushes.append(grad.lerp(state["momentum"], momentum).reshape(shape[0], -1))
        moves = orthogonalised(torch.stack(pushes), group["steps"])
        scale = 0.2 * max(moves.shape[1:]) ** 0.5
        for parameter, move in zip(parameters, moves, strict=True):
            parameter.add_(move.reshape(shape).to(parameter.dtype), alpha=-group["lr"] * scale)


def build_optimizers(
    parameters: Iterable[nn.Parameter], not_matrices: frozenset[int] = frozenset()
) -> list[torch.optim.Optimizer]:
    """Muon for matrices and AdamW for the rest. The training loop sets the learning rates."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for parameter in parameters:
        if parameter.requires_grad:
            (matrices if is_matrix(parameter) and id(parameter) not in not_matrices else others).append(parameter)
    optimizers: list[torch.optim.Optimizer] = []
    if others:
        optimizers.append(torch.optim.AdamW(others, betas=(0.9, 0.98), weight_decay=0.0))
    if matrices:
        optimizers.append(Muon(matrices))
    return optimizers
