"""Loads LoRA files into a fresh pipeline. They are never taken out: other ones load the model afresh, as profiles do,
so that nothing of them is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from seedtui.core.errors import ModelError, one_line, quoted
from seedtui.core.lora import Lora
from seedtui.engine.lora_files import check_files, with_hash


def load_loras(pipe: Any, loras: tuple[Lora, ...]) -> tuple[Lora, ...]:
    """Put `loras` into `pipe`, before it is fused or compiled and before anything is encoded; each with its hash.

    Raises:
        ModelError: a file is missing, is no LoRA, or does not fit this model.
    """
    if not loras:
        return ()
    check_files(loras)
    if not hasattr(pipe, "load_lora_weights"):
        raise ModelError(f"{type(pipe).__name__} takes no LoRA files", "Leave --lora out")
    hashed = tuple(map(with_hash, loras))
    for number, lora in enumerate(loras):
        _load(pipe, Path(lora.path), f"lora_{number}")
    names = [f"lora_{number}" for number in range(len(loras))]
    pipe.set_adapters(names, adapter_weights=[lora.weight for lora in loras])
    return hashed


def _load(pipe: Any, file: Path, adapter: str) -> None:
    try:
        pipe.load_lora_weights(
            str(file.parent), weight_name=file.name, adapter_name=adapter, use_safetensors=True, local_files_only=True
        )
        there = any(adapter in names for names in pipe.get_list_adapters().values())
    except torch.OutOfMemoryError:
        raise
    except Exception as error:  # Diffusers and peft raise all kinds for weights of other names and shapes
        raise _unfit(file, error) from error
    if not there:
        raise _unfit(file, "none of its weights are for parts of it")


def _unfit(file: Path, why: object) -> ModelError:
    return ModelError(
        f"LoRA {quoted(file.name)} does not fit this model: {one_line(why, 140)}", "Use one made for the same base"
    )
