"""Describes a loaded pipeline and its environment."""

from __future__ import annotations

import inspect
from contextlib import suppress
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

from seedtui.core.images.environment import Environment
from seedtui.core.noise.latents import LatentShape
from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.lora import Lora
from seedtui.core.recipes.recipe import Compute
from seedtui.core.rounds.saved import AnswerShape
from seedtui.engine.diffusion.loading.compatibility import version_of
from seedtui.engine.diffusion.loading.profiles import denoiser
from seedtui.engine.diffusion.pipeline_call import default_of, form_of, takes_negative
from seedtui.engine.diffusion.tokens import counter_for
from seedtui.engine.wire import protocol as p
from seedtui.models.defaults import read_defaults
from seedtui.models.sizes import read_multiple


def describe(
    pipe: Any, name: str, folder: Path, revision: str, dtype: torch.dtype, device: str, compute: Compute,
    transformer_sha256: str = "", lora: tuple[Lora, ...] = (),
) -> p.ModelInfo:  # fmt: skip
    """Describe `pipe`, loaded from `folder`, with its defaults: the folder's own, else those of the pipeline class."""
    takes = inspect.signature(type(pipe).__call__).parameters
    width, height = _default_size(pipe)
    own = read_defaults(folder)
    tokens = counter_for(pipe)
    form = form_of(pipe)
    return p.ModelInfo(
        name=name,
        pipeline=type(pipe).__name__,
        revision=revision,
        dtype=str(dtype).removeprefix("torch."),
        device=device,
        scheduler=type(pipe.scheduler).__name__ if getattr(pipe, "scheduler", None) is not None else "",
        steps=own.steps or default_of(takes, "num_inference_steps") or 0,
        guidance=default_of(takes, form.guidance) if own.guidance is None else own.guidance,
        width=width,
        height=height,
        multiple=read_multiple(folder),
        token_limit=tokens.limit,
        takes_negative=takes_negative(pipe),
        form=form,
        latents=latent_shape(pipe),
        answer=answer_shape(pipe, form),
        environment=_environment(device),
        compute=compute,
        transformer_sha256=transformer_sha256,
        lora=lora,
    )


def _default_size(pipe: Any) -> tuple[int, int]:
    """The default width and height of the pipeline in pixels; (0, 0) if unknown."""
    core = getattr(pipe, "unet", None) or getattr(pipe, "transformer", None)
    size = getattr(pipe, "default_sample_size", None) or getattr(getattr(core, "config", None), "sample_size", 0)
    height, width = size if isinstance(size, list | tuple) else (size, size)
    factor = getattr(pipe, "vae_scale_factor", 8)
    return (width or 0) * factor, (height or 0) * factor


_UNLIKE = ("BriaPipeline", "ErnieImagePipeline")
"""Pipelines whose noise does not have the shape that the settings of their VAE tell."""


def latent_shape(pipe: Any) -> LatentShape:
    """The noise of one image of `pipe`, from the settings of its VAE; unknown without such a VAE."""
    config = getattr(getattr(pipe, "vae", None), "config", None)
    channels = getattr(config, "latent_channels", None) or getattr(config, "z_dim", None)
    factor = getattr(pipe, "vae_scale_factor", None)
    if type(pipe).__name__ in _UNLIKE or not isinstance(channels, int) or not isinstance(factor, int):
        return LatentShape()
    return LatentShape(channels, factor, packed=hasattr(pipe, "_pack_latents"))


def answer_shape(pipe: Any, form: CallForm) -> AnswerShape:
    """What the denoiser of `pipe` returns, from its settings: more channels than it takes if it learned a variance.

    Where guidance is an input of the network, or an argument of its own, there is one answer in a step.
    """
    config = getattr(denoiser(pipe), "config", None)
    taken, given = getattr(config, "in_channels", None), getattr(config, "out_channels", None)
    times = given // taken if isinstance(taken, int) and isinstance(given, int) and given > taken > 0 else 1
    embedded = getattr(config, "guidance_embeds", False) or getattr(config, "time_cond_proj_dim", None) is not None
    return AnswerShape(times, guided=form.guidance == "guidance_scale" and not embedded)


def _environment(device: str) -> Environment:
    on_gpu = device.startswith("cuda")
    card = torch.cuda.get_device_properties(device) if on_gpu else None
    return Environment(
        gpu=torch.cuda.get_device_name(device) if on_gpu else "",
        torch=str(torch.__version__),
        diffusers=diffusers.__version__,
        transformers=transformers.__version__,
        cudnn=str(torch.backends.cudnn.version() or "") if on_gpu else "",  # type: ignore[no-untyped-call]
        attention="sdpa",
        tf32=on_gpu and (torch.backends.cuda.matmul.allow_tf32 or torch.backends.cudnn.allow_tf32),
        threads=torch.get_num_threads() if device == "cpu" else 0,
        multiprocessors=card.multi_processor_count if card else 0,
        threads_per_multiprocessor=card.max_threads_per_multi_processor if card else 0,
        driver=_driver() if on_gpu else "",
        cuda=str(torch.version.cuda or "") if on_gpu else "",
        rocm=str(torch.version.hip or "") if on_gpu else "",
        cpu=torch.backends.cpu.get_cpu_capability() if device == "cpu" else "",
        compel=version_of("compel"),
    )


def _driver() -> str:
    """The version of the GPU driver, "" if it is unknown."""
    if torch.version.hip:
        with suppress(OSError):
            return Path("/sys/module/amdgpu/version").read_text().strip()
        return ""
    try:
        import pynvml
    except ImportError:
        return ""
    try:
        pynvml.nvmlInit()
        version = pynvml.nvmlSystemGetDriverVersion()
    except pynvml.NVMLError:
        return ""
    return version.decode() if isinstance(version, bytes) else str(version)
