"""What the footer says of the keys that work. While there are marks, those that act on them come first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textual.binding import ActiveBinding

from seedtui.ui.keys.table import ACTIONS


def offered(active: Mapping[str, ActiveBinding], pooled: bool) -> dict[str, ActiveBinding]:
    """The `active` bindings by key; without a pool, the key for its workers only says how to have one."""
    return {key: one for key, one in active.items() if pooled or one.binding.id != "workers"}


def with_marks(active: Mapping[str, ActiveBinding], marks: int) -> dict[str, ActiveBinding]:
    """The `active` bindings by key, as they are while `marks` pictures are marked."""
    if not marks:
        return dict(active)
    first = {key: _counting(one, marks) for key, one in active.items() if _most(one)}
    clear = {key: _shown(one) for key, one in active.items() if one.binding.id == "marks.clear"}
    return {**first, **clear, **{key: one for key, one in active.items() if key not in first | clear}}


def with_kept(active: Mapping[str, ActiveBinding], kept: int) -> dict[str, ActiveBinding]:
    """The `active` bindings by key: the one that finishes kept images says how many there are."""
    found = dict(active)
    for key, one in active.items():
        if one.binding.id == "scout.finish":
            label = f"{ACTIONS['scout.finish'].label} {kept}"
            found[key] = one._replace(binding=replace(one.binding, description=label))
    return found


def _most(one: ActiveBinding) -> int:
    """How many marked pictures the action takes at most, 0 for one that does not act on marks."""
    action = ACTIONS.get(one.binding.id or "")
    return action.marked if action else 0


def _counting(one: ActiveBinding, marks: int) -> ActiveBinding:
    label = f"{ACTIONS[one.binding.id or ''].label} {min(marks, _most(one))}"
    return _shown(one._replace(binding=replace(one.binding, description=label)))


def _shown(one: ActiveBinding) -> ActiveBinding:
    return one._replace(binding=replace(one.binding, show=True))
