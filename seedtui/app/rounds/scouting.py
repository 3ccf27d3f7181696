"""Scout rounds and grids: beginning them, culling their images, and finishing those that are kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from seedtui.app import events as e
from seedtui.app.engine_link import EngineLink
from seedtui.app.persistence.persistence import Persistence
from seedtui.app.pictures.controller import PictureController
from seedtui.app.rounds.controller import RoundController
from seedtui.app.rounds.saved_states import SavedSize, SavedStates, stopped_finishing, to_finish
from seedtui.app.state.round_view import RoundView
from seedtui.app.store import Store
from seedtui.core.errors import InputError, SeedtuiError
from seedtui.core.rounds.axis import Axis
from seedtui.core.rounds.grid import grid
from seedtui.core.rounds.rounds import Pick, Round
from seedtui.core.rounds.scout import finishing, scout
from seedtui.core.rounds.seeds import parse_seeds
from seedtui.core.rounds.stop import Stop
from seedtui.core.text.formatting import counted
from seedtui.engine.wire import protocol as p
from seedtui.models.pipeline_spec import PipelineSpec
from seedtui.models.resolve import find_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from seedtui.library.wildcards import WildcardFolder


class ScoutController:
    """Called only from the app's thread. Invalid input becomes a problem in the state; it is never raised."""

    def __init__(
        self, store: Store, engine: EngineLink, persistence: Persistence, pictures: PictureController,
        rounds: RoundController, saved: SavedStates, read_wildcards: Callable[[], WildcardFolder],
    ) -> None:  # fmt: skip
        self._store, self._engine, self._persistence, self._pictures = store, engine, persistence, pictures
        self._rounds, self._saved, self._read_wildcards = rounds, saved, read_wildcards

    def begin(self, prompt: str, seeds: str, stop: Stop) -> bool:
        """Start a scout round; False if the input is invalid."""
        try:
            round_ = self._scout(prompt, seeds, stop)
        except SeedtuiError as error:
            return self._rounds.refuse(error.problem)
        self._rounds.begin(round_)
        if problem := self._saved.problem(round_):
            self._store.dispatch(e.NoticeAdded(problem))
        return True

    def size_of(self, prompt: str, seeds: str, stop: Stop) -> SavedSize | None:
        """What `begin` would save; None if the input is invalid."""
        try:
            return self._saved.size_of(self._scout(prompt, seeds, stop))
        except SeedtuiError:
            return None  # `begin` says why

    def grid(self, prompt: str, columns: Axis, rows: Axis, *, seed: int = 0, suffix: str = "") -> bool:
        """Start the round of `grid_of`; False if that is not possible."""
        return self._begin(lambda: self.grid_of(prompt, columns, rows, seed=seed, suffix=suffix))

    def grid_of(self, prompt: str, columns: Axis, rows: Axis, *, seed: int = 0, suffix: str = "") -> Round:
        """The grid round over two axes with the recipe of the state; `seed` and `suffix` as in `core.rounds.grid.grid`.

        Raises:
            InputError, FileError: the input is invalid, or a list for wildcards cannot be read.
            ModelError: a model is not on this machine.
        """
        for axis in (columns, rows):
            for name in axis.values if axis.name == "model" else ():
                find_model(name)
        resolve = self._read_wildcards().resolver(prompt)
        return grid(prompt, columns, rows, self._store.state.recipe, resolve, seed=seed, suffix=suffix)

    def keep(self, indexes: Iterable[int], kept: bool) -> None:
        """Keep those images of the shown round, which stars them; or no longer."""
        if (view := self._store.state.round_view) and (there := _existing(view, indexes)):
            round_id = view.round.id
            self._store.dispatch(e.Starred(tuple((round_id, index) for index in there), kept))
            self._persistence.flag(round_id, "starred", there, kept)
            self.see(there)

    def reject(self, indexes: Iterable[int], rejected: bool) -> None:
        """Reject those images of the shown round, or no longer; a rejected one is not kept."""
        if (view := self._store.state.round_view) and (there := _existing(view, indexes)):
            round_id = view.round.id
            self._store.dispatch(e.Rejected(round_id, there, rejected))
            self._persistence.flag(round_id, "rejected", there, rejected)
            self.see(there)

    def see(self, indexes: Iterable[int]) -> None:
        """Those images of the shown round have been on screen."""
        if (view := self._store.state.round_view) and (new := _existing(view, indexes) - view.seen):
            self._store.dispatch(e.Seen(view.round.id, new))
            self._persistence.flag(view.round.id, "seen", new, True)
            self._saved.tidy()

    def finish(self) -> bool:
        """Make the kept images of the shown scout round to their end, in a new round; False if there are none.

        Those that are made already, or will be, are left out. A round that was to make some, but was stopped, goes on.
        """
        state = self._store.state
        stopped = stopped_finishing(state, state.round_view) if state.round_view else ()
        for round_ in stopped:
            self._rounds.run_again(round_)
        if stopped and (view := self._store.state.round_view) and not to_finish(self._store.state, view):
            return True
        return self._begin(self._finishing)

    def decode(self, index: int) -> None:
        """Have the worker decode that preview of the shown scout round at full size; zooming then shows the result."""
        view = self._store.state.round_view
        if view is None or view.round.stop is None or not view.has(index):
            return
        if self._pictures.is_decoded((view.round.id, index)):
            self._store.announce()
            return
        saved = self._persistence.saved_folder(view.round.id, view.round.id)
        if self._engine.wanted is None or not self._engine.wanted.serves(PipelineSpec.of(view.round.recipe)):
            self._refuse(InputError("the model of this round is not loaded", "Choose it with m to see the whole size"))
        elif saved:
            alone = msgspec.structs.replace(view.round, shots=(view.round.shots[index],))
            self._engine.send(p.Decode(alone, str(saved)))

    def on_decoded(self, event: p.Decoded) -> None:
        """The worker's answer to `decode`."""
        if event.why:
            self._store.dispatch(e.Done(f"only the preview is there: {event.why}"))
        else:
            self._pictures.take_decoded(event)

    # --- within

    def _scout(self, prompt: str, seeds: str, stop: Stop) -> Round:
        resolve = self._read_wildcards().resolver(prompt)
        return scout(prompt, parse_seeds(seeds), stop, self._store.state.recipe, resolve)

    def _finishing(self) -> Round:
        state = self._store.state
        view = state.round_view
        if view is None or view.round.kind != "scout":
            raise InputError("this is not a scout round", "Scout seeds first")
        if not view.starred:
            raise InputError("no seed is kept", "Keep at least one")
        indexes = to_finish(state, view)
        if not indexes:
            raise InputError(f"{counted(len(view.starred), 'kept image')}: finished already", "Keep others")
        return finishing(view.round, [_pick(view, index) for index in indexes])

    def _begin(self, make: Callable[[], Round]) -> bool:
        try:
            return self._rounds.begin(make())
        except SeedtuiError as error:
            return self._refuse(error)

    def _refuse(self, error: SeedtuiError) -> bool:
        return self._rounds.refuse(error.problem)


def _existing(view: RoundView, indexes: Iterable[int]) -> frozenset[int]:
    return frozenset(index for index in indexes if view.has(index))


def _pick(view: RoundView, index: int) -> Pick:
    record = view.records[index]
    return record.pick if record else Pick(view.round.id, index)
