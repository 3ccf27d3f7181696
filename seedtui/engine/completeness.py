"""Whether a model's folder is whole and its weights can be read, told before anything is loaded. Knows no torch."""

from __future__ import annotations

from pathlib import Path

from seedtui.core.errors import ModelError
from seedtui.engine.weights import Choice, candidates, check_safetensors, is_component, parts_in, read_json


def missing_part(folder: Path) -> str:
    """The first part, or file of one, that the index names and `folder` has not, or has without weights of any kind;
    "" if all is there. A link that leads nowhere is a file of the cache that is gone."""
    index = read_json(folder / "model_index.json") or {}
    for part, value in index.items():
        if is_component(value):
            files = [file for file in (folder / part).glob("*") if not file.name.startswith(".")]
            if not files:
                return part
            if gone := next((file.name for file in sorted(files) if not file.exists()), ""):
                return f"{part}/{gone}"
    return next((p.name for p in parts_in(folder, index) if not p.weights and not p.pickled), "")


def check_weights(folder: Path, half: bool | None = None) -> Choice:
    """See whether the weights of the model in `folder` can be read, in half precision where `half` is wanted, else,
    for None, in any way: the variant and the files, below `folder`, that are read.

    Raises:
        ModelError: a part has pickled weights alone, or none, or a file that is read is damaged.
    """
    parts = parts_in(folder, read_json(folder / "model_index.json") or {})
    if bare := next((part for part in parts if not part.weights), None):
        raise no_safetensors(shown_name(folder), bare.name, bare.pickled, folder)
    found = candidates(parts, bool(half))
    if not found:
        there = "; ".join(f"{p.name}: {', '.join(v or 'plain' for v in p.weights)}" for p in parts)
        raise ModelError(
            f"the parts of model {shown_name(folder)} have weights in no variant in common: {there}",
            "Download it again, or save it in one variant with save_pretrained",
        )
    wrong: list[ModelError] = []
    for choice in found if half is None else found[:1]:
        try:
            for file in choice.files:
                if file.endswith(".safetensors"):
                    check_safetensors(folder / file)
        except ModelError as error:
            wrong.append(error)
        else:
            return choice
    raise wrong[0]


def no_safetensors(name: str, part: str, pickled: str, folder: Path | None = None) -> ModelError:
    """What to say of a model one `part` of which has no safetensors, only `pickled` or "" for nothing."""
    if not pickled:
        return ModelError(f"model {name} is not complete: {part} has no whole weights", "Copy or download it again")
    suffix, source = Path(pickled).suffix, str(folder or name)
    return ModelError(
        f"model {name} has only {suffix} weights in {part}; seedtui loads safetensors only",
        'If you trust its source, convert it: python -c "from diffusers import DiffusionPipeline as P; '
        f"P.from_pretrained({source!r}, use_safetensors=False).save_pretrained('converted')\"",
    )


def shown_name(path: Path) -> str:
    """What to call the model at `path`: by its name on the Hub if it is in the cache, else by that of the folder."""
    kept = path.parent.parent.name
    if path.parent.name == "snapshots" and kept.startswith("models--"):
        return kept.removeprefix("models--").replace("--", "/")
    return path.name
