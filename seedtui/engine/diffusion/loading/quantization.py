"""Weights that are quantized while the model is loaded, by packages that are not installed with seedtui."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path
from typing import Any

import torch
from diffusers import PipelineQuantizationConfig

from seedtui.core.errors import ModelError
from seedtui.core.recipes.recipe import PACKAGES, Weights
from seedtui.engine.diffusion.loading.compatibility import needs_packages

_QUANTIZED = ("unet", "transformer")


def check(weights: Weights, path: Path) -> None:
    """Check that the model in `path` can be loaded with such weights, before anything is loaded.

    Raises:
        ModelError: a package is missing, or the model is a single file.
    """
    if weights not in PACKAGES:
        return
    if path.is_file():
        raise ModelError(
            f"a single file cannot be loaded with weights {weights}", "Use --weights float8, or the model's folder"
        )
    if importlib.util.find_spec(PACKAGES[weights]) is None:
        raise needs_packages(f"weights {weights}", (PACKAGES[weights],))


def config_of(weights: Weights, dtype: torch.dtype) -> PipelineQuantizationConfig | None:
    """What Diffusers loads a pipeline with for such weights, which compute with `dtype`; None if nothing."""
    if weights not in PACKAGES:
        return None
    one = _int8() if weights == "int8" else _nf4(dtype)
    return PipelineQuantizationConfig(quant_mapping=dict.fromkeys(_QUANTIZED, one))


def notes_on(weights: Weights) -> tuple[str, ...]:
    """A note for every image: the package decides pixels too."""
    if weights not in PACKAGES:
        return ()
    package = PACKAGES[weights]
    return (f"weights {weights} by {package} {importlib.metadata.version(package)}",)


def _int8() -> Any:
    from diffusers import TorchAoConfig
    from torchao.quantization import Int8WeightOnlyConfig

    return TorchAoConfig(Int8WeightOnlyConfig())


def _nf4(dtype: torch.dtype) -> Any:
    from diffusers import BitsAndBytesConfig

    return BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype)
