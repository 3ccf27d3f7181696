"""Makes a picture larger before it is finished."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from PIL import Image

from seedtui.core.errors import InputError, ModelError, one_line, quoted
from seedtui.core.rounds.finish import Finish
from seedtui.engine.diffusion.memory.low_memory import is_out_of_memory
from seedtui.engine.diffusion.previews import upcast


def larger(image: Image.Image, finish: Finish, width: int, height: int, pipe: Any) -> Image.Image | torch.Tensor:
    """What an image-to-image call of `pipe` takes to finish `image` at `width` x `height` pixels.

    That is a picture, or latents of shape (1, channels, height, width), scaled as the pipeline scales them.

    Raises:
        InputError: the pipeline does not take latents, or the upscaler's file is for something else.
        ModelError: spandrel is missing, or does not know the file.
    """
    if finish.upscaler == "latent":
        return larger_latents(image, width, height, pipe)
    if finish.file:
        image = upscaled_by(image, finish.file, str(pipe._execution_device))
    return image.resize((width, height), Image.Resampling.LANCZOS)


@torch.no_grad()
def larger_latents(image: Image.Image, width: int, height: int, pipe: Any) -> torch.Tensor:
    """The latents of `image`, interpolated to `width` x `height` pixels.

    Raises:
        InputError: the pipeline does not take latents in place of a picture.
    """
    vae = getattr(pipe, "vae", None)
    channels = getattr(getattr(vae, "config", None), "latent_channels", None)
    processor = getattr(pipe, "image_processor", None)
    if vae is None or processor is None or getattr(processor.config, "vae_latent_channels", None) != channels:
        raise InputError(f"{type(pipe).__name__} does not take latents", "Use the upscaler lanczos")
    pixels = processor.preprocess(image)
    with upcast(vae):
        latents = vae.encode(pixels.to(pipe._execution_device, vae.dtype)).latent_dist.mode()
    factor = image.width // latents.shape[-1]
    latents = (latents - (getattr(vae.config, "shift_factor", None) or 0.0)) * vae.config.scaling_factor
    size = height // factor, width // factor
    return torch.nn.functional.interpolate(latents.float(), size=size, mode="bilinear").to(vae.dtype)


@torch.no_grad()
def upscaled_by(image: Image.Image, file: str, device: str) -> Image.Image:
    """`image`, made larger by the upscaler in `file`, by as much as that does."""
    model = _loaded(file, device)
    pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float() / 255
    made = model(pixels.to(device))[0].clamp(0, 1) * 255
    return Image.fromarray(made.round().to(torch.uint8).permute(1, 2, 0).cpu().numpy())


def _loaded(file: str, device: str) -> Any:
    name = quoted(file, 120)
    try:
        import spandrel
    except ImportError as error:
        raise ModelError(
            f"the upscaler {name} needs the packages spandrel and torchvision: {one_line(error, 80)}",
            "Install them: pip install 'seedtui[upscale]'",
        ) from error
    try:
        model = spandrel.ModelLoader(device).load_from_file(file)
    except Exception as error:  # whatever its architectures raise for weights that are not theirs
        if is_out_of_memory(error):
            raise
        raise ModelError(f"{name} is not an upscaler that spandrel knows", "Give another file") from error
    if not isinstance(model, spandrel.ImageModelDescriptor) or (model.input_channels, model.output_channels) != (3, 3):
        raise InputError(f"{name} does not make a larger picture of a picture", "Give another file")
    return model.eval()
