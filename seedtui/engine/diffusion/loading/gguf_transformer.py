"""Loads the transformer or UNet of a model from a GGUF file, with the settings in the model's folder."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers import GGUFQuantizationConfig
from diffusers.loaders.single_file_model import SINGLE_FILE_LOADABLE_CLASSES

from seedtui.core.errors import ModelError, one_line, quoted
from seedtui.engine.diffusion.loading.compatibility import needs_packages
from seedtui.models.gguf_files import check_gguf_file, denoiser_of


def check(path: str, model: Path) -> None:
    """Check that the files of `model` can be loaded with the GGUF file `path`, before anything is loaded.

    Raises:
        ModelError: a file or a package is missing, or Diffusers cannot load this kind of model so.
    """
    if not path:
        return
    check_gguf_file(path, model)
    _, name = denoiser_of(model)
    if name not in SINGLE_FILE_LOADABLE_CLASSES:
        raise ModelError(f"Diffusers cannot load {name or 'this model'} from a GGUF file", "Leave out --transformer")
    if importlib.util.find_spec("gguf") is None:
        raise needs_packages("a GGUF transformer", ("gguf",))


def load(path: str, model: Path, dtype: torch.dtype) -> dict[str, Any]:
    """The component that the GGUF file `path` replaces in the folder `model`, by its name; nothing for "".

    Its weights stay quantized, and are computed with `dtype`.

    Raises:
        ModelError: the file does not fit this model.
    """
    if not path:
        return {}
    part, name = denoiser_of(model)
    try:
        net = getattr(diffusers, name).from_single_file(
            path, quantization_config=GGUFQuantizationConfig(compute_dtype=dtype), config=str(model), subfolder=part,
            torch_dtype=dtype, local_files_only=True,
        )  # fmt: skip
    except torch.OutOfMemoryError:
        raise
    except (IndexError, KeyError) as error:  # while it looks for names of another program's files
        raise _unfit(path, f"it lacks weights of a {name}") from error
    except NotImplementedError as error:  # from PyTorch: weights without values cannot be moved
        raise _unfit(path, "some of its weights are missing") from error
    except Exception as error:  # Diffusers and gguf raise any kind of exception for unexpected bytes, names and shapes
        raise _unfit(path, one_line(error, 140)) from error
    return {part: net}


def _unfit(path: str, why: str) -> ModelError:
    return ModelError(
        f"transformer {quoted(Path(path).name)} does not fit this model: {why}",
        "Use one made from the same model, or copy it again",
    )
