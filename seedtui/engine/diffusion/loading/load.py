"""Loads a model's folder into a Diffusers pipeline, component by component."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from diffusers import DiffusionPipeline, PipelineQuantizationConfig

from seedtui.core.errors import ModelError, one_line
from seedtui.engine.diffusion.loading import gguf_transformer, single_file
from seedtui.engine.diffusion.loading.compatibility import (
    check_text_to_image,
    missing_for_parts,
    needs_packages,
    packages_in,
    try_prompt,
)
from seedtui.engine.diffusion.loading.readable import readable
from seedtui.models.completeness import check_weights, shown_name
from seedtui.models.resolve import find_pipeline_class
from seedtui.models.weights import read_json

Progress = Callable[[str, int, int], None]
"""Called with the current component, the number of those done, and the total."""


def choose_device(wanted: str | None) -> str:
    """`wanted`, or by default the first available of cuda, xpu, mps and cpu.

    Raises:
        ModelError: this machine does not have `wanted`.
    """
    there = {
        "cuda": torch.cuda.is_available(),
        "xpu": hasattr(torch, "xpu") and torch.xpu.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted is None:
        return next(name for name, available in there.items() if available)
    kind, _, number = wanted.partition(":")
    if not there.get(kind) or (number and int(number) >= getattr(torch, kind).device_count()):
        raise ModelError(f"there is no device {wanted}", "Leave out --device, or use cpu")
    return wanted


def choose_dtype(wanted: str | None, device: str) -> torch.dtype:
    """`wanted`, or by default float16 on an accelerator and float32 on a CPU, as in the guide."""
    result: torch.dtype = getattr(torch, wanted or ("float32" if device == "cpu" else "float16"))
    return result


def load_pipeline(
    folder: Path, dtype: torch.dtype, device: str, progress: Progress,
    quantization: PipelineQuantizationConfig | None = None, gguf: str = "",
) -> DiffusionPipeline:  # fmt: skip
    """Load the pipeline in `folder` with `dtype` on `device`; safetensors only, no network access.

    With a `quantization` the parts stay where Diffusers puts them. `gguf` is the path of a file to load in place of the
    folder's transformer or UNet, "" for none.

    Raises:
        ModelError: it is not a text-to-image pipeline, or cannot be loaded.
    """
    if folder.is_file():
        return single_file.load(folder, dtype, device, progress, check_text_to_image)
    name = find_pipeline_class(folder)
    check_text_to_image(name)
    if missing := missing_for_parts(read_json(folder / "model_index.json") or {}):
        raise needs_packages(f"model {shown_name(folder)} ({name})", missing)
    variant, _ = check_weights(folder, dtype == torch.float16)
    with readable(folder, variant) as source:
        pipe = _from_pretrained(source, shown_name(folder), variant, dtype, device, progress, quantization, gguf)
    pipe.set_progress_bar_config(disable=True)
    try_prompt(pipe)
    return pipe


def _from_pretrained(
    folder: Path, name: str, variant: str | None, dtype: torch.dtype, device: str, progress: Progress,
    quantization: PipelineQuantizationConfig | None, gguf: str,
) -> DiffusionPipeline:  # fmt: skip
    config = read_json(folder / "model_index.json") or {}
    parts = [key for key, value in config.items() if _is_loaded(value)]
    try:
        with _loaded_parts(lambda part, done: progress(part, done, len(parts) + 1)):
            progress(parts[0] if parts else name, 0, len(parts) + 1)
            replaced = gguf_transformer.load(gguf, folder, dtype)
            pipe = DiffusionPipeline.from_pretrained(
                folder, dtype=dtype, use_safetensors=True, local_files_only=True, variant=variant, **replaced,
                **({"quantization_config": quantization} if quantization else {}),
                **({"device_map": device} if device == "cuda" else {}),  # straight to the GPU
            )  # fmt: skip
    except (torch.OutOfMemoryError, ModelError):
        raise
    except Exception as error:  # for a bad folder Diffusers raises anything from OSError to AttributeError
        if missing := packages_in(error):
            raise needs_packages(f"model {name} ({config.get('_class_name')})", missing) from error
        hint = "Use --weights float8 or full" if quantization else "Copy or download it again"
        raise ModelError(f"cannot load model {name}: {one_line(error, 160)}", hint) from error
    progress(f"to {device}", len(parts), len(parts) + 1)
    if quantization is None:
        pipe.to(device)
    return pipe


def revision_of(folder: Path) -> str:
    """SHA-256, in hex, of the names and contents of all weights and settings in `folder`, or of a single file."""
    if folder.is_file():
        with folder.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    total = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".safetensors", ".json", ".txt", ".model") and file.name[0] != "." and file.is_file():
            total.update(f"{file.relative_to(folder).as_posix()}\0".encode())
            with file.open("rb") as stream:
                total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()


def _is_loaded(value: object) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and value[0] is not None


@contextmanager
def _loaded_parts(tell: Callable[[str, int], None]) -> Iterator[None]:
    """Call `tell` with each component that Diffusers logs as loaded, and the number loaded so far."""

    class Listener(logging.Handler):
        done = 0

        def emit(self, record: logging.LogRecord) -> None:
            if match := re.match(r"Loaded (\w+) as ", record.getMessage()):
                self.done += 1
                tell(match[1], self.done)

    logger, listener = logging.getLogger("diffusers.pipelines.pipeline_utils"), Listener()
    level = logger.level
    logger.addHandler(listener)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(listener)
        logger.setLevel(level)
