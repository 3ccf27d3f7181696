"""A dialog that shows the state as it changes."""

from __future__ import annotations

from textual.reactive import reactive
from textual.screen import ModalScreen

from seedtui.app.state.state import State
from seedtui.engine.wire.protocol import Told


class FollowingScreen(ModalScreen[None]):
    """The app sets `state` whenever it changes."""

    state: reactive[State | None] = reactive(None, init=False)

    def __init__(self, state: State) -> None:
        super().__init__()
        self.set_reactive(FollowingScreen.state, state)

    def take(self, told: Told) -> bool:
        """Show what the user is told, if there is a place for it; whether the main screen need not show it."""
        return False
