"""Profiles: how a loaded pipeline computes. Each always gives the same pixels; different ones differ in low bits.

plain   the guide's call, unchanged
fast    channels_last; repeated blocks of the UNet or transformer compiled, or all of it; fused QKV projections
small   the VAE decodes one by one; only the active component is on the GPU
strict  only deterministic kernels, TF32 off, fixed cuBLAS workspace

A profile is prepared on a freshly loaded pipeline and never undone: for a different one the model is loaded again, so
that no trace is left. CUDA graphs are not used: a batch of four keeps a GPU busy without them, and they would need
extra memory.
"""

from __future__ import annotations

import os
import shutil
from typing import Any

import torch

from seedtui.core.errors import EngineError, one_line
from seedtui.core.recipes.recipe import PACKAGES, Compute, Profile
from seedtui.engine.diffusion.loading import attention, draft_cache, placement

WORKSPACE = ":4096:8"
"""The `CUBLAS_WORKSPACE_CONFIG` that makes cuBLAS deterministic; from PyTorch's notes on reproducibility."""

MANY_SHAPES = 1000
"""Shapes to compile before PyTorch silently falls back to eager mode; its default limit is 8."""

_used_cuda_as_strict: list[bool] = []
"""Whether this process first used CUDA in `strict`; empty before. cuBLAS reads its configuration only once."""


def check(profile: Profile, device: str) -> None:
    """Check that `profile` can be used, before anything is loaded.

    Raises:
        EngineError: there is no compiler, or this process has already used the GPU in an incompatible mode.
    """
    if profile == "fast" and not _compiler(device):
        raise EngineError("the fast profile needs a C++ compiler, but none is installed", "Install g++, or use plain")
    if device.startswith("cuda") and _used_cuda_as_strict not in ([], [profile == "strict"]):
        raise EngineError(
            "strict and other profiles cannot share a worker on a GPU",
            f"Restart with --profile {profile}; first stop a kept worker with: seedtui worker stop",
        )


def set_flags(profile: Profile, device: str) -> None:
    """Set the process-wide flags; must be called before the device is used."""
    strict = profile == "strict"
    if device.startswith("cuda") and not _used_cuda_as_strict:
        _used_cuda_as_strict.append(strict)
        if strict:
            os.environ["CUBLAS_WORKSPACE_CONFIG"] = WORKSPACE
    torch.use_deterministic_algorithms(strict)
    torch.backends.cudnn.deterministic = strict
    torch.backends.cudnn.allow_tf32 = not strict and _TF32_CUDNN
    torch.backends.cuda.matmul.allow_tf32 = not strict and _TF32_MATMUL


_TF32_CUDNN: bool = torch.backends.cudnn.allow_tf32
_TF32_MATMUL: bool = torch.backends.cuda.matmul.allow_tf32


def first_place(compute: Compute, device: str) -> str:
    """The device to load the weights to: `prepare` moves them to the GPU if they may not fit there whole."""
    later = compute.profile == "small" or compute.weights != "full" or compute.offload != "none" or compute.transformer
    return "cpu" if later else device


def prepare(pipe: Any, compute: Compute, device: str, dtype: torch.dtype) -> None:
    """Set `pipe`, freshly loaded to `first_place` with `dtype`, up for `compute`.

    Load adapters first: fused projections do not see later ones.

    Raises:
        EngineError: this model cannot compute so.
    """
    net = denoiser(pipe)
    attention.choose(net, compute.attention)
    if compute.draft == "cache":
        draft_cache.enable(net)
    placement.store_small(net, compute, dtype)
    if compute.profile == "small" and can_slice(pipe):
        pipe.vae.enable_slicing()
    if compute.offload == "layers":
        placement.offload_layers(pipe, device)
    elif compute.profile == "small" and can_offload(pipe, device):
        pipe.enable_model_cpu_offload(device=device)
    elif first_place(compute, device) != device or compute.weights in PACKAGES:
        pipe.to(device)
    if compute.profile == "fast":
        _set_up_compiler()
        for part in (net, getattr(pipe, "vae", None)):
            if part is not None and all(weight.ndim < 5 for weight in part.parameters()):
                part.to(memory_format=torch.channels_last)
        if net is not None:
            if can_fuse(net):
                net.fuse_qkv_projections()
            if has_repeated_blocks(net):
                net.compile_repeated_blocks(dynamic=False)  # the compiler meets each kind of block only once
            else:
                net.compile(dynamic=False)


def denoiser(pipe: Any) -> Any | None:
    """The component that runs once per step, None if it has none of the usual names."""
    return getattr(pipe, "unet", None) or getattr(pipe, "transformer", None)


def is_compiled(pipe: Any) -> bool:
    """Whether `prepare` compiled a component."""
    net = denoiser(pipe)
    return net is not None and any(part._compiled_call_impl is not None for part in net.modules())


def has_repeated_blocks(net: Any) -> bool:
    """Whether Diffusers knows which blocks `net` repeats, and `net` has some."""
    names = getattr(net, "_repeated_blocks", None) or ()
    return any(type(part).__name__ in names for part in net.modules())


def can_fuse(net: Any) -> bool:
    """Whether the projections of `net` can be fused without changing the result, which adapters prevent."""
    return hasattr(net, "fuse_qkv_projections") and not hasattr(net, "peft_config")


def can_slice(pipe: Any) -> bool:
    """Whether the VAE can decode one by one."""
    return hasattr(getattr(pipe, "vae", None), "use_slicing")


def can_tile(pipe: Any) -> bool:
    """Whether the VAE can work in tiles."""
    return hasattr(getattr(pipe, "vae", None), "use_tiling")


def can_offload(pipe: Any, device: str) -> bool:
    """Whether idle components can be kept on the CPU: there is another device, and the order of use is known."""
    return device != "cpu" and getattr(pipe, "model_cpu_offload_seq", None) is not None


def failed_to_compile(error: Exception) -> EngineError | None:
    """The error to raise if `error` came from the compiler, else None."""
    if type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
        return EngineError(f"this model cannot be compiled: {one_line(error, 160)}", "Use --profile plain")
    return None


def _set_up_compiler() -> None:
    import torch._inductor.config as inductor

    torch._dynamo.config.recompile_limit = MANY_SHAPES
    torch._dynamo.config.accumulated_recompile_limit = MANY_SHAPES
    if hasattr(inductor, "deterministic"):  # torch 2.9: no choice of kernels by timing, which changes the low bits
        inductor.deterministic = True


def _compiler(device: str) -> bool:
    names = (os.environ.get("CXX"), "g++", "clang++") if device == "cpu" else (os.environ.get("CC"), "gcc", "clang")
    return any(name and shutil.which(name) for name in names)
