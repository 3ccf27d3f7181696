"""The hints for the first rounds: one at a time, each until it has been followed once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, get_args

from seedtui.app.state.state import State

Hint = Literal["generate", "refine", "compare"]
"""Make pictures; pick one and refine it; compare or verify it."""

HINTS: tuple[Hint, ...] = get_args(Hint)

COMPARES = frozenset({"compare", "verify"})
"""The actions that follow the last hint."""


def followed(state: State) -> frozenset[Hint]:
    """The hints that what is in `state` shows to have been followed."""
    rounds = state.lineage.rounds
    found: dict[Hint, bool] = {
        "generate": bool(rounds),
        "refine": any(round_.kind in ("refine", "vary", "finish") for round_ in rounds),
    }
    return frozenset(hint for hint, is_so in found.items() if is_so)


def next_hint(state: State, done: Collection[str]) -> Hint | None:
    """The hint to show, if its time has come: the pictures that it is about are there."""
    hint = next((hint for hint in HINTS if hint not in done), None)
    view = state.round_view
    if hint == "generate":
        return hint if view is None else None
    is_ready = view is not None and all(view.records) and not state.job and view.round.kind != "scout"
    if hint == "compare":
        is_ready = is_ready and view is not None and view.round.kind != "explore"
    return hint if is_ready else None
