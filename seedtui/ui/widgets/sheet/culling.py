"""Which images of a round a sheet shows, and in which order. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, get_args

from seedtui.app.state.round_view import RoundView
from seedtui.core.images.orders import WORDS, Order

Filter = Literal["all", "kept", "unseen", "unrejected"]

FILTERS: tuple[Filter, ...] = get_args(Filter)

_WANTED: dict[Filter, Callable[[RoundView, int], bool]] = {
    "all": lambda view, index: True,
    "kept": lambda view, index: index in view.starred,
    "unseen": lambda view, index: index not in view.seen,
    "unrejected": lambda view, index: index not in view.rejected,
}

FILTER_WORDS: dict[Filter, str] = {
    "all": "all tiles", "kept": "kept only", "unseen": "not seen yet", "unrejected": "rejected hidden",
}  # fmt: skip


def culled(round_view: RoundView, order: Sequence[int], filter: Filter) -> tuple[int, ...]:
    """The images in this `order` that the filter lets through; those that it does not name follow, by index."""
    named = set(order)
    rest = (index for index in range(len(round_view.records)) if index not in named)
    wanted = wanted_by(filter)
    return tuple(index for index in (*order, *rest) if wanted(round_view, index))


def wanted_by(filter: Filter) -> Callable[[RoundView, int], bool]:
    """Whether the filter lets an image through."""
    return _WANTED[filter]


def culling_words(round_view: RoundView, order: Order, filter: Filter) -> str:
    """What the sheet shows: ``most different first · kept only``. A grid that is not sorted needs no words."""
    sorted = () if round_view.round.axes and order == "seed" else (WORDS[order],)
    return " · ".join((*sorted, *((FILTER_WORDS[filter],) if filter != "all" else ())))
