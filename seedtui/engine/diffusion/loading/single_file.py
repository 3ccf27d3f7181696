"""Single .safetensors files: weights only; the settings come from the Hub's model of the same architecture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import torch
from safetensors import SafetensorError, safe_open

from seedtui.core.errors import ModelError, one_line
from seedtui.engine.diffusion.loading.readable import named_plainly, readable
from seedtui.models.lora_files import is_lora
from seedtui.models.resolve import find_pipeline_class
from seedtui.models.weights import check_safetensors


def load(
    file: Path, dtype: torch.dtype, device: str, progress: Callable[[str, int, int], None],
    check: Callable[[str], None],
) -> Any:  # fmt: skip
    """Load the pipeline with the weights in `file`, with `dtype`, on `device`; no network access.

    `check` raises if a class is not a text-to-image pipeline.

    Raises:
        ModelError: the file is not a model or is damaged, its settings are not on this machine, or it cannot be loaded.
    """
    progress("settings", 0, 3)
    settings = find_settings(file)
    name = find_pipeline_class(settings)
    check(name)
    cls = getattr(diffusers, name)
    if not hasattr(cls, "from_single_file"):
        raise ModelError(f"{name} cannot be loaded from a single file", "Use a folder with the whole model")
    progress(file.stem, 1, 3)
    try:
        with readable(settings, None) as source, named_plainly(file) as weights:
            pipe = cls.from_single_file(str(weights), config=str(source), dtype=dtype, local_files_only=True)
    except torch.OutOfMemoryError:
        raise
    except Exception as error:  # for weights that do not fit Diffusers raises anything from OSError to KeyError
        raise ModelError(
            f"cannot load {file.name}: {one_line(error, 140)}",
            "Check that it is a whole model, not just one component",
        ) from error
    progress(f"to {device}", 2, 3)
    pipe.to(device)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def find_settings(file: Path) -> Path:
    """The folder in the Hugging Face cache with the settings for `file`, identified by its tensor names and shapes.

    Raises:
        ModelError: the settings are not there (the hint says how to get them), or `file` is not a model or is damaged.
    """
    from diffusers.loaders.single_file_utils import DIFFUSERS_DEFAULT_PIPELINE_PATHS, infer_diffusers_model_type
    from huggingface_hub import try_to_load_from_cache

    check_safetensors(file)  # it may have changed since the client checked it
    shapes = _shapes(file)
    if is_lora(shapes):
        raise ModelError(f"{file.name} is a LoRA, not a whole model", "Pass it with --lora, together with a --model")
    kind = infer_diffusers_model_type(shapes)
    hub_id = DIFFUSERS_DEFAULT_PIPELINE_PATHS[kind]["pretrained_model_name_or_path"]
    index = try_to_load_from_cache(hub_id, "model_index.json")
    if not isinstance(index, str):
        raise ModelError(
            f"{file.name} has only weights, and its settings, those of {hub_id}, are not on this machine",
            f"Download them without weights: hf download {hub_id} --include '*.json' '*.txt' '*.model'",
        )
    return Path(index).parent


def _shapes(file: Path) -> dict[str, torch.Tensor]:
    """The tensors of `file` by name, without their values."""
    try:
        with safe_open(file, framework="pt") as weights:
            names = weights.keys()
            return {name: torch.empty(weights.get_slice(name).get_shape(), device="meta") for name in names}
    except SafetensorError as error:  # it only reads dtypes it knows
        raise ModelError(
            f"{file.name} cannot be read: {one_line(error, 140)}", "Copy or download it again, or update safetensors"
        ) from error
