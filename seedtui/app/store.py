"""The only writer of the app's state."""

from __future__ import annotations

from collections.abc import Callable

from seedtui.app.events import StateEvent
from seedtui.app.reducers import engine, messages, rounds, sessions, verification
from seedtui.app.state.state import State

Changed = Callable[[State, State], object]
"""Called with the state before and after a change."""


class Store:
    """Called only from the app's thread. An event that changes nothing is not announced."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._subscribers: list[Changed] = []

    @property
    def state(self) -> State:
        """The current state."""
        return self._state

    def subscribe(self, changed: Changed) -> None:
        """Call `changed` after every change from now on."""
        self._subscribers.append(changed)

    def dispatch(self, event: StateEvent) -> None:
        """Apply `event` to the state, and tell the subscribers."""
        old = self._state
        self._state = reduce(old, event)
        if self._state is not old:
            self._announce(old)

    def announce(self) -> None:
        """Tell the subscribers that something outside the state changed: a picture in memory."""
        self._announce(self._state)

    def _announce(self, old: State) -> None:
        for changed in self._subscribers:
            changed(old, self._state)


def reduce(state: State, event: StateEvent) -> State:
    """The state after `event`. Each event is handled by one reducer; the others leave the state alone."""
    for part in (rounds, engine, messages, sessions, verification):
        state = part.reduce(state, event)
    return state
