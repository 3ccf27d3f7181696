"""If memory runs out in the middle of a call, the call is repeated in a way that needs less.

The ways, mildest first: the VAE decodes one by one; the batch is made in two halves; the images are made one by one;
idle components are offloaded to the CPU; if an image is finished, the VAE works in tiles. Each includes the ones before
it. The seeds stay the same, low bits change.
"""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import torch

from seedtui.core.errors import EngineError, one_line
from seedtui.core.recipes.recipe import FALLBACKS, Fallback, Recipe
from seedtui.engine.diffusion.loading.placement import is_by_layers
from seedtui.engine.diffusion.loading.profiles import can_offload, can_slice, can_tile, is_compiled

_T = TypeVar("_T")


class OutOfMemoryError(EngineError):
    """Not even one image at a time fits on the device."""


HOW: dict[Fallback | None, str] = {
    None: "", "sliced": "", "halves": "in two halves", "singles": "one by one", "offload": "one by one",
    "tiled": "with the VAE in tiles",
}  # fmt: skip
"""How a round that did not fit into memory continues, for the status line."""

_WORDS = ("DefaultCPUAllocator", "out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED")
"""How errors other than `OutOfMemoryError` say that memory ran out."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` means that the device's or the machine's memory ran out."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error) for word in _WORDS)


def does_not_fit(recipe: Recipe, device: str) -> OutOfMemoryError:
    """The error if there is no way left to make an image of `recipe`."""
    size = f" at {recipe.width}x{recipe.height}" if recipe.width else ""
    return OutOfMemoryError(
        f"out of memory: not even one image at a time{size} fits on {device}",
        "Try a smaller size, or free memory on the device",
    )


def ways(
    pipe: Any, device: str, batch: int, asked: Fallback | None, tiles: bool = False
) -> Iterator[Fallback | None]:  # fmt: skip
    """The ways to make a call of `batch` images, starting with `asked`; None is the plain way.

    `tiles`: the VAE may work in tiles, if it can.
    """
    there = {
        None: True,
        "sliced": can_slice(pipe) and not pipe.vae.use_slicing,
        "halves": batch > 2,
        "singles": batch > 1,
        "offload": can_offload(pipe, device) and not _is_offloaded(pipe),
        "tiled": tiles and can_tile(pipe),
    }
    names: list[Fallback | None] = [None, *FALLBACKS]
    for way in names[names.index(asked) :]:
        if way == asked or there[way]:
            yield way


def parts(batch: int, way: Fallback | None) -> list[slice]:
    """The slots of each part in which a call of `batch` images is made."""
    size = {None: batch, "sliced": batch, "halves": (batch + 1) // 2}.get(way, 1)
    return [slice(i, min(i + size, batch)) for i in range(0, batch, size)]


def attempt(work: Callable[[], _T], release: Callable[[], object]) -> _T | None:
    """The result of `work`; None if memory ran out, after `release` was called and all memory was freed."""
    try:
        return work()
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        print(f"out of memory: {one_line(error)}", file=sys.stderr, flush=True)
    # Not in the handler: there the error still holds the frames, which hold the tensors.
    release()
    free()
    return None


def free() -> None:
    """Free memory that nothing refers to any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def peak(device: str) -> int:
    """Peak memory use in bytes: of the GPU since `forget_peak`, or else of the process since it started."""
    if device.startswith("cuda"):
        return torch.cuda.max_memory_reserved(device)
    try:
        import resource
    except ImportError:  # Windows
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def forget_peak(device: str) -> None:
    """Reset the peak, if the device supports it."""
    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(device)


@contextlib.contextmanager
def eased(pipe: Any, device: str, way: Fallback | None) -> Iterator[Rescue]:
    """A context in which `pipe` works in this `way`; it is restored afterwards."""
    undo = contextlib.ExitStack()
    with undo:
        if way is not None and can_slice(pipe) and not pipe.vae.use_slicing:
            pipe.vae.enable_slicing()
            undo.callback(pipe.vae.disable_slicing)
        if way in ("halves", "singles", "offload", "tiled") and is_compiled(pipe):
            # Compiling for another shape would take minutes, and memory that is not there.
            undo.enter_context(torch.compiler.set_stance("force_eager"))
        if _is_offloading(pipe, device, way) and not _is_offloaded(pipe):
            pipe.enable_model_cpu_offload(device=device)
            undo.callback(_bring_back, pipe, device)
        if way == "tiled" and can_tile(pipe):
            pipe.vae.enable_tiling()
            undo.callback(pipe.vae.disable_tiling)
        rescue = Rescue(pipe)
        if way is None and can_slice(pipe) and not pipe.vae.use_slicing:
            undo.enter_context(rescue)
        yield rescue


class Rescue:
    """Decodes one by one if decoding the batch runs out of memory, so that the denoising steps are not lost.

    `used` says whether it did. The images are the same as if the call had decoded one by one from the start.
    """

    def __init__(self, pipe: Any) -> None:
        self._vae: Any = getattr(pipe, "vae", None)
        self.used = False

    def __enter__(self) -> Rescue:
        inner = self._vae.decode
        self._before = vars(self._vae).get("decode")

        def decode(*args: Any, **kwargs: Any) -> Any:
            decoded = attempt(lambda: inner(*args, **kwargs), lambda: None)
            if decoded is None:
                self.used = True
                self._vae.enable_slicing()
                decoded = inner(*args, **kwargs)
            return decoded

        self._vae.decode = decode
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is None:
            del self._vae.decode  # uncovers the class's own
        else:
            self._vae.decode = self._before
        if self.used:
            self._vae.disable_slicing()


def _is_offloading(pipe: Any, device: str, way: Fallback | None) -> bool:
    return way == "offload" or (way == "tiled" and can_offload(pipe, device))


def _is_offloaded(pipe: Any) -> bool:
    parts = (part for part in pipe.components.values() if isinstance(part, torch.nn.Module))
    return bool(getattr(pipe, "_all_hooks", None)) or any(map(is_by_layers, parts))


def _bring_back(pipe: Any, device: str) -> None:
    pipe.remove_all_hooks()
    pipe.to(device)
