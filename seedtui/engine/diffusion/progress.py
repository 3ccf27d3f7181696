"""Reports the steps of a running round, and stops it when it is cancelled."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import torch

from seedtui.core.rounds.calls import Call
from seedtui.core.rounds.rounds import Round
from seedtui.engine.diffusion import previews
from seedtui.engine.diffusion.call.prompts import PromptChanges
from seedtui.engine.diffusion.scouting.stopping import Stopping
from seedtui.engine.wire import protocol as p

PREVIEW_EVERY = 0.1
"""Minimum number of seconds between two previews."""

PREVIEW_EVERY_ON_CPU = 0.5
"""The same on a CPU, where drawing them takes time from the cores that make the next one: on two cores, four a second,
drawn in blocks, make a round of the starter model a fifth longer than two a second."""

Send = Callable[[p.Message], None]


class Cancelled(Exception):
    """Raised through the pipeline's call, which is the only way to stop it before the VAE decodes."""


class LeftOut(Cancelled):
    """Only this call is skipped; another one of the round is wanted."""


class RoundProgress:
    """Sends an event for each step of a round, now and then with previews, and stops it when it is cancelled.

    `matrix` makes the previews; without one, none are sent until it is learned.
    """

    def __init__(
        self, round_: Round, calls_: int, send: Send, cancelled: Callable[[], bool], matrix: previews.Matrix | None,
        only: Callable[[], int | None], device: str,
    ) -> None:  # fmt: skip
        self._round = round_
        self._calls = calls_
        self._send = send
        self._cancelled = cancelled
        self.matrix = matrix
        self._only = only
        self._preview_every = PREVIEW_EVERY_ON_CPU if device == "cpu" else PREVIEW_EVERY
        self._began = time.monotonic()
        self._last_preview = self._began
        self._call: Call | None = None
        self._number = 0
        self._part, self._parts, self._slots, self._how = 0, 1, slice(None), ""
        self._snapshot: tuple[slice, previews.Snapshot] | None = None
        self.step = 0
        self.latents: Any = None
        """The last latents of a part, kept only while there is no matrix for previews."""

    def learn_from(self, images: Sequence[Any]) -> None:
        """If there is no matrix yet, fit one to the PIL `images` just made, so that the next call has previews."""
        if self.matrix is None and isinstance(self.latents, torch.Tensor):
            self.matrix, self.latents = previews.learned(self.latents, images), None

    def begin(self, number: int, call: Call) -> None:
        """Start the call `number`. Raises Cancelled, LeftOut."""
        self._number, self._call = number, call
        self._snapshot = None
        self._stop_if_asked()

    def add_call(self) -> None:
        """Count one more call than announced at first."""
        self._calls += 1

    def begin_part(self, part: int, parts: int, slots: slice, how: str) -> None:
        """Start `part` of the `parts` of a call, which makes `slots`; `how` as in `protocol.Step`.

        Raises Cancelled, LeftOut.
        """
        self._part, self._parts, self._slots, self._how = part, parts, slots, how
        self._stop_if_asked()

    def end_step(
        self, tap: previews.Tap, pipe: Any, index: int, timestep: Any, tensors: dict[str, Any]
    ) -> dict[str, Any]:
        """Diffusers' ``callback_on_step_end``. Raises Cancelled, LeftOut."""
        self._stop_if_asked()
        stop, each = self._round.stop, steps_of(pipe)
        if stop is not None:
            each = stop.of(each)
            if index >= each:
                return tensors  # what follows computes nothing
        self.step = (self._number * self._parts + self._part) * each + index + 1
        latents = tensors.get("latents")
        if self.matrix is None:
            self.latents = latents
        else:
            self._take_snapshot(tap, latents)
        seconds = time.monotonic() - self._began
        total = each * self._parts * self._calls
        self._send(p.Step(self._round.id, self.step, total, seconds, self._previews(), self._how))
        return tensors

    def _stop_if_asked(self) -> None:
        if self._cancelled():
            raise Cancelled
        only = self._only()
        if only is not None and self._call and only not in (shot.index for _slot, shot in self._call.wanted):
            raise LeftOut

    def _take_snapshot(self, tap: previews.Tap, latents: Any) -> None:
        now = time.monotonic()
        if self.matrix is None or self._snapshot is not None or now - self._last_preview < self._preview_every:
            return
        if not isinstance(latents, torch.Tensor):
            return
        recipe = self._round.recipe
        rgb = previews.pictures(tap.predicted(latents), self.matrix, (recipe.width or 1) / (recipe.height or 1))
        if rgb is not None:
            self._last_preview = now
            self._snapshot = self._slots, previews.Snapshot(rgb)

    def _previews(self) -> tuple[p.Preview, ...]:
        """The previews in the snapshot, if it has arrived, which on a GPU takes until the next step."""
        if self._snapshot is None or self._call is None:
            return ()
        slots, snapshot = self._snapshot
        rgb = snapshot.pixels
        if rgb is None:
            return ()
        self._snapshot = None
        there = range(len(self._call.shots))[slots]
        return tuple(
            p.Preview(shot.index, rgb.shape[2], rgb.shape[1], rgb[there.index(slot)].numpy().tobytes())
            for slot, shot in self._call.wanted
            if slot in there
        )


def steps_of(pipe: Any) -> int:
    """How many steps the running call of `pipe` makes."""
    return getattr(pipe, "num_timesteps", None) or len(pipe.scheduler.timesteps)


def step_hook(
    pipe: Any, progress: RoundProgress, tap: previews.Tap, changes: PromptChanges | None = None,
    stopping: Stopping | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The arguments that make a call of `pipe` report each step to `progress`.

    `changes` change the prompts between the steps; `stopping` ends the call early.

    For a call without ``callback_on_step_end``, the scheduler's steps are counted instead. The older callback, which
    PixArt has, is not used: it breaks the calls of some pipelines.
    """
    on_step = _OnStep(progress, tap, changes, stopping)
    if changes is not None:
        return {"callback_on_step_end": on_step, "callback_on_step_end_tensor_inputs": ["latents", *changes.names]}
    if "callback_on_step_end" in inspect.signature(type(pipe).__call__).parameters:
        return {"callback_on_step_end": on_step}
    tap.on_step = _Counted(pipe, on_step)
    return {}


def is_stoppable(takes: Mapping[str, Any], pipe: Any) -> bool:
    """Whether a call can be stopped in the middle: it has a step callback, or a scheduler to watch."""
    return "callback_on_step_end" in takes or getattr(pipe, "scheduler", None) is not None


class _OnStep(NamedTuple):
    """A step callback: reports the step, ends the call if it is time, and changes the prompts."""

    progress: RoundProgress
    tap: previews.Tap
    changes: PromptChanges | None
    stopping: Stopping | None

    def __call__(self, pipe: Any, index: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        self.progress.end_step(self.tap, pipe, index, timestep, tensors)
        if self.stopping is not None:
            self.stopping.end_step(self.tap, tensors.get("latents"), index, steps_of(pipe))
        return self.changes.end_step(index, steps_of(pipe), tensors) if self.changes is not None else tensors


class _Counted:
    """Counts the steps of a call that has no step callback."""

    def __init__(self, pipe: Any, on_step: _OnStep) -> None:
        self._pipe, self._on_step = pipe, on_step
        self._index = 0

    def __call__(self, latents: Any) -> None:
        self._on_step(self._pipe, self._index, None, {"latents": latents})
        self._index += 1
