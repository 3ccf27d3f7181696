"""The lineage: rounds as a tree, each refine round under the one it was picked from."""

from __future__ import annotations

from rich.text import Text
from textual.binding import Binding
from textual.reactive import reactive

from seedtui.app.round_view import Board
from seedtui.app.state import State
from seedtui.core.prompts.prompt import short_suffix
from seedtui.core.rounds.rounds import Round
from seedtui.core.text.display import visible
from seedtui.ui.messages import RoundChosen
from seedtui.ui.widgets.line_list import LineList
from seedtui.ui.widgets.tree_rows import Outline

_MARKS = {
    "explore": {"done": "●", "running": "◐", "waiting": "○", "cancelled": "◌", "failed": "✕", "unfinished": "◌"},
    "refine": {"done": "◆", "running": "◈", "waiting": "◇", "cancelled": "◌", "failed": "✕", "unfinished": "◌"},
}
"""By kind and status. A round that can be run again is hollow."""


class RoundsTree(LineList):
    """Moving in it shows the round. Not Textual's Tree, which makes the labels of all its rows for each change."""

    COMPONENT_CLASSES = {"rounds--lines", "rounds--pick", "rounds--shown"}

    BINDINGS = [Binding("enter", "app.pictures", "pictures", id="rounds.enter", tooltip="To the round's pictures")]

    DEFAULT_CSS = """
    RoundsTree > .rounds--lines { color: $text-disabled; }
    RoundsTree > .rounds--pick { color: $accent; }
    """

    state: reactive[State | None] = reactive(None, repaint=False)  # only the rows that change are drawn

    def __init__(self) -> None:
        super().__init__(id="rounds")
        self.border_title = "rounds"
        self.outline = Outline()

    def watch_state(self, old: State | None, state: State | None) -> None:
        if state is None:
            return
        grown = self.outline.follow(state.lineage)
        if grown:
            self.count = len(self.outline.rows)
            self.border_title = f"rounds {self.count:,}" if self.count > 9 else "rounds"
            self.refresh()
        if grown or old is None or old.shown != state.shown:
            row = self.outline.row_of(state.shown)
            if row is not None:
                self.cursor = row
        if old is not None and not grown:
            for row in self.rows_on_screen:
                round_id = self.outline.rows[row]
                if old.boards.get(round_id) is not state.boards.get(round_id) or _place(old, round_id) != _place(
                    state, round_id
                ):
                    self.refresh_line(row)

    def moved(self, row: int) -> None:
        self.post_message(RoundChosen(self.outline.rows[row]))

    def line(self, row: int, width: int) -> Text:
        """Lines, mark, words; at the right end the pick, and a star if an image has one."""
        round_id = self.outline.rows[row]
        board = self.state.boards[round_id] if self.state else None
        if self.state is None or board is None:
            return Text()
        at = "›" if round_id == self.state.shown else " "
        lines = self.outline.lines(round_id, deepest=max(1, width // 6))
        text = Text.assemble(
            at, (lines, self.get_component_rich_style("rounds--lines", partial=True)),
            f"{_MARKS[board.round.kind][board.status]}{_place(self.state, round_id)} ", _words(board.round),
            no_wrap=True,
        )  # fmt: skip
        pick = _pick(board) if board.pick or self.outline.has_below(round_id) else ""
        tail = Text.assemble((pick, self.get_component_rich_style("rounds--pick", partial=True)))
        tail.append(" ★" if board.starred else "")
        text.truncate(max(8, width - tail.cell_len), overflow="ellipsis", pad=True)
        return text + tail


def _place(state: State, round_id: str) -> str:
    """The round's place in the queue, while another one runs."""
    return str(state.queue.place(round_id) or "") if state.sent else ""


def _words(round_: Round) -> str:
    return visible(round_.title if round_.kind == "refine" else f"{round_.title} · {round_.prompt}")


def _pick(board: Board) -> str:
    """What was picked in a round: its seed, or in a refine round its suffix."""
    shot = board.round.shots[board.pick]
    words = str(shot.seed) if board.round.kind == "explore" else visible(short_suffix(shot.suffix))
    return f" ▸{words if len(words) < 11 else words[:9] + '…'}"
