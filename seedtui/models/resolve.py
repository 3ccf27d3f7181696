"""Resolves names of models to files on this machine. Looks only at files: loads nothing, does not import torch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, NamedTuple

from seedtui.core.errors import ModelError
from seedtui.models.completeness import check_weights, missing_part, shown_name
from seedtui.models.sizes import USUAL_FACTOR, read_multiple
from seedtui.models.weights import check_safetensors, is_component, read_json
from seedtui.starter import WEIGHTS

STARTER = "starter"

ALIASES = {
    "sd15": "stable-diffusion-v1-5/stable-diffusion-v1-5",
    "runwayml/stable-diffusion-v1-5": "stable-diffusion-v1-5/stable-diffusion-v1-5",
}
"""Short names, and the name in the Diffusers guide, which no longer exists on the Hub: the same weights."""

_WEIGHTS = (".safetensors", ".ckpt", ".bin", ".pt")

Source = Literal["starter", "folder", "file", "hub", "elsewhere"]
"""``elsewhere``: on the machines of the workers, which find it by its name."""


class NotHere(ModelError):
    """A model of the Hub, `hub_id`, that is not in the cache, or lacks `part` there, if that is not "".

    It could be downloaded.
    """

    def __init__(self, hub_id: str, part: str = "") -> None:
        what = f"is incomplete: {part} is missing" if part else "is not on this machine"
        hint = f"To download it: m in the app, or seedtui models --download {hub_id}"
        super().__init__(f"model {hub_id} {what}", hint)
        self.hub_id, self.part = hub_id, part


class Model(NamedTuple):
    """A model on this machine, or `elsewhere`: then nothing but its name is known.

    `name` is what the user wrote, `note` is information for the user, or "". `revision` is the Hub's commit hash, or
    "". Width and height, in pixels, must be multiples of `multiple`. `pipeline` and `scheduler` are class names, ""
    if unknown, as for a single file.
    """

    name: str
    path: Path
    source: Source
    pipeline: str
    multiple: int
    revision: str = ""
    note: str = ""
    scheduler: str = ""


def find_model(name: str) -> Model:
    """The model that `name` means: ``starter``, an alias, a folder, a .safetensors file, or a Hub id in the cache.

    Raises:
        NotHere: it is a model of the Hub that is not in the cache.
        ModelError: it is not on this machine, or is not a model that can be loaded.
    """
    if name == STARTER:
        return _from_folder(name, WEIGHTS, "starter")
    hub_id = ALIASES.get(name, name)
    path = Path(os.path.expanduser(name))  # os.path returns False where Path raises: name too long, no such user
    if hub_id == name and os.path.isdir(path):
        return _from_folder(str(path.resolve()), path.resolve(), "folder")
    if hub_id == name and (os.path.isfile(path) or path.suffix.lower() in _WEIGHTS):
        return _from_file(path)
    if is_hub_id(hub_id):
        note = f"{name} is {hub_id} on the Hub" if hub_id != name else ""
        return _from_cache(name, hub_id, note)
    raise ModelError(f"there is no model “{name}”", "List the models on this machine with: seedtui models")


def elsewhere(name: str) -> Model:
    """The model that `name` means on the machines that have it."""
    return Model(name, Path(), "elsewhere", "", USUAL_FACTOR)


def is_hub_id(name: str) -> bool:
    """Whether `name` has the form OWNER/NAME."""
    owner, slash, repo = name.partition("/")
    return bool(slash and owner and repo) and "/" not in repo and owner not in (".", "..", "~")


def _from_cache(name: str, hub_id: str, note: str) -> Model:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        index = try_to_load_from_cache(hub_id, "model_index.json")
    except (HFValidationError, OSError, ValueError):  # an invalid name, a damaged cache
        index = None
    if not isinstance(index, str):
        raise NotHere(hub_id)
    folder = Path(index).parent
    if part := missing_part(folder):
        raise NotHere(hub_id, part)
    return _from_folder(name, folder, "hub")._replace(revision=folder.name, note=note)


def _from_file(path: Path) -> Model:
    if not os.path.isfile(path):
        hint = "Give the path of a .safetensors file or of a model's folder"
        what = f"{path} is not a regular file" if os.path.lexists(path) else f"there is no file {path}"
        raise ModelError(what, hint)
    if path.suffix.lower() == ".gguf":
        raise ModelError(
            f"{path.name} is a GGUF file, which holds only a transformer or UNet",
            "Pass it with --transformer, together with the model's folder or Hub ID as --model",
        )
    if path.suffix.lower() != ".safetensors":
        raise ModelError(f"{path.name} is not a .safetensors file", "Other formats may contain code")
    path = path.absolute()  # not resolved: the name of a link is more useful than that of its target
    check_safetensors(path)
    return Model(str(path), path, "file", "", USUAL_FACTOR)


def _from_folder(name: str, folder: Path, source: Source) -> Model:
    pipeline = find_pipeline_class(folder)
    index = read_json(folder / "model_index.json") or {}
    if part := missing_part(folder):
        raise ModelError(f"model {name} is incomplete: {part} is missing", "Copy or download it again")
    check_weights(folder)
    scheduler = index["scheduler"][1] if is_component(index.get("scheduler")) else ""
    return Model(name, folder, source, pipeline, read_multiple(folder), scheduler=scheduler)


def find_pipeline_class(folder: Path) -> str:
    """The name of the Diffusers pipeline class of the model in `folder`.

    Raises:
        ModelError: it has no index, or the model has its own pipeline code.
    """
    index = read_json(folder / "model_index.json")
    if index is None:
        raise ModelError(f"folder {folder} is not a model", "A model's folder has a readable model_index.json")
    pipeline = index.get("_class_name")
    if not isinstance(pipeline, str):
        raise ModelError(
            f"model {shown_name(folder)} has its own pipeline code", "seedtui runs only pipelines that are in Diffusers"
        )
    return pipeline
