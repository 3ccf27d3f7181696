"""The lines of a plain Diffusers program that make an image larger, before it is finished."""

from __future__ import annotations

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.finish import Finish


def imports(finish: Finish) -> list[str]:
    """What the lines use besides `torch` and Diffusers."""
    return ["import numpy as np", "import spandrel"] if finish.file else []


def enlarging(finish: Finish, recipe: Recipe, source_sha256: str) -> list[str]:
    """Lines that use the names `pipe`, `image`, `hashlib` and `torch`, and define `larger`.

    `pipe` becomes the image-to-image pipeline with the same parts. `image` has the hash `source_sha256`.
    """
    size = f"({recipe.width}, {recipe.height})"
    lines = [
        "# The image so far, finished: made larger, then denoised again for the last part of the steps.",
        'image = image.convert("RGB")',
        f'if hashlib.sha256(image.tobytes()).hexdigest() != "{source_sha256}":',
        '    print("the image to finish differs")',
        "pipe = AutoPipelineForImage2Image.from_pipe(pipe)",
        *(["pipe.vae.enable_tiling()"] if recipe.fallback == "tiled" else []),
    ]
    if finish.upscaler == "latent":
        return [*lines, *_LATENT.format(width=recipe.width, height=recipe.height).splitlines()]
    if finish.file:
        lines += _FILE.format(file=finish.file, device=recipe.device or "cpu").splitlines()
    return [*lines, f"larger = image.resize({size}, Image.Resampling.LANCZOS)"]


_LATENT = """
with torch.no_grad():
    upcast = pipe.vae.dtype == torch.float16 and getattr(pipe.vae.config, "force_upcast", False)
    if upcast:
        pipe.vae.to(torch.float32)
    pixels = pipe.image_processor.preprocess(image).to(pipe._execution_device, pipe.vae.dtype)
    latents = pipe.vae.encode(pixels).latent_dist.mode()
    if upcast:
        pipe.vae.to(torch.float16)
    factor = image.width // latents.shape[-1]
    latents = (latents - (getattr(pipe.vae.config, "shift_factor", None) or 0.0)) * pipe.vae.config.scaling_factor
    size = {height} // factor, {width} // factor
    larger = torch.nn.functional.interpolate(latents.float(), size=size, mode="bilinear").to(pipe.vae.dtype)
"""

_FILE = """
with torch.no_grad():
    upscaler = spandrel.ModelLoader({device!r}).load_from_file({file!r}).eval()
    pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float() / 255
    pixels = upscaler(pixels.to({device!r}))[0].clamp(0, 1) * 255
    image = Image.fromarray(pixels.round().to(torch.uint8).permute(1, 2, 0).cpu().numpy())
"""
