"""How a model that is bigger than the device is stored: its weights in 8 bits, its layers on the CPU while idle.

As a profile, it is prepared on a freshly loaded pipeline and never undone.
"""

from __future__ import annotations

from typing import Any

import torch

from seedtui.core.errors import EngineError, one_line
from seedtui.core.recipes.recipe import Compute

DECODERS = ("vae", "movq", "vqgan", "vqvae")
"""Components that stay on the device: they are small, and are decoded in float32 where half precision fails."""

_HOOK = "group_offloading"


def is_by_layers(module: torch.nn.Module) -> bool:
    """Whether layers of `module` are on the device only while they compute."""
    registries = (getattr(part, "_diffusers_hook", None) for part in module.modules())
    return any(registry is not None and registry.get_hook(_HOOK) is not None for registry in registries)


def store_small(net: Any, compute: Compute, dtype: torch.dtype) -> None:
    """Store the weights of `net` as `compute` says; it computes with `dtype`. Load adapters first: they stay whole.

    Raises:
        EngineError: the model or the device cannot.
    """
    if compute.weights != "float8":
        return
    if not hasattr(net, "enable_layerwise_casting"):
        raise EngineError("this model's weights cannot be stored as float8", "Use --weights full")
    try:
        net.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=dtype)
    except (TypeError, ValueError, RuntimeError) as error:
        raise EngineError(
            f"{type(net).__name__} cannot be stored as float8: {one_line(error, 120)}", "Use --weights full"
        ) from error


def offload_layers(pipe: Any, device: str) -> None:
    """Keep the layers of `pipe` on the CPU, and bring each to `device` when it computes.

    On CUDA the next layer comes while one computes.

    Raises:
        EngineError: a component cannot be used so.
    """
    parts = [part for name, part in pipe.components.items() if name not in DECODERS]
    for part in parts:
        if getattr(part, "_supports_group_offloading", True) is False:
            raise EngineError(f"the layers of {type(part).__name__} cannot be offloaded", "Use --profile small")
    pipe.enable_group_offload(
        onload_device=torch.device(device), offload_type="leaf_level", use_stream=device.startswith("cuda"),
        exclude_modules=list(DECODERS),
    )  # fmt: skip
