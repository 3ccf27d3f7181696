"""The image sizes that a model supports, from the settings in its folder. Does not import torch."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from seedtui.models.weights import read_json

USUAL_FACTOR = 8
"""The default ratio of pixels to latents per side, that of the VAE of SD 1, 2 and XL."""

_LARGEST_FACTOR = 128
_LARGEST_PATCH = 32
"""More than any model has: larger numbers are not valid settings."""


def read_multiple(folder: Path) -> int:
    """The number that width and height must be multiples of.

    This is the VAE's factor times the side of one token of the network, and always a multiple of 8, which Diffusers'
    pipelines check whatever the VAE.
    """
    vae = read_json(folder / "vae" / "config.json") or {}
    network = read_json(folder / "transformer" / "config.json") or {}
    index = read_json(folder / "model_index.json") or {}
    return math.lcm(8, _factor(vae) * _side(network, vae, index))


def _factor(vae: dict[str, Any]) -> int:
    """The ratio of pixels to latents per side: a setting, or else from how often the VAE halves them."""
    for name in ("spatial_compression_ratio", "scale_factor_spatial"):
        if (told := _small(vae.get(name), _LARGEST_FACTOR)) > 1:
            return told
    halvings = vae.get("temperal_downsample")  # Diffusers' spelling; pipelines like Qwen-Image use its length
    if isinstance(halvings, list) and halvings:
        return min(1 << len(halvings[:7]), _LARGEST_FACTOR)
    channels = vae.get("block_out_channels") or vae.get("encoder_block_out_channels")
    levels = len(channels) if isinstance(channels, list) else 0
    factor = 2 ** (levels - 1) if levels > 0 else USUAL_FACTOR
    return factor if factor <= _LARGEST_FACTOR else USUAL_FACTOR


def _side(network: dict[str, Any], vae: dict[str, Any], index: dict[str, Any]) -> int:
    """The side of one token, in latents.

    Some pipelines pack 2 x 2 latents before the network divides them into patches: Flux into four times the channels,
    FLUX.2 in its VAE, Krea 2 according to its index.
    """
    inner, latent = network.get("in_channels"), vae.get("latent_channels") or vae.get("z_dim")
    packed = isinstance(inner, int) and isinstance(latent, int) and inner == 4 * latent
    patches = (network.get("patch_size"), network.get("all_patch_size"), vae.get("patch_size"), index.get("patch_size"))
    if "scale_factor_spatial" in vae:
        patches = (*patches[:2], None, patches[3])  # that factor includes the VAE's patches
    side = max(
        2 if packed else 1, *(_small(p[-1] if isinstance(p, list) and p else p, _LARGEST_PATCH) for p in patches)
    )
    return side * 2 if _is_doubled(network, vae) else side


def _is_doubled(network: dict[str, Any], vae: dict[str, Any]) -> bool:
    """Whether the pipeline needs an even number of tokens, as HunyuanImage, GLM-Image and Qwen-Image 2.1 do."""
    return (
        "spatial_compression_ratio" in vae
        or "prior_vq_quantizer_codebook_size" in network
        or "causal_condition" in network
    )


def _small(value: object, most: int) -> int:
    """`value` if it is a number from 1 to `most`, else 1."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most else 1
