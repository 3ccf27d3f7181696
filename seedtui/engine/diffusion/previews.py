"""Live previews: small pictures made from the latents of a running round with one matrix."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from seedtui.engine.diffusion.predicted import predicted_image
from seedtui.engine.diffusion.timesteps import HostTimesteps
from seedtui.models.preview_file import SD1, read_preview


class Matrix(NamedTuple):
    """Scaled latents to RGB in -1 to 1: ``latents @ weight + bias``; (channels, 3) and (3,)."""

    weight: torch.Tensor
    bias: torch.Tensor


def find_matrix(pipe: Any, folder: Path, device: str = "cpu") -> Matrix | None:
    """The matrix for this pipeline's VAE, on `device`: stored with the model, known, or fitted now.

    None if the pipeline has no suitable VAE.
    """
    found = _find(pipe, folder)
    return found and Matrix(*(m.to(device, torch.float32) for m in found))


def _find(pipe: Any, folder: Path) -> Matrix | None:
    vae = getattr(pipe, "vae", None)
    stored = read_preview(folder)
    if stored and len(stored.matrix) == getattr(getattr(vae, "config", None), "latent_channels", None):
        return Matrix(torch.tensor(stored.matrix), torch.tensor(stored.bias))
    return matrix_of(vae)


def matrix_of(vae: Any) -> Matrix | None:
    """The matrix for the latents of `vae`, known or fitted; None if that is no suitable VAE."""
    config = getattr(vae, "config", None)
    channels, factor = getattr(config, "latent_channels", None), getattr(config, "scaling_factor", None)
    if not channels or not factor:
        return None
    if channels == 4 and abs(factor - 0.18215) < 1e-4:
        return Matrix(torch.tensor(SD1), torch.zeros(3))
    return _fit(vae, channels, factor)


@torch.no_grad()
def _fit(vae: Any, channels: int, factor: float) -> Matrix | None:
    """A least-squares fit from smooth noise to its decoded image, scaled down to the size of the latents.

    None if the VAE cannot decode such latents, or not in its dtype: a model without previews is better than none.
    """
    generator = torch.Generator().manual_seed(0)
    noise = torch.nn.functional.interpolate(
        torch.randn(1, channels, 8, 8, generator=generator), size=(16, 16), mode="bilinear"
    )
    shift = getattr(vae.config, "shift_factor", None) or 0.0
    try:
        with upcast(vae):
            decoded = vae.decode((noise / factor + shift).to(vae.device, vae.dtype)).sample.float().cpu()
    except torch.OutOfMemoryError:
        raise
    except (RuntimeError, ValueError, TypeError):
        return None
    if decoded.ndim != 4 or not decoded.isfinite().all():
        return None
    small = torch.nn.functional.interpolate(decoded, size=(16, 16), mode="area")
    x = torch.cat([noise.flatten(2)[0].T, torch.ones(256, 1)], dim=1)
    solution = torch.linalg.lstsq(x, small.flatten(2)[0].T).solution
    return Matrix(solution[:-1], solution[-1])


@contextmanager
def upcast(vae: Any) -> Iterator[None]:
    """A context in which `vae` is in float32, if its config says that float16 overflows, as with SDXL."""
    before = vae.dtype
    upcast = before == torch.float16 and getattr(vae.config, "force_upcast", False)
    if upcast:
        vae.to(torch.float32)
    try:
        yield
    finally:
        if upcast:
            vae.to(before)


def learned(latents: torch.Tensor, images: Sequence[Any]) -> Matrix | None:
    """The matrix from the last `latents` of a round to the PIL `images` made from them; None if the grids do not match.

    For pipelines whose latents fit no known matrix.
    """
    width, height = images[0].size
    cells = grid(latents.detach().float().cpu(), width / height)
    if cells is None or len(cells) != len(images) or not cells.isfinite().all():
        return None
    pixels = torch.stack([torch.from_numpy(np.array(image.convert("RGB"))) for image in images])
    target = torch.nn.functional.interpolate(
        pixels.permute(0, 3, 1, 2).float() / 127.5 - 1, size=cells.shape[2:], mode="area"
    )
    x = cells.permute(0, 2, 3, 1).flatten(0, 2)
    x = torch.cat([x, torch.ones(len(x), 1)], dim=1)
    solution = torch.linalg.lstsq(x, target.permute(0, 2, 3, 1).flatten(0, 2), driver="gelsd").solution
    return Matrix(solution[:-1], solution[-1])


def grid(latents: torch.Tensor, ratio: float) -> torch.Tensor | None:
    """Latents of any pipeline as (batch, channels, height, width); tokens keep their packing and go row by row.

    `ratio` is the image's width divided by its height. None if the latents cannot be given that shape.
    """
    shape = [latents.shape[0], *(size for size in latents.shape[1:] if size > 1 or latents.ndim < 5)]
    cells = latents.reshape(shape)
    if cells.ndim == 3:
        rows = max(1, round(math.sqrt(cells.shape[1] / ratio)))
        if cells.shape[1] % rows:
            return None
        return cells.view(len(cells), rows, -1, cells.shape[2]).permute(0, 3, 1, 2)
    if cells.ndim != 4:
        return None
    first, last = cells.shape[3] / cells.shape[2], cells.shape[2] / cells.shape[1]
    return cells.permute(0, 3, 1, 2) if abs(last - ratio) < abs(first - ratio) else cells


def unpacked(latents: torch.Tensor, ratio: float) -> torch.Tensor:
    """Latents as (batch, channels, height, width), from 2 x 2 cells packed into tokens, as in Flux.

    Packed latents are (batch, tokens, 4 * channels), row by row; others are returned unchanged. `ratio` is the image's
    width divided by its height.
    """
    if latents.ndim != 3 or latents.shape[2] % 4:
        return latents
    batch, tokens, packed = latents.shape
    rows = max(1, round(math.sqrt(tokens / ratio)))
    if tokens % rows:
        return latents
    parts = latents.view(batch, rows, tokens // rows, packed // 4, 2, 2).permute(0, 3, 1, 4, 2, 5)
    return parts.reshape(batch, packed // 4, rows * 2, tokens // rows * 2)


_TAKEN = ("model_output", "timestep", "sample")
"""The arguments of `step`."""


class Tap:
    """Wraps a scheduler's `step` to get the predicted x0: the final image as predicted at that step."""

    def __init__(self, scheduler: Any) -> None:
        self._scheduler = scheduler
        self._host = HostTimesteps(scheduler)
        self._inner = getattr(scheduler, "step", None)
        self._output: Any = ()
        self._held: torch.Tensor | None = None
        self._taken: tuple[Any, ...] = (None, None, None)
        self.on_step: Callable[[Any], object] = lambda latents: None
        """Called with the latents that each step returns."""

    def __enter__(self) -> Tap:
        inner = self._inner
        if inner is None:
            return self

        @functools.wraps(inner)  # pipelines read the signature of `step`
        def step(*args: Any, **kwargs: Any) -> Any:
            if len(args) > 1:
                args = (args[0], self._host.swap(args[1]), *args[2:])
            if self._held is None:
                given = dict(zip(_TAKEN, args, strict=False)) | kwargs
                self._taken = tuple(map(given.get, _TAKEN))
            self._output = inner(*args, **kwargs) if self._held is None else _filled(self._output, self._held)
            self.on_step(self.output)
            return self._output

        self._scheduler.step = step
        return self

    def __exit__(self, *_: object) -> None:
        if self._inner is not None:
            vars(self._scheduler).pop("step", None)

    def hold(self, latents: torch.Tensor) -> None:
        """From the next step on, return `latents` in place of stepping."""
        self._held = latents

    @property
    def output(self) -> Any:
        """The latents that the last step returned, None before the first."""
        given = self._output
        return given[0] if isinstance(given, tuple) and given else getattr(given, "prev_sample", None)

    def predicted(self, latents: torch.Tensor) -> torch.Tensor:
        """x0 if it can be found, else `latents`, both of the same shape."""
        answer, timestep, sample = self._taken
        return predicted_image(self._scheduler, self._output, answer, timestep, sample, latents)


def _filled(output: Any, latents: torch.Tensor) -> Any:
    """An output of `step` with `latents` in place of its tensors."""
    if isinstance(output, tuple):
        return tuple(latents if isinstance(value, torch.Tensor) else value for value in output)
    return type(output)(**{name: latents for name, value in output.items() if isinstance(value, torch.Tensor)})


def pictures(predicted: torch.Tensor, matrix: Matrix, ratio: float) -> torch.Tensor | None:
    """Small pictures of predicted latents, (batch, height, width, 3) bytes on their device; None if they do not fit.

    `ratio` is the width of an image divided by its height.
    """
    x0: torch.Tensor | None = unpacked(predicted, ratio)
    if x0 is None or x0.ndim != 4 or x0.shape[1] != len(matrix.weight):
        x0 = grid(predicted, ratio)
    return to_rgb(x0, matrix) if x0 is not None and x0.shape[1] == len(matrix.weight) else None


@torch.no_grad()
def to_rgb(latents: torch.Tensor, matrix: Matrix) -> torch.Tensor:
    """(batch, channels, height, width) latents to (batch, height, width, 3) bytes on the same device."""
    weight, bias = (m.to(latents.device, torch.float32) for m in matrix)
    rgb = latents.float().permute(0, 2, 3, 1) @ weight + bias
    return ((rgb + 1) * 127.5).clamp(0, 255).to(torch.uint8)


class Snapshot:
    """Pictures that are being copied from the device without blocking it or the caller."""

    def __init__(self, rgb: torch.Tensor) -> None:
        self._arrived: torch.cuda.Event | None = None
        if rgb.is_cuda:
            self._host = torch.empty(rgb.shape, dtype=rgb.dtype, pin_memory=True)
            self._host.copy_(rgb, non_blocking=True)
            self._arrived = torch.cuda.Event()  # type: ignore[no-untyped-call]
            self._arrived.record(torch.cuda.current_stream(rgb.device))
        else:
            self._host = rgb.cpu()

    @property
    def pixels(self) -> torch.Tensor | None:
        """(batch, height, width, 3) bytes, None until they have arrived."""
        arrived = self._arrived is None or self._arrived.query()  # type: ignore[no-untyped-call]
        return self._host if arrived else None
