"""What the key for larger pictures does: asks how, then finishes the pick or the marked pictures."""

from __future__ import annotations

from textual.app import App

from seedtui.app.controller import Controller
from seedtui.core.rounds.finish_form import FINISH_FIELDS, Wanted
from seedtui.ui.actions.view import ViewActions


class FinishActions:
    """Keeps what was entered last, for the next picture."""

    def __init__(self, app: App[None], controller: Controller, view: ViewActions) -> None:
        self._app, self._controller, self._view = app, controller, view
        self._fields = FINISH_FIELDS

    def ask(self) -> None:
        """Ask how much larger; Enter starts."""
        from seedtui.ui.screens.finish import FinishScreen  # not before the first frame

        state = self._controller.state
        if not state.targets:
            return
        id_, index = state.targets[0]
        round_ = state.round_views[id_].round
        title = f"{len(state.marks)} marked" if state.marks else round_.label(round_.shots[index])
        screen = FinishScreen(title, self._fields, self._controller.requests.finishes)

        def answer(wanted: Wanted | None) -> None:
            self._fields = screen.fields
            before = self._controller.state
            if wanted is not None and self._controller.requests.finish(wanted):
                self._view.begun(before)

        self._app.push_screen(screen, answer)
