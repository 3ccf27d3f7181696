"""Compares each control with its pick: by their hashes, and where these differ, pixel by pixel."""

from __future__ import annotations

from collections.abc import Callable

from seedtui.app.comparer import Prover
from seedtui.app.picture_cache import Album
from seedtui.app.state import State
from seedtui.app.verification_state import EQUAL, Place
from seedtui.core.images.picture import Picture
from seedtui.core.rounds.rounds import Round, Shot


class Controls:
    """Called from the app's thread alone. `picture` gives one that is in memory, or asks for it and gives None."""

    def __init__(
        self, prover: Prover, album: Album, picture: Callable[[Place], Picture | None], state: Callable[[], State],
        set_state: Callable[[State], object],
    ) -> None:  # fmt: skip
        self._prover, self._album, self._picture = prover, album, picture
        self._state, self._set_state = state, set_state
        self._wanted: dict[Place, Place] = {}
        self._asked: set[Place] = set()  # once: it may not be there

    def look_at(self, round_id: str) -> None:
        """There is more of that round than before: compare what can be compared now."""
        state = self._state()
        board = state.boards.get(round_id)
        if board is None:
            return
        for shot in board.round.shots:
            place, record = (round_id, shot.index), board.records[shot.index]
            if record is None or place in state.proofs.controls or not is_control(state, board.round, shot):
                continue
            parent = board.round.parent
            assert parent is not None
            if parent.sha256 == record.sha256:
                self._set_state(state.with_proofs(state.proofs.with_control(place, EQUAL)))
            else:
                self._wanted[place] = (parent.round_id, parent.index)
        self.compare()

    def compare(self) -> None:
        """Compare those whose pictures are there; the others are asked for."""
        for place, pick in tuple(self._wanted.items()):
            one, other = self._find(pick), self._find(place)
            if one is not None and other is not None:
                del self._wanted[place]
                self._prover.compare_control(place, one, other)

    def _find(self, place: Place) -> Picture | None:
        if place in self._asked:
            return self._album.of(place[0]).get(place[1])
        self._asked.add(place)
        return self._picture(place)


def is_control(state: State, round_: Round, shot: Shot) -> bool:
    """Whether `shot` is the pick again: of the same words too, as the prompt of a refine round can be edited."""
    parent = state.boards.get(round_.parent.round_id) if round_.parent else None
    if round_.parent is None or parent is None or not round_.is_control(shot):
        return False
    return parent.round.full_prompt(parent.round.shots[round_.parent.index]) == round_.full_prompt(shot)
