"""The running and the waiting rounds, in order, to move or cancel."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.getters import query_one
from textual.widgets.option_list import Option

from seedtui.app.state.state import State
from seedtui.core.rounds.rounds import Round
from seedtui.core.text.display import visible
from seedtui.ui.keys.table import bindings
from seedtui.ui.messages import CancelAsked, QueueMoved
from seedtui.ui.screens.following import FollowingScreen
from seedtui.ui.widgets.plain import PlainOptions


class QueueScreen(FollowingScreen):
    """Closes when there is nothing left."""

    BINDINGS = bindings("queue")

    DEFAULT_CSS = """
    QueueScreen { align: center middle; }
    QueueScreen OptionList, QueueScreen OptionList:focus {
                             width: 74; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
                             border: round $border; border-title-color: $text-muted; background: $background;
                             border-subtitle-color: $text-muted; scrollbar-size-vertical: 1;
                             text-wrap: nowrap; text-overflow: ellipsis; }
    QueueScreen OptionList > .option-list--option-highlighted { background: $surface-lighten-2; color: $foreground; }
    """

    rows = query_one(PlainOptions)

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._rounds: tuple[Round, ...] = ()

    def compose(self) -> ComposeResult:
        rows = PlainOptions()
        rows.border_title = "queue"
        rows.name_keys("J K move · x cancel · ? help · esc close")
        yield rows

    def on_mount(self) -> None:
        self._fill()
        running = len(self._rounds) - len(self.state.queue) if self.state else 0
        self.rows.highlighted = max(0, min(running, len(self._rounds) - 1))

    def watch_state(self, old: State | None, state: State | None) -> None:
        if old is None or state is None or self._rounds != state.open_rounds or old.round_jobs != state.round_jobs:
            self._fill()

    def action_cursor(self, step: int) -> None:
        """The next row, or the previous one."""
        at = (self.rows.highlighted or 0) + step
        if 0 <= at < len(self._rounds):
            self.rows.highlighted = at

    def action_move(self, step: int) -> None:
        """Move the round under the cursor back or forward."""
        if picked := self._picked:
            self.post_message(QueueMoved(picked.id, step))

    def action_cancel(self) -> None:
        """Cancel the round under the cursor."""
        if picked := self._picked:
            self.post_message(CancelAsked(picked.id))

    @property
    def _picked(self) -> Round | None:
        at = self.rows.highlighted
        return self._rounds[at] if at is not None and at < len(self._rounds) else None

    def _fill(self) -> None:
        """Refill the rows; the cursor stays on its round, or else in its place."""
        state, picked, at = self.state, self._picked, self.rows.highlighted or 0
        if state is None:
            return
        self._rounds = state.open_rounds
        if not self._rounds:
            self.dismiss()
            return
        self.rows.clear_options()
        self.rows.add_options([Option(_row(state, round_), id=round_.id) for round_ in self._rounds])
        ids = [round_.id for round_ in self._rounds]
        self.rows.highlighted = ids.index(picked.id) if picked and picked.id in ids else min(at, len(ids) - 1)


def _row(state: State, round_: Round) -> Text:
    place = state.queue.place(round_.id)
    mark = f"{place:2}" if place else " ◐"
    waits = "waits for its picture · " if round_.id in state.awaiting else ""
    return Text(visible(f"{mark}  {waits}{round_.title} · {round_.prompt}"), no_wrap=True, overflow="ellipsis")
