"""Ends a call of the pipeline after the step at which a scout round stops."""

from __future__ import annotations

from typing import Any

import torch
from PIL import Image

from seedtui.core.rounds.stop import Stop
from seedtui.engine.diffusion import previews
from seedtui.engine.diffusion.scouting.tape import Tape


class Stopped(Exception):
    """Raised through the pipeline's call, before the VAE decodes; `output` stands for that of the call."""

    def __init__(self, images: list[Image.Image]) -> None:
        super().__init__()
        self.output = {"images": images}


class Stopping:
    """Ends one call at `stop`: with small pictures by `matrix`, or, if that is None or unfit, by coasting.

    Coasting leaves the rest of the call to the pipeline, but computes nothing: the latents are the predicted image from
    there on, and the pipeline decodes them as always. `ratio` is the images' width divided by their height. `step` is
    the number of the step once it is known, 0 before. `decoded`: the pipeline decoded the pictures.
    """

    def __init__(self, stop: Stop, tape: Tape, matrix: previews.Matrix | None, ratio: float) -> None:
        self._stop, self._tape = stop, tape
        self._matrix, self._ratio = None if stop.decoded else matrix, ratio
        self.step, self.decoded = 0, False

    def end_step(self, tap: previews.Tap, latents: Any, index: int, total: int) -> None:
        """The step `index` of `total` has ended with `latents`.

        Raises:
            Stopped: it is the last one.
            InputError: there is no such step.
        """
        if not self.step:
            self.step = self._stop.of(total)
        if index + 1 != self.step:
            return
        if not isinstance(latents, torch.Tensor):
            return
        predicted = tap.predicted(latents)
        rgb = previews.pictures(predicted, self._matrix, self._ratio) if self._matrix else None
        if rgb is not None:
            raise Stopped([Image.fromarray(one) for one in rgb.cpu().numpy()])
        self._tape.coast()
        self.decoded = True
        tap.hold(predicted.to(latents.dtype))
