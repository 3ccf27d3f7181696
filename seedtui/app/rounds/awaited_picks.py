"""Rounds made from pictures that are not there yet: each waits in the queue until its picture is."""

from __future__ import annotations

import msgspec

from seedtui.app import events as e
from seedtui.app.persistence.persistence import Persistence
from seedtui.app.rounds.finish_rounds import completed
from seedtui.app.state.job import ImageRef
from seedtui.app.store import Store
from seedtui.core.errors import Problem, SeedtuiError
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.rounds import Round
from seedtui.engine.wire import protocol as p

NOT_MADE = Problem(
    "engine",
    "the picture it starts from was not made",
    "Run the round it is from again (u, then ctrl+r), then this one",
)


class AwaitedPicks:
    """Called only from the app's thread."""

    def __init__(self, store: Store, persistence: Persistence) -> None:
        self._store, self._persistence = store, persistence
        self._asked: set[ImageRef] = set()

    def look(self) -> tuple[Round, ...]:
        """Complete the rounds whose picture is there now, and return them; those whose picture never comes fail."""
        state = self._store.state
        found: list[Round] = []
        for round_ in (state.round_views[id_].round for id_ in state.queue.ids if id_ in state.awaiting):
            parent = round_.parent
            round_view = state.round_views.get(parent.round_id) if parent else None
            if parent is None or round_view is None:
                found.append(round_)  # as the user asked for it: nothing more is known of its pick
            elif record := round_view.records[parent.index]:
                if whole := self._with_pick(round_, record):
                    found.append(whole)
            elif parent.index in round_view.stored:
                self._read((parent.round_id, parent.index))
            elif round_view.status not in ("waiting", "running"):
                self._fail(round_, NOT_MADE)
        for round_ in found:
            self._store.dispatch(e.PickArrived(round_))
        return tuple(found)

    def _with_pick(self, round_: Round, record: ImageRecord) -> Round | None:
        """`round_`, as a round of the image of `record`; None if that image cannot have it: then it failed."""
        if round_.finish is None:
            return with_pick(round_, record)
        try:
            return completed(round_, record)
        except SeedtuiError as error:
            self._fail(round_, error.problem)
            return None

    def _fail(self, round_: Round, problem: Problem) -> None:
        self._store.dispatch(e.RoundTakenBack(round_.id))
        self._persistence.save(p.RoundFailed(round_.id, problem))

    def _read(self, image: ImageRef) -> None:
        if image not in self._asked:
            self._asked.add(image)
            self._persistence.read(image[0], (image[1],))


def with_pick(round_: Round, record: ImageRecord) -> Round:
    """`round_`, made from the image of `record`: without the same fallback a control would not equal it."""
    recipe = round_.recipe.with_changes(fallback=record.recipe.fallback)
    batch = record.whole_batch
    if record.stop is not None and batch is not None:
        batch = msgspec.structs.replace(batch, kind="explore")  # the image that its preview stands for
    return msgspec.structs.replace(round_, recipe=recipe, parent=record.pick, pick_batch=batch)
