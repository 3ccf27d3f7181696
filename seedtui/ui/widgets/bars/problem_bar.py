"""What went wrong, why, and the key to press. Covers part of the grid, so nothing moves; never takes the focus."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive

from seedtui.core.errors import Problem
from seedtui.core.text.display import visible
from seedtui.ui.widgets.bars.fitting import in_lines
from seedtui.ui.widgets.plain import PlainStatic

LINES = 6
"""Lines that a message may take; what to do about it may take more."""

_FRAME = 5
"""Columns beside the text: margins, border, padding."""

_BELOW = 4
"""Lines of the screen that stay free: the header, and the lines below the pictures."""


class ProblemBar(PlainStatic):
    """Shows a `Problem` until it is None again. `remedy` names the key to press. What to do is always in sight."""

    DEFAULT_CSS = """
    ProblemBar { layer: notice; dock: bottom; width: 1fr; height: auto;
                 margin: 0 1; padding: 0 1; border-left: outer $error; background: $surface-lighten-1; display: none; }
    ProblemBar.shown { display: block; }
    ProblemBar.notice { border-left: outer $border; }
    """

    problem: reactive[Problem | None] = reactive(None, layout=True)
    remedy: reactive[str] = reactive("", layout=True)

    def watch_problem(self, problem: Problem | None) -> None:
        self.set_class(problem is not None, "shown")
        self.set_class(problem is not None and problem.kind == "notice", "notice")

    def render(self) -> Content:
        return words_of(self.problem, self.remedy, *self.screen.size) if self.problem else Content("")


def words_of(problem: Problem, keys: str, columns: int, rows: int) -> Content:
    """What the bar says on a screen of that size. The name of a worker at its beginning stays as it is."""
    hint = problem.advice
    first = problem.message
    if not (problem.about and first.startswith(problem.about)):
        first = first[:1].upper() + first[1:]
    message, width = visible(f"{first}."), max(columns - _FRAME, 1)
    hint_lines = Content(f"{visible(hint)} {keys}").get_height({}, width)
    lines = max(1, min(max(LINES, hint_lines + 1), rows - _BELOW))
    message, hint = in_lines(message, visible(hint), keys, width, lines)
    return Content.assemble(" ".join(filter(None, (message, hint))), " ", (keys, "bold"))
