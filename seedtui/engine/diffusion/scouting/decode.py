"""Decodes one image of a scout round on demand, from what is saved of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from seedtui.core.errors import EngineError
from seedtui.core.rounds.calls import Call, calls
from seedtui.core.rounds.rounds import Round
from seedtui.engine.diffusion.scouting.keys import key_of_image
from seedtui.engine.diffusion.scouting.saved_state import Unusable, load
from seedtui.engine.diffusion.scouting.stopping import Stopping
from seedtui.engine.diffusion.scouting.tape import Mismatch, Tape

_T = TypeVar("_T")


def decoded(
    pipe: Any, round_: Round, folder: Path, setup: str, make: Callable[[Call, Tape, Stopping], list[_T]]
) -> _T:  # fmt: skip
    """The only image of the scout round `round_`, as predicted where it stopped, from its state in `folder`.

    It is made alone: only its low bits depend on a batch. `setup` is the key of the setup; `make` makes a call.

    Raises:
        EngineError: its state is missing or of another setup, or the pipeline cannot continue from it.
    """
    shot = round_.shots[0]
    whole = next(call for call in calls(round_) if shot in call.shots)
    try:
        if round_.stop is None:
            raise Unusable
        tape = Tape(pipe, 1, [load(folder, shot, key_of_image(setup, whole, shot)).state], exact=False)
        stopping = Stopping(msgspec.structs.replace(round_.stop, decoded=True), tape, None, 1.0)
        (made,) = make(Call(whole.kind, whole.prompt, (shot,), (0,)), tape, stopping)
    except Unusable as error:
        raise EngineError("its saved state is missing, damaged, or from another setup", "Scout it again") from error
    except Mismatch as error:
        pipe.maybe_free_model_hooks()  # the exception skipped it
        raise EngineError(f"{type(pipe).__name__} cannot continue from a saved state") from error
    return made
