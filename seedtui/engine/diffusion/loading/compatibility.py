"""Finds out from its signature whether a Diffusers pipeline makes images from a prompt alone. Needs no weights.

There is no list of classes. A signature does not show whether an optional `image` is required after all: `try_prompt`
tries that once on the loaded pipeline.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import diffusers
import torch
import transformers
from diffusers import DiffusionPipeline

from seedtui.core.errors import ModelError, one_line

_VIDEO = {"num_frames", "frames", "video_length", "num_videos_per_prompt"}
_SOUND = {"num_waveforms_per_prompt", "audio_length_in_s", "audio_end_in_s", "audio_duration"}
_START = {"strength", "mask_image"}
_CONTROLS = {"control_image", "controlnet", "adapter"}
_DECODERS = {"unet", "transformer", "decoder", "vae", "movq", "vqgan", "vqvae"}

_PACKAGES = {"cv2": "opencv-python", "opencv": "opencv-python", "bs4": "beautifulsoup4", "PIL": "pillow"}
"""Packages whose install name differs from their import name."""


def check_text_to_image(class_name: str) -> None:
    """Check that the pipeline makes images from a prompt, from the signature of its call.

    Raises:
        ModelError: Diffusers has no such pipeline, it needs a missing package, it needs more than a prompt, or it does
            not return images.
    """
    cls = getattr(diffusers, class_name, None) if class_name.isidentifier() else None
    if missing := missing_packages(cls):
        raise needs_packages(class_name, missing)
    if not (isinstance(cls, type) and issubclass(cls, DiffusionPipeline)):
        raise ModelError(
            f"this Diffusers ({diffusers.__version__}) has no {class_name}", "Update it: pip install -U diffusers"
        )
    if why := _why_not(cls):
        raise ModelError(f"{class_name} is not a text-to-image pipeline: {why}", "Choose another model")


def _why_not(cls: type) -> str:
    """Why `cls` cannot make images from a prompt alone, "" if it may be able to."""
    call = inspect.signature(cls.__call__).parameters
    takes, parts = call.keys(), inspect.signature(cls).parameters.keys()
    needs = [n for n, p in call.items() if p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    if "prompt" not in takes:
        return "it does not take a prompt"
    if takes & _VIDEO:
        return "it makes videos"
    if takes & _SOUND:
        return "it makes sound"
    if more := [name for name in needs if name not in ("self", "prompt")]:
        return f"it also needs {', '.join(more)}"
    if takes & _START:
        return "it starts from an image"
    if (takes | parts) & _CONTROLS:
        return "it also needs a control image"
    if "prior" in parts and not parts & _DECODERS:
        return "it makes embeddings for another pipeline, not images"
    if "generator" not in takes:
        return "it does not take seeds"
    if "num_images_per_prompt" not in takes and not {"height", "width"} <= takes:
        return "it does not make images"
    return ""


def missing_packages(cls: Any) -> tuple[str, ...]:
    """The missing packages that `cls` needs. Diffusers and Transformers use a dummy class if some are missing."""
    backends = getattr(cls, "_backends", None)
    names = [str(name) for name in backends] if isinstance(backends, list | tuple) else []
    return tuple(_PACKAGES.get(name, name) for name in names if not _is_installed(name))


def missing_for_parts(index: Mapping[str, Any]) -> tuple[str, ...]:
    """The missing packages that the components in a model `index` need.

    A video processor, and any processor that contains one, needs torchvision.
    """
    missing: list[str] = []
    for value in index.values():
        if isinstance(value, list) and len(value) == 2 and value[0] == "transformers" and isinstance(value[1], str):
            cls = getattr(transformers, value[1], None)
            missing += missing_packages(cls)
            if isinstance(cls, type) and "video_processor" in inspect.signature(cls).parameters:
                missing += [] if _is_installed("torchvision") else ["torchvision"]
    return tuple(dict.fromkeys(missing))


def needs_packages(what: str, packages: Iterable[str]) -> ModelError:
    """The error if `what` needs `packages`."""
    names = list(dict.fromkeys(packages))
    return ModelError(f"{what} needs {' and '.join(names)}, not installed here", f"pip install {' '.join(names)}")


def version_of(package: str) -> str:
    """The version of a package that is not required, "" if it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def packages_in(error: BaseException | None) -> tuple[str, ...]:
    """The missing packages that caused `error`, directly or through its causes. Libraries name them only in text."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            return (_PACKAGES.get(error.name) or error.name,)
        if isinstance(error, NameError) and error.name:
            # OmniGen's module goes on without torchvision, and then needs its `transforms`.
            return ("torchvision",) if error.name == "transforms" and not _is_installed("torchvision") else ()
        if isinstance(error, ImportError):
            return tuple(p for p in _KNOWN if p.lower() in str(error).lower() and not _is_installed(p))
        error = error.__cause__ or error.__context__
    return ()


_KNOWN = ("torchvision", "sentencepiece", "protobuf", "tiktoken", "ftfy", "beautifulsoup4", "scipy", "torchsde", "timm")


def _is_installed(name: str) -> bool:
    module = {"opencv": "cv2", "protobuf": "google.protobuf", "beautifulsoup4": "bs4"}.get(name, name)
    try:
        return importlib.util.find_spec(module) is not None
    except (ModuleNotFoundError, ValueError):
        return False


_MAY_INSIST = {"image", "images", "gligen_boxes", "source_embeds"}
"""Arguments that have a default, but that some pipelines do not work without."""


class _Reached(Exception):
    """The call has reached its first step."""


def try_prompt(pipe: Any) -> None:
    """If the signature of `pipe` leaves it open, check that a call with only a prompt reaches its first step.

    An optional image may be required after all. This costs as much as encoding a prompt.

    Raises:
        ModelError: it does not.
    """
    call = inspect.signature(type(pipe).__call__).parameters
    nets = [net for name in ("transformer", "unet", "decoder") if (net := getattr(pipe, name, None)) is not None]
    if not call.keys() & _MAY_INSIST or not nets:
        return
    with _stopped_at(nets), torch.random.fork_rng():
        try:
            pipe(prompt="a", generator=torch.Generator().manual_seed(0))
        except _Reached:
            pipe.maybe_free_model_hooks()  # the exception skipped it
        except (torch.OutOfMemoryError, MemoryError):
            raise
        except Exception as error:  # pipelines raise any kind of exception for a missing argument
            raise ModelError(
                f"{type(pipe).__name__} is not a text-to-image pipeline: it fails with only a prompt "
                f"({one_line(error, 120)})",
                "Choose another model",
            ) from error


@contextlib.contextmanager
def _stopped_at(nets: list[torch.nn.Module]) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise _Reached

    hooks = [net.register_forward_pre_hook(stop) for net in nets]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
