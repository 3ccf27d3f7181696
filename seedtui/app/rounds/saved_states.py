"""What scout rounds save, so that the kept images need not begin anew: where, how much, and until when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from seedtui.app.persistence.persistence import Persistence
from seedtui.app.state.round_view import RoundView
from seedtui.app.state.state import State
from seedtui.app.store import Store
from seedtui.core.errors import Problem, SeedtuiError
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.saved import saved_bytes
from seedtui.core.text.formatting import counted, size_in_words


class Saving(NamedTuple):
    """The user's settings: the most `bytes` that one round may save, and whether to `keep` what was saved."""

    bytes: int = 20 * 10**9
    keep: bool = False


USUAL_SAVING = Saving()


class SavedSize(NamedTuple):
    """How many `bytes` a scout round of so many `images` would save, 0 while that is unknown, and the `limit`."""

    images: int
    bytes: int
    limit: int

    @property
    def fits(self) -> bool:
        """Whether it is saved."""
        return self.limit > 0 and self.bytes <= self.limit

    @property
    def words(self) -> str:
        """For the user: ``256 seeds, 1.2 GB``."""
        seeds, size = counted(self.images, "seed"), size_in_words(self.bytes)
        if not self.bytes:
            return seeds
        return f"{seeds}, {size}" if self.fits else f"{seeds}, {size}: over the limit, nothing is saved"


class SavedStates:
    """Called only from the app's thread."""

    def __init__(self, store: Store, persistence: Persistence, saving: Saving) -> None:
        self._store, self._persistence, self._saving = store, persistence, saving
        self._removed: set[str] = set()

    def size_of(self, round_: Round) -> SavedSize:
        """What that scout round saves, as far as it is known before the model is loaded."""
        model, size = self._store.state.model, 0
        if model is not None and round_.stop is not None and model.name == round_.recipe.model:
            try:
                size = saved_bytes(model, round_.recipe, round_.stop, len(round_.shots))
            except SeedtuiError:
                size = 0  # the worker says why the round cannot stop there
        return SavedSize(len(round_.shots), size, self._saving.bytes)

    def problem(self, round_: Round) -> Problem | None:
        """What to tell if that scout round will not be saved."""
        size = self.size_of(round_)
        if size.fits or not size.limit:  # a limit of 0 was the user's wish
            return None
        words = f"this scout round would save {size_in_words(size.bytes)}, more than {size_in_words(size.limit)}"
        hint = "Kept images will be computed in full. Scout fewer seeds, or raise scout_limit in the settings"
        return Problem("notice", words, hint)

    def folder(self, round_: Round) -> str:
        """The folder for `protocol.Run`; "" if nothing is saved."""
        if round_.kind == "scout":
            self._removed.discard(round_.id)
            folder = self._persistence.saved_folder(round_.id, round_.id) if self.size_of(round_).fits else None
            return str(folder or "")
        parent = self._store.state.lineage.get(round_.parent.round_id) if round_.parent else None
        if parent is None or parent.kind != "scout" or round_.kind != "explore":
            return ""
        folder = self._persistence.saved_folder(round_.id, parent.id)
        return str(folder) if folder and folder.is_dir() else ""

    def tidy(self) -> None:
        """Remove what is no longer needed, unless the user keeps it."""
        state = self._store.state
        scouts = {round_.id for round_ in state.lineage.rounds if round_.kind == "scout"} - self._removed
        views = (state.round_views.get(round_id) for round_id in scouts)
        over = tuple(view.round.id for view in views if view and is_over(state, view))
        if over and not self._saving.keep:
            self._removed.update(over)
            self._persistence.remove_saved(over)


def is_over(state: State, view: RoundView) -> bool:
    """Whether scouting is over: all images of the round have been seen, and those that are kept are finished."""
    if view.status != "done" or not view.starred or not view.seen >= frozenset(view.kept):
        return False
    return _images(view, view.starred) <= _finished(state, view, RoundView.has)


def to_finish(state: State, view: RoundView) -> tuple[int, ...]:
    """The kept images of a scout round that no round of the session has finished, or will finish."""
    done = _finished(state, view, RoundView.may_have)
    return tuple(i for i in sorted(view.starred) if view.has(i) and not _images(view, (i,)) <= done)


def stopped_finishing(state: State, view: RoundView) -> tuple[Round, ...]:
    """The rounds that were to finish images of a scout round, but stopped before their end, and lack only kept ones."""
    kept = _images(view, view.starred)
    return tuple(
        child.round
        for child in finishing_rounds(state, view)
        if child.stopped and all(child.has(s.index) or (s.seed, s.prompt) in kept for s in child.round.shots)
    )


def _images(view: RoundView, indexes: Iterable[int]) -> frozenset[tuple[int, str]]:
    """What tells these images apart, also in another round: seed and prompt."""
    shots = view.round.shots
    return frozenset((shots[index].seed, shots[index].prompt) for index in indexes)


def _finished(state: State, view: RoundView, has: Callable[[RoundView, int], bool]) -> frozenset[tuple[int, str]]:
    """The images of a scout round that a round which finishes some `has`."""
    return frozenset[tuple[int, str]]().union(
        *(
            _images(child, (shot.index for shot in child.round.shots if has(child, shot.index)))
            for child in finishing_rounds(state, view)
        )
    )


def finishing_rounds(state: State, view: RoundView) -> tuple[RoundView, ...]:
    """The rounds that finish images of a scout round."""
    children = (state.round_views.get(child.id) for child in state.lineage.children(view.round))
    return tuple(child for child in children if child and child.round.kind == "explore")
