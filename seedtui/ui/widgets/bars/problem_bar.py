"""What went wrong, why, and the key to press. Covers part of the grid, so nothing moves; never takes the focus."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive

from seedtui.core.errors import Problem
from seedtui.core.text.display import visible
from seedtui.ui.widgets.plain import PlainStatic


class ProblemBar(PlainStatic):
    """Shows a `Problem` until it is None again. `remedy` names the key to press."""

    DEFAULT_CSS = """
    ProblemBar { layer: notice; dock: bottom; offset: 0 -3; width: 1fr; height: auto; max-height: 6;
                 margin: 0 1; padding: 0 1; border-left: outer $error; background: $surface-lighten-1; display: none; }
    ProblemBar.shown { display: block; }
    """

    problem: reactive[Problem | None] = reactive(None)
    remedy: reactive[str] = reactive("")

    def watch_problem(self, problem: Problem | None) -> None:
        self.set_class(problem is not None, "shown")

    def render(self) -> Content:
        if self.problem is None:
            return Content("")
        hint = f" {self.problem.hint}." if self.problem.hint else ""
        first = self.problem.message[:1].upper() + self.problem.message[1:]
        return Content.assemble(visible(f"{first}.{hint} "), (self.remedy, "bold"))
