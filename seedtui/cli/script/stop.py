"""The lines of a plain Diffusers program that stop an image early, as a scout round does."""

from __future__ import annotations

from seedtui.cli.script.source_text import definitions_in
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.stop import Stop
from seedtui.models.preview_file import SD1, PreviewMatrix

IMPORTS = (
    "from collections.abc import Iterator",
    "from contextlib import contextmanager",
    "from typing import Any, NamedTuple",
)
"""What the definitions need, beside torch and Image."""

_PREDICTED = ("engine/diffusion/predicted.py", ("_predicted", "predicted_image"))
_PREVIEWS = "engine/diffusion/previews.py"


def definitions(stop: Stop, matrix: PreviewMatrix | None) -> str:
    """What predicts the image, and what makes a small picture of it; `matrix` is the one stored with the model."""
    found = definitions_in(*_PREDICTED)
    if stop.decoded:
        return "\n\n\n".join([*found, *definitions_in(_PREVIEWS, ("_filled",))])
    found += definitions_in(_PREVIEWS, ("Matrix", "unpacked", "grid", "to_rgb", "pictures"))
    if matrix is None:
        found += [f"SD1 = {SD1!r}", *definitions_in(_PREVIEWS, ("upcast", "_fit", "matrix_of"))]
    return "\n\n\n".join(
        [*found, 'class Stopped(Exception):\n    """Its argument is the predicted image, in latents."""']
    )


def stopping(stop: Stop) -> list[str]:
    """Lines that use `functools`, `pipe` and the definitions, and make the next call of `pipe` stop."""
    return (_DECODED if stop.decoded else _STOPPED).format(steps=stop.steps).strip("\n").splitlines()


def call(record: ImageRecord, called: str, slot: int, matrix: PreviewMatrix | None) -> list[str]:
    """Lines that define `image` from the call that is written as `called`."""
    width, height = record.recipe.size
    stored = matrix and f"Matrix(torch.tensor({matrix.matrix!r}), torch.tensor({matrix.bias!r}))"
    return [
        "try:",
        *(f"    {line}" for line in called.splitlines()),
        "except Stopped as stopped:",
        "    predicted = stopped.args[0]",
        f"matrix = {stored or 'matrix_of(pipe.vae)'}",
        f"image = Image.fromarray(pictures(predicted, matrix, {width} / {height}).cpu().numpy()[{slot}])",
    ]


_STOPPED = """
# Stops after step {steps}, before the image is decoded.
steps = []
plain_step = pipe.scheduler.step


@functools.wraps(plain_step)
def step(*args, **kwargs):
    given = dict(zip(("model_output", "timestep", "sample"), args)) | kwargs
    stepped = plain_step(*args, **kwargs)
    steps.append(stepped)
    if len(steps) == {steps}:
        known = given["model_output"], given["timestep"], given["sample"], stepped[0]
        raise Stopped(predicted_image(pipe.scheduler, stepped, *known))
    return stepped


pipe.scheduler.step = step
"""

_DECODED = """
# From step {steps} on, the latents are the predicted image.
steps, predicted = [], []
plain_step = pipe.scheduler.step


@functools.wraps(plain_step)
def step(*args, **kwargs):
    if predicted:
        return _filled(steps[-1], predicted[0])
    given = dict(zip(("model_output", "timestep", "sample"), args)) | kwargs
    stepped = plain_step(*args, **kwargs)
    steps.append(stepped)
    if len(steps) == {steps}:
        known = given["model_output"], given["timestep"], given["sample"], stepped[0]
        predicted.append(predicted_image(pipe.scheduler, stepped, *known).to(stepped[0].dtype))
    return stepped


pipe.scheduler.step = step
"""
