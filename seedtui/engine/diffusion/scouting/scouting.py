"""Makes the calls of a scout round: each ends early, and what its images need to be finished is saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from seedtui.core.errors import FileError, InputError
from seedtui.core.rounds.calls import Call
from seedtui.core.rounds.stop import Stop
from seedtui.engine.diffusion import previews
from seedtui.engine.diffusion.scouting.keys import key_of_image
from seedtui.engine.diffusion.scouting.saved_state import save
from seedtui.engine.diffusion.scouting.stopping import Stopping
from seedtui.engine.diffusion.scouting.tape import Tape

_T = TypeVar("_T")

Make = Callable[[Tape, Stopping | None], list[_T]]
"""Makes a part of a call, with a tape around the call of the pipeline, and something to end it early."""


class Scouting:
    """Stops the calls of `pipe` at `stop`, with previews by `matrix`, and saves states in `folder`, unless it is None.

    `setup` is the key of the setup; `ratio` is the images' width divided by their height. `tell` tells the user
    something once. After the first call, `stop` has the number of the step.
    """

    def __init__(
        self, pipe: Any, stop: Stop, matrix: previews.Matrix | None, ratio: float, folder: Path | None, setup: str,
        tell: Callable[[str], object],
    ) -> None:  # fmt: skip
        self.stop = stop
        self._asked, self._pipe, self._matrix, self._ratio = stop, pipe, matrix, ratio
        self._folder, self._setup, self._tell = folder, setup, tell

    def part(self, call: Call, slots: slice, make: Make[_T]) -> list[_T]:
        """Make the part of `call` in `slots`.

        Raises:
            InputError: the pipeline cannot be stopped there.
        """
        there = range(len(call.shots))[slots]
        tape = Tape(self._pipe, len(there), records=True)
        stopping = Stopping(self._asked, tape, self._matrix, self._ratio)
        made = make(tape, stopping)
        if not stopping.step:
            raise InputError(f"{type(self._pipe).__name__} cannot be stopped in the middle", "Use generate")
        self.stop = Stop(steps=stopping.step, decoded=stopping.decoded)
        self._save(call, there, tape)
        return made

    def _save(self, call: Call, there: range, tape: Tape) -> None:
        if self._folder is None:
            return
        states = tape.states()
        if states is None:
            self._stop_saving(f"{type(self._pipe).__name__} cannot continue from a saved state")
            return
        try:
            for slot in call.slots:
                if slot in there:
                    shot, row = call.shots[slot], there.index(slot)
                    key = key_of_image(self._setup, call, shot)
                    save(self._folder, shot, key, len(there), row, states[row])
        except FileError as error:
            self._stop_saving(f"the images cannot be saved any further: {error}")

    def _stop_saving(self, why: str) -> None:
        self._folder = None
        self._tell(f"{why.rstrip('.')}. Those that you keep will be computed in full")
