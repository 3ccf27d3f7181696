"""What the user is told: problems, notices, and what was done."""

from __future__ import annotations

from dataclasses import replace

from seedtui.app import events as e
from seedtui.app.state.said import Said
from seedtui.app.state.state import State


def reduce(state: State, event: e.StateEvent) -> State:
    """The state after `event`; unchanged if it is not about messages."""
    match event:
        case e.ProblemShown(problem):
            return replace(state, problem=problem)
        case e.NoticeAdded(notice) if notice not in state.notices:
            return replace(state, notices=(*state.notices, notice))
        case e.Done(words):
            return replace(state, said=Said(words, state.said.number + 1))
        case e.MessagePutAway() if state.problem is not None and state.problem.kind in ("input", "notice"):
            return replace(state, problem=None)
        case e.MessagePutAway() if state.notices and state.shown_problem is state.notices[0]:
            return replace(state, notices=state.notices[1:])
        case _:
            return state
