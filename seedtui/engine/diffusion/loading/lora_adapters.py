"""Loads LoRA files into a fresh pipeline. They are never taken out: other ones load the model afresh, as profiles do,
so that nothing of them is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import torch

from seedtui.core.errors import ModelError, one_line, quoted
from seedtui.core.recipes.lora import Lora
from seedtui.engine.diffusion.loading.load_warnings import LoadWarnings
from seedtui.models.lora_files import check_files, dora_scales, other_kind, weight_names, with_hash


class LoadedLoras(NamedTuple):
    """Each with its hash, and what is to be said on every image, such as of weights that were left out."""

    loras: tuple[Lora, ...] = ()
    notes: tuple[str, ...] = ()


def load_loras(pipe: Any, loras: tuple[Lora, ...]) -> LoadedLoras:
    """Put `loras` into `pipe`, before it is fused or compiled and before anything is encoded.

    Raises:
        ModelError: a file is missing, is no LoRA, or does not fit this model.
    """
    if not loras:
        return LoadedLoras()
    check_files(loras)
    if not hasattr(pipe, "load_lora_weights"):
        raise ModelError(f"{type(pipe).__name__} takes no LoRA files", "Leave --lora out")
    hashed = tuple(map(with_hash, loras))
    names = [f"lora_{number}" for number in range(len(loras))]
    notes = [note for lora, name in zip(loras, names, strict=True) for note in _load(pipe, Path(lora.path), name)]
    pipe.set_adapters(names, adapter_weights=[lora.weight for lora in loras])
    return LoadedLoras(hashed, tuple(notes))


def _load(pipe: Any, file: Path, adapter: str) -> list[str]:
    """Notes on what of `file` is not used, or was warned of."""
    try:
        with LoadWarnings() as warned:
            pipe.load_lora_weights(
                str(file.parent), weight_name=file.name, adapter_name=adapter, use_safetensors=True,
                local_files_only=True,
            )  # fmt: skip
        there = any(adapter in names for names in pipe.get_list_adapters().values())
    except torch.OutOfMemoryError:
        raise
    except Exception as error:  # Diffusers and peft raise all kinds for weights of other names and shapes
        raise _unfit(file, error) from error
    if not there:
        raise _unfit(file, "none of its weights are for parts of it")
    return [f"LoRA {quoted(file.name)}: {note}" for note in _notes(pipe, file, adapter, warned.lines)]


def _notes(pipe: Any, file: Path, adapter: str, warned: list[str]) -> list[str]:
    names = weight_names(file)
    loaded = _loaded(pipe, adapter)
    scales = dora_scales(names)
    dropped = scales and not any("magnitude" in name for name in loaded)
    left_out = len(names) - (len(scales) if dropped else 0) - len(loaded)
    notes = ["it is a DoRA, and Diffusers leaves its scales out: used as a plain LoRA"] if dropped else []
    if left_out > 0:
        notes.append(f"{left_out} of its {len(names)} weights fit no part of this model and are left out")
    return notes + [one_line(line, 160) for line in warned if not _is_known(line, left_out > 0)]


def _loaded(pipe: Any, adapter: str) -> list[str]:
    """The names of the weights that the parts of `pipe` have from `adapter`."""
    parts = [part for part in pipe.components.values() if isinstance(part, torch.nn.Module)]
    return [name for part in parts for name, _ in part.named_parameters() if f".{adapter}." in f"{name}."]


def _is_known(line: str, left_out: bool) -> bool:
    """Whether a warning is harmless, or a note says the same in plain words."""
    told = ("DoRA checkpoint", *(("unexpected keys",) if left_out else ()))
    return any(words in line for words in ("No LoRA keys associated", "Already found a `peft_config`", *told))


def _unfit(file: Path, why: object) -> ModelError:
    if kind := other_kind(weight_names(file)):
        return ModelError(
            f"{quoted(file.name)} is a {kind}, which Diffusers cannot load here", "Use a plain LoRA in its place"
        )
    return ModelError(
        f"LoRA {quoted(file.name)} does not fit this model: {one_line(why, 140)}", "Use one made for the same base"
    )
