"""Names of models, and where they are on this machine. Looks at files only: loads nothing, knows no torch."""

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
"""Short names, and the name in the Diffusers guide, which is gone from the Hub: the same weights."""

_WEIGHTS = (".safetensors", ".ckpt", ".bin", ".pt")

Source = Literal["starter", "folder", "file", "hub"]


class NotHere(ModelError):
    """A model of the Hub, `hub_id`, that is not (wholly) in the cache; it could be downloaded."""

    def __init__(self, hub_id: str, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.hub_id = hub_id


class Model(NamedTuple):
    """A model that is on this machine.

    `name` is what the user wrote, `note` what they should know about it (or ""). `revision` is the Hub's
    commit hash, "" where there is none. Width and height, in pixels, must be multiples of `multiple`.
    `pipeline` and `scheduler` are classes, "" if what is there does not tell: a single file does not.
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
        ModelError: it is not on this machine, or what is there is no model of text-to-image kind that can load.
    """
    if name == STARTER:
        return _from_folder(name, WEIGHTS, "starter")
    hub_id = ALIASES.get(name, name)
    path = Path(os.path.expanduser(name))  # os.path says no where Path raises: too long a name, no such user
    if hub_id == name and os.path.isdir(path):
        return _from_folder(str(path.resolve()), path.resolve(), "folder")
    if hub_id == name and (os.path.isfile(path) or path.suffix.lower() in _WEIGHTS):
        return _from_file(path)
    if is_hub_id(hub_id):
        note = f"{name} is {hub_id} on the Hub" if hub_id != name else ""
        return _from_cache(name, hub_id, note)
    raise ModelError(f"there is no model “{name}”", "seedtui models lists those on this machine")


def is_hub_id(name: str) -> bool:
    """Whether `name` has the form OWNER/NAME."""
    owner, slash, repo = name.partition("/")
    return bool(slash and owner and repo) and "/" not in repo and owner not in (".", "..", "~")


def _from_cache(name: str, hub_id: str, note: str) -> Model:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        index = try_to_load_from_cache(hub_id, "model_index.json")
    except (HFValidationError, OSError, ValueError):  # names that are none, a cache that is damaged
        index = None
    hint = f"To download it: m in the app, or seedtui models --download {hub_id}"
    if not isinstance(index, str):
        raise NotHere(hub_id, f"model {hub_id} is not on this machine", hint)
    folder = Path(index).parent
    if part := missing_part(folder):
        raise NotHere(hub_id, f"model {hub_id} is not complete: {part} is missing", hint)
    return _from_folder(name, folder, "hub")._replace(revision=folder.name, note=note)


def _from_file(path: Path) -> Model:
    if not os.path.isfile(path):
        hint = "Write the path to a .safetensors file, or to a model's folder"
        what = f"{path} is no ordinary file" if os.path.lexists(path) else f"there is no file {path}"
        raise ModelError(what, hint)
    if path.suffix.lower() != ".safetensors":
        raise ModelError(f"{path.name} is no .safetensors file", "Only those are loaded: other files may hold programs")
    path = path.absolute()  # not resolved: a link's name says more than the blob that it leads to
    check_safetensors(path)
    return Model(str(path), path, "file", "", USUAL_FACTOR)


def _from_folder(name: str, folder: Path, source: Source) -> Model:
    pipeline = find_pipeline_class(folder)
    index = read_json(folder / "model_index.json") or {}
    if part := missing_part(folder):
        raise ModelError(f"model {name} is not complete: {part} is missing", "Copy or download it again")
    check_weights(folder)
    scheduler = index["scheduler"][1] if is_component(index.get("scheduler")) else ""
    return Model(name, folder, source, pipeline, read_multiple(folder), scheduler=scheduler)


def find_pipeline_class(folder: Path) -> str:
    """The name of the Diffusers class that `folder` is a model of.

    Raises:
        ModelError: there is no index in it, or the class is not one of Diffusers' own.
    """
    index = read_json(folder / "model_index.json")
    if index is None:
        raise ModelError(f"folder {folder} is no model", "A model's folder has a readable model_index.json in it")
    pipeline = index.get("_class_name")
    if not isinstance(pipeline, str):
        raise ModelError(
            f"model {shown_name(folder)} brings code of its own", "seedtui runs the pipelines of Diffusers only"
        )
    return pipeline
