"""Compares each control with its pick: by hash, and where the hashes differ, pixel by pixel."""

from __future__ import annotations

from seedtui.app.events import ControlCompared
from seedtui.app.pictures.comparer import Comparer
from seedtui.app.pictures.controller import PictureController
from seedtui.app.state.job import ImageRef
from seedtui.app.state.state import State
from seedtui.app.state.verification import EQUAL
from seedtui.app.store import Store
from seedtui.core.images.picture import Picture
from seedtui.core.rounds.rounds import Round, Shot


class ControlCheck:
    """Called only from the app's thread."""

    def __init__(self, store: Store, comparer: Comparer, pictures: PictureController) -> None:
        self._store, self._comparer, self._pictures = store, comparer, pictures
        self._wanted: dict[ImageRef, ImageRef] = {}
        self._asked: set[ImageRef] = set()  # only once: it may be missing

    def look_at(self, round_id: str) -> None:
        """More of that round has arrived: compare what can be compared now."""
        state = self._store.state
        round_view = state.round_views.get(round_id)
        if round_view is None:
            return
        has_controls = round_view.round.kind in ("refine", "vary")
        for shot in round_view.round.shots if has_controls else ():
            image, record = (round_id, shot.index), round_view.records[shot.index]
            if record is None or image in state.verification.controls or not is_control(state, round_view.round, shot):
                continue
            parent = round_view.round.parent
            assert parent is not None
            if parent.sha256 == record.sha256:
                self._store.dispatch(ControlCompared(image, EQUAL))
            else:
                self._wanted[image] = (parent.round_id, parent.index)
        self._compare()

    def _compare(self) -> None:
        """Compare those whose pictures are in memory; the others are read first."""
        for image, pick in tuple(self._wanted.items()):
            one, other = self._find(pick), self._find(image)
            if one is not None and other is not None:
                del self._wanted[image]
                self._comparer.compare_control(image, one, other)

    def _find(self, image: ImageRef) -> Picture | None:
        if image in self._asked:
            return self._pictures.cached(image)
        self._asked.add(image)
        return self._pictures.find(image)


def is_control(state: State, round_: Round, shot: Shot) -> bool:
    """Whether `shot` is the pick again, with the same words, since the prompt of a refine round can be edited."""
    parent = state.round_views.get(round_.parent.round_id) if round_.parent else None
    if round_.parent is None or parent is None or not round_.is_control(shot) or parent.round.stop is not None:
        return False  # a preview of a scout round never equals the image
    return parent.round.full_prompt(parent.round.shots[round_.parent.index]) == round_.full_prompt(shot)
