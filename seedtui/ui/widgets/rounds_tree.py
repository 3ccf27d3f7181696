"""The lineage: rounds as a tree, each under the one that its pick is from."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive

from seedtui.app.state.round_view import RoundView
from seedtui.app.state.state import State
from seedtui.core.text.display import visible
from seedtui.core.text.formatting import age_in_words
from seedtui.ui.keys.table import bindings
from seedtui.ui.messages import RoundChosen
from seedtui.ui.widgets.line_list import LineList
from seedtui.ui.widgets.row_words import RowWords, pick_words, row_words
from seedtui.ui.widgets.star_filter import StarFilter
from seedtui.ui.widgets.tree_rows import TreeRows

_MARKS = {
    "explore": {"done": "●", "running": "◐", "waiting": "○", "cancelled": "◌", "failed": "✕", "unfinished": "◌"},
    "refine": {"done": "◆", "running": "◈", "waiting": "◇", "cancelled": "◌", "failed": "✕", "unfinished": "◌"},
    "vary": {"done": "▲", "running": "◭", "waiting": "△", "cancelled": "◌", "failed": "✕", "unfinished": "◌"},
    "scout": {"done": "◉", "running": "◍", "waiting": "○", "cancelled": "◌", "failed": "✕", "unfinished": "◌"},
    "grid": {"done": "▦", "running": "▤", "waiting": "▢", "cancelled": "◌", "failed": "✕", "unfinished": "◌"},
    "finish": {"done": "■", "running": "◧", "waiting": "□", "cancelled": "◌", "failed": "✕", "unfinished": "◌"},
}
"""By kind and status. A round that can be run again is hollow."""


class RoundsTree(LineList):
    """Moving the cursor shows the round. Not Textual's Tree, which draws the labels of all rows at each change.

    `clock` gives the seconds since 1970, for the ages.
    """

    COMPONENT_CLASSES = {"rounds--lines", "rounds--pick", "rounds--shown", "rounds--age"}

    BINDINGS = bindings("tree")

    DEFAULT_CSS = """
    RoundsTree > .rounds--lines { color: $text-disabled; }
    RoundsTree > .rounds--pick { color: $accent; }
    RoundsTree > .rounds--age { color: $text-muted; }
    """

    state: reactive[State | None] = reactive(None, repaint=False)  # only the rows that change are drawn
    starred: reactive[bool] = reactive(False)
    """Whether only rounds with stars are shown, below those they were made from."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__(id="rounds")
        self.border_title = "rounds"
        self.tree_rows = TreeRows()
        self._filter = StarFilter()
        self._clock = clock
        self._ages: dict[str, str] = {}

    def on_mount(self) -> None:
        self.set_interval(30, self.refresh_ages)

    def watch_state(self, old: State | None, state: State | None) -> None:
        if state is None:
            return
        grown = self.tree_rows.follow(self._filter.of(state) if self.starred else state.lineage)
        if grown:
            self.count = len(self.tree_rows.rows)
            many = f" {self.count:,}" if self.count > 9 else ""
            which = "" if not self.starred else " · starred" if self.count else " · no stars"
            self.border_title = f"rounds{many}{which}"
            self.refresh()
        if grown or old is None or old.shown != state.shown:
            row = self.tree_rows.row_of(state.shown)
            if row is not None:
                self.cursor = row
        if old is not None and not grown:
            for row in self.rows_on_screen:
                round_id = self.tree_rows.rows[row]
                if old.round_views.get(round_id) is not state.round_views.get(round_id) or _place(
                    old, round_id
                ) != _place(state, round_id):
                    self.refresh_line(row)

    def watch_starred(self) -> None:
        self.tree_rows = TreeRows()
        self.watch_state(None, self.state)
        if self.count and self.state and self.tree_rows.row_of(self.state.shown) is None:
            self.cursor = self.count - 1
            self.moved(self.cursor)  # or the cursor would be on a round that is not shown

    def moved(self, row: int) -> None:
        self.post_message(RoundChosen(self.tree_rows.rows[row]))

    def tip(self, row: int) -> str:
        round_ = self.state.round_views[self.tree_rows.rows[row]].round if self.state else None
        return f"{round_.title} · {round_.prompt}" if round_ else ""

    def line(self, row: int, width: int) -> Text:
        """Tree lines, mark, text; at the right end the pick, and a star if an image has one."""
        round_id = self.tree_rows.rows[row]
        round_view = self.state.round_views[round_id] if self.state else None
        if self.state is None or round_view is None:
            return Text()
        at = "›" if round_id == self.state.shown else " "
        lines = self.tree_rows.lines(round_id, deepest=max(1, width // 6))
        dim = self.get_component_rich_style("rounds--lines", partial=True)
        words = dim if self.starred and not round_view.starred else ""
        text = Text.assemble(
            at, (lines, self.get_component_rich_style("rounds--lines", partial=True)),
            f"{_MARKS[round_view.round.kind][round_view.status]}{_place(self.state, round_id)} ", no_wrap=True,
        )  # fmt: skip
        chosen = round_view.pick or (self.tree_rows.has_below(round_id) and round_view.round.kind != "finish")
        pick = _pick(round_view) if chosen and not round_view.round.is_large else ""
        tail = Text.assemble((pick, self.get_component_rich_style("rounds--pick", partial=True)))
        tail.append(_stars(round_view))
        age = self._age(round_view) if width >= 24 else ""
        tail.append(f"  {age}" if age else "", self.get_component_rich_style("rounds--age", partial=True))
        self._ages[round_id] = age
        before, number = self.tree_rows.before(round_id), self.tree_rows.number(round_id)
        room = max(8, width - tail.cell_len)
        text.append(fitted(row_words(round_view.round, before, number), room - text.cell_len), words)
        text.truncate(room, overflow="ellipsis", pad=True)
        return text + tail

    def refresh_ages(self) -> None:
        """Draw the rows again whose age has changed."""
        for row in self.rows_on_screen:
            round_view = self.state.round_views.get(self.tree_rows.rows[row]) if self.state else None
            if round_view and self._ages.get(round_view.round.id, "") != self._age(round_view):
                self.refresh_line(row)

    def _age(self, round_view: RoundView) -> str:
        return age_in_words(self._clock() - round_view.created) if round_view.created else ""


def _place(state: State, round_id: str) -> str:
    """The round's place in the queue, while another round runs."""
    return str(state.queue.place(round_id) or "") if state.job else ""


def fitted(row: RowWords, room: int) -> str:
    """The row in `room` cells: the words are cut first, but not to less than a third of it."""
    words, differs = visible(row.words), visible("".join(f" · {one}" for one in row.differs))
    if cell_len(words) + cell_len(differs) <= room:
        return words + differs
    cut = Text(words)
    cut.truncate(max(room - cell_len(differs), room // 3, 1), overflow="ellipsis")
    return cut.plain + differs


def _stars(round_view: RoundView) -> str:
    """A star, or of a large round how many are kept."""
    if round_view.round.is_large and round_view.starred:
        return f" · {len(round_view.starred)} kept"
    return " ★" if round_view.starred else ""


def _pick(round_view: RoundView) -> str:
    """What was picked in a round, short."""
    words = visible(pick_words(round_view.round, round_view.pick))
    return f" ▸{words if len(words) < 11 else words[:9] + '…'}"
