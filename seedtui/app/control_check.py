"""Compares each control with its pick: by their hashes, and where these differ, pixel by pixel."""

from __future__ import annotations

from collections.abc import Callable

from seedtui.app.comparer import Comparer
from seedtui.app.picture_cache import PictureCache
from seedtui.app.state import State
from seedtui.app.verification_state import EQUAL, ImageRef
from seedtui.core.images.picture import Picture
from seedtui.core.rounds.rounds import Round, Shot


class ControlCheck:
    """Called from the app's thread alone. `picture` gives one that is in memory, or asks for it and gives None."""

    def __init__(
        self, comparer: Comparer, picture_cache: PictureCache, picture: Callable[[ImageRef], Picture | None],
        state: Callable[[], State], set_state: Callable[[State], object],
    ) -> None:  # fmt: skip
        self._comparer, self._picture_cache, self._picture = comparer, picture_cache, picture
        self._state, self._set_state = state, set_state
        self._wanted: dict[ImageRef, ImageRef] = {}
        self._asked: set[ImageRef] = set()  # once: it may not be there

    def look_at(self, round_id: str) -> None:
        """There is more of that round than before: compare what can be compared now."""
        state = self._state()
        round_view = state.round_views.get(round_id)
        if round_view is None:
            return
        for shot in round_view.round.shots:
            place, record = (round_id, shot.index), round_view.records[shot.index]
            if record is None or place in state.verification.controls or not is_control(state, round_view.round, shot):
                continue
            parent = round_view.round.parent
            assert parent is not None
            if parent.sha256 == record.sha256:
                self._set_state(state.with_verification(state.verification.with_control(place, EQUAL)))
            else:
                self._wanted[place] = (parent.round_id, parent.index)
        self.compare()

    def compare(self) -> None:
        """Compare those whose pictures are there; the others are asked for."""
        for place, pick in tuple(self._wanted.items()):
            one, other = self._find(pick), self._find(place)
            if one is not None and other is not None:
                del self._wanted[place]
                self._comparer.compare_control(place, one, other)

    def _find(self, place: ImageRef) -> Picture | None:
        if place in self._asked:
            return self._picture_cache.of(place[0]).get(place[1])
        self._asked.add(place)
        return self._picture(place)


def is_control(state: State, round_: Round, shot: Shot) -> bool:
    """Whether `shot` is the pick again: of the same words too, as the prompt of a refine round can be edited."""
    parent = state.round_views.get(round_.parent.round_id) if round_.parent else None
    if round_.parent is None or parent is None or not round_.is_control(shot):
        return False
    return parent.round.full_prompt(parent.round.shots[round_.parent.index]) == round_.full_prompt(shot)
