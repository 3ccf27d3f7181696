"""What the keys do on a sheet: keep, reject, filter, sort, page."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from textual.app import App

from seedtui.app.controller import Controller
from seedtui.app.state.job import ImageRef
from seedtui.app.state.round_view import RoundView
from seedtui.app.state.state import State
from seedtui.core.images import orders
from seedtui.core.images.drift import rows_by_drift
from seedtui.core.images.orders import GRID_ORDERS, ORDERS, WORDS, Order
from seedtui.ui.screens.main import MainScreen
from seedtui.ui.widgets.sheet.contents import Arrangement
from seedtui.ui.widgets.sheet.culling import FILTER_WORDS, FILTERS, Filter, culled, culling_words
from seedtui.ui.widgets.sheet.grid_cells import grid_arrangement


@dataclass(frozen=True, slots=True)
class _Culling:
    """How a round's sheet is arranged: the images in order as they were sorted, of a grid its rows, and the filter."""

    order: Order = "seed"
    sorted: tuple[int, ...] = ()
    filter: Filter = "all"


class SheetActions:
    """A sheet is arranged when it is sorted or filtered, not while one works on it: no tile moves by itself."""

    def __init__(self, app: App[None], main: MainScreen, controller: Controller) -> None:
        self._app, self._main, self._controller = app, main, controller
        self._cullings: dict[str, _Culling] = {}
        self._wanted: Order | None = None
        self._sorting: Order | None = None
        self._arranged = ""

    def keep(self) -> None:
        """Keep the pick, or no longer."""
        if view := self._view:
            self._controller.scouting.keep((view.pick,), view.pick not in view.starred)

    def reject(self) -> None:
        """Reject the pick and go to the next; one that is rejected is rejected no longer."""
        if view := self._view:
            rejected = view.pick not in view.rejected
            self._controller.scouting.reject((view.pick,), rejected)
            if rejected:
                self._pick(self._main.sheet_pane.sheet.neighbour(1, 0))

    def page(self, pages: int) -> None:
        """Move the pick by pages."""
        self._pick(self._main.sheet_pane.page(pages))

    def end(self, direction: int) -> None:
        """Pick the first image of the sheet, or the last."""
        self._pick(self._main.sheet_pane.sheet.end(direction))

    def resize(self, step: int) -> None:
        """Make the tiles larger or smaller."""
        self._main.sheet_pane.sheet.resize_tiles(step)

    def filter(self) -> None:
        """Show all images, then only some of them."""
        if view := self._view:
            culling = self._culling(view)
            following = FILTERS[(FILTERS.index(culling.filter) + 1) % len(FILTERS)]
            self._arrange(view, replace(culling, filter=following))
            self._controller.say(f"filter: {FILTER_WORDS[following]}")

    def sort(self) -> None:
        """Put the images in the next order; it is worked out in the background."""
        if view := self._view:
            offered = GRID_ORDERS if view.round.axes else ORDERS
            now = self._wanted or self._sorting or self._culling(view).order
            order = offered[(offered.index(now) + 1) % len(offered)]
            self._wanted = self._sorting = None
            if order == "seed":
                self._sorted(view, order, ())
            else:
                self._wanted = order
                self._controller.pictures.want_sketches(view.round.id)
                self._sort_when_read(self._controller.state)
                if self._wanted:
                    self._controller.say(f"reading the pictures, to sort: {WORDS[order]}")

    def find_whole(self, image: ImageRef) -> None:
        """Have the whole picture of an image read, or of a scout round's image decoded."""
        if (view := self._view) and view.round.stop is not None:
            self._controller.scouting.decode(image[1])
        else:
            self._controller.pictures.find(image)

    def follow(self, state: State) -> None:
        """Another round is shown, or its sketches have been read."""
        if state.shown != self._arranged:
            self._arranged, self._wanted, self._sorting = state.shown, None, None
            if (view := self._view) and (view.round.axes or view.round.id in self._cullings):
                self._arrange(view, self._culling(view))
        self._sort_when_read(state)

    # --- within

    @property
    def _view(self) -> RoundView | None:
        """The round on the sheet."""
        view = self._controller.state.round_view
        return view if view is not None and view.round.is_large else None

    def _culling(self, view: RoundView) -> _Culling:
        return self._cullings.get(view.round.id, _Culling())

    def _pick(self, index: int | None) -> None:
        if index is not None:
            self._controller.pictures.pick(index)

    def _sort_when_read(self, state: State) -> None:
        """Work the wanted order out, once the sketches of all images that there are have been read."""
        view, order = state.round_view, self._wanted
        if view is None or order is None:
            return
        there = self._controller.pictures.sketches(view.round.id)
        indexes = [index for index in view.kept if index in there]
        if len(indexes) < len(view.kept):
            return
        self._wanted, self._sorting = None, order
        self._app.run_worker(self._work_out(view, order, indexes, [there[index] for index in indexes]), group="sort")

    async def _work_out(self, view: RoundView, order: Order, indexes: list[int], sketches: list[bytes]) -> None:
        if order == "drift":
            across, down = (axis.size for axis in view.round.axes)
            here = dict(zip(indexes, sketches, strict=True))
            rows = await asyncio.to_thread(rows_by_drift, here, across, down, view.pick % across)
            self._take(view, order, rows)
            return
        pick = indexes.index(view.pick) if view.pick in indexes else 0
        places = await asyncio.to_thread(orders.order, order, sketches, pick)
        self._take(view, order, tuple(indexes[place] for place in places))

    def _take(self, view: RoundView, order: Order, found: tuple[int, ...]) -> None:
        """Use an order that was worked out, if it is still wanted."""
        if self._sorting == order and self._controller.state.shown == view.round.id:
            self._sorted(view, order, found)

    def _sorted(self, view: RoundView, order: Order, indexes: tuple[int, ...]) -> None:
        self._sorting = None
        current = self._controller.state.round_views[view.round.id]
        self._arrange(current, replace(self._culling(view), order=order, sorted=indexes))
        in_words = "rows as they were" if view.round.axes and order == "seed" else WORDS[order]
        self._controller.say(f"sort: {in_words}")

    def _arrange(self, view: RoundView, culling: _Culling) -> None:
        self._cullings[view.round.id] = culling
        sheet, words = self._main.sheet_pane.sheet, culling_words(view, culling.order, culling.filter)
        if view.round.axes:
            rows = culling.sorted or range(view.round.axes[1].size)
            arrangement = grid_arrangement(view, rows, culling.filter, words)
        else:
            order = culled(view, culling.sorted, culling.filter)
            arrangement = Arrangement(order, words=words, empty=f"no picture · {words}")
        sheet.arrange_tiles(arrangement)
        if arrangement.order and view.pick not in arrangement.order:
            self._pick(sheet.index_at(sheet.position))
        self._controller.store.announce()
