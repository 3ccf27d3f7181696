"""Loads LoRA files into a freshly loaded pipeline.

They are never unloaded: for different ones the model is loaded again, as for profiles, so that no trace is left. There
are two exceptions: another weight, which is a factor that each call applies, and a file with the same layout, whose
numbers take the place of all numbers of the one before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import safe_open

from seedtui.core.errors import ModelError, one_line, quoted
from seedtui.core.recipes.lora import Lora
from seedtui.engine.diffusion.loading.load_warnings import LoadWarnings
from seedtui.models.lora_files import check_files, dora_scales, other_kind, weight_names, with_hash


class LoadedLoras(NamedTuple):
    """The LoRAs with their hashes, and notes for every image, for example on weights that do not fit."""

    loras: tuple[Lora, ...] = ()
    notes: tuple[str, ...] = ()


def load_loras(pipe: Any, loras: tuple[Lora, ...]) -> LoadedLoras:
    """Load `loras` into `pipe`, before it is fused or compiled and before anything is encoded.

    Raises:
        ModelError: a file is missing, is not a LoRA, or does not fit this model.
    """
    if not loras:
        return LoadedLoras()
    check_files(loras)
    if not hasattr(pipe, "load_lora_weights"):
        raise ModelError(f"{type(pipe).__name__} does not support LoRA files", "Leave out --lora")
    hashed = tuple(map(with_hash, loras))
    names = _names(loras)
    notes = [note for lora, name in zip(loras, names, strict=True) for note in _load(pipe, Path(lora.path), name)]
    set_weights(pipe, loras)
    return LoadedLoras(hashed, tuple(notes))


class Layout(NamedTuple):
    """What of a LoRA file is not its numbers: two files of the same layout differ only in these.

    `shapes` is by name, `scales` are the numbers that Diffusers takes for settings, and `config` is PEFT's, as text.
    """

    shapes: dict[str, tuple[int, ...]]
    scales: dict[str, float]
    config: str


def layout_of(file: Path) -> Layout:
    """The layout of a LoRA file, which has been loaded or is known to be one."""
    with safe_open(file, framework="pt") as weights:
        names = weights.keys()
        shapes = {name: tuple(weights.get_slice(name).get_shape()) for name in names}
        scales = {name: weights.get_tensor(name).item() for name in names if shapes[name] in ((), (1,))}
        return Layout(shapes, scales, (weights.metadata() or {}).get("lora_adapter_metadata", ""))


def swap_files(pipe: Any, loras: tuple[Lora, ...]) -> LoadedLoras | None:
    """Put `loras` in the place of as many loaded files, each of the same layout. None if Diffusers cannot.

    Then some may have been replaced: load the model again.
    """
    hashed = tuple(map(with_hash, loras))
    try:
        notes = [
            note for lora, name in zip(loras, _names(loras), strict=True)
            for note in _load(pipe, Path(lora.path), name, hotswap=True)
        ]  # fmt: skip
    except ModelError:  # those of text encoders, for example
        return None
    set_weights(pipe, loras)
    return LoadedLoras(hashed, tuple(notes))


def set_weights(pipe: Any, loras: tuple[Lora, ...]) -> None:
    """Give the loaded files of `loras` their weights."""
    pipe.set_adapters(_names(loras), adapter_weights=[lora.weight for lora in loras])


def _names(loras: tuple[Lora, ...]) -> list[str]:
    return [f"lora_{number}" for number in range(len(loras))]


def _load(pipe: Any, file: Path, adapter: str, hotswap: bool = False) -> list[str]:
    """Notes on weights of `file` that are not used, and on warnings."""
    try:
        with LoadWarnings() as warned:
            pipe.load_lora_weights(
                str(file.parent), weight_name=file.name, adapter_name=adapter, use_safetensors=True,
                local_files_only=True, **({"hotswap": True} if hotswap else {}),
            )  # fmt: skip
        there = any(adapter in names for names in pipe.get_list_adapters().values())
    except torch.OutOfMemoryError:
        raise
    except Exception as error:  # Diffusers and PEFT raise any kind of exception for unexpected names and shapes
        raise _unfit(file, error) from error
    if not there:
        raise _unfit(file, "none of its weights match")
    return [f"LoRA {quoted(file.name)}: {note}" for note in _notes(pipe, file, adapter, warned.lines)]


def _notes(pipe: Any, file: Path, adapter: str, warned: list[str]) -> list[str]:
    names = weight_names(file)
    loaded = _loaded(pipe, adapter)
    scales = dora_scales(names)
    dropped = scales and not any("magnitude" in name for name in loaded)
    left_out = len(names) - (len(scales) if dropped else 0) - len(loaded)
    notes = ["it is a DoRA, but Diffusers drops its scales: used as a plain LoRA"] if dropped else []
    if left_out > 0:
        notes.append(f"{left_out} of its {len(names)} weights do not fit this model and are ignored")
    return notes + [one_line(line, 160) for line in warned if not _is_known(line, left_out > 0)]


def _loaded(pipe: Any, adapter: str) -> list[str]:
    """The names of the weights in `pipe` that come from `adapter`."""
    parts = [part for part in pipe.components.values() if isinstance(part, torch.nn.Module)]
    return [name for part in parts for name, _ in part.named_parameters() if f".{adapter}." in f"{name}."]


def _is_known(line: str, left_out: bool) -> bool:
    """Whether a warning is harmless, or a note already says the same."""
    told = ("DoRA checkpoint", *(("unexpected keys",) if left_out else ()))
    return any(words in line for words in ("No LoRA keys associated", "Already found a `peft_config`", *told))


def _unfit(file: Path, why: object) -> ModelError:
    if kind := other_kind(weight_names(file)):
        return ModelError(f"{quoted(file.name)} is a {kind}, which Diffusers cannot load", "Use a plain LoRA instead")
    return ModelError(
        f"LoRA {quoted(file.name)} does not fit this model: {one_line(why, 140)}", "Use one for the same base model"
    )
