"""Looks whether the seeds of an explore round look alike, and says so, with the cure."""

from __future__ import annotations

from seedtui.app.events import NoticeAdded, VarietyMeasured
from seedtui.app.pictures.cache import PictureCache
from seedtui.app.pictures.comparer import Comparer
from seedtui.app.store import Store
from seedtui.core.errors import Problem
from seedtui.core.images.variety import look_alike
from seedtui.core.rounds.rounds import MAX_IMAGES


class VarietyCheck:
    """Called only from the app's thread. Told once for each model and spread: all its rounds are alike."""

    def __init__(self, store: Store, comparer: Comparer, cache: PictureCache) -> None:
        self._store, self._comparer, self._cache = store, comparer, cache
        self._told: set[tuple[str, float]] = set()

    def look_at(self, round_id: str) -> None:
        """That round is done: measure it, if all of its pictures are in memory."""
        round_view = self._store.state.round_views.get(round_id)
        if round_view is None or round_view.round.kind != "explore":
            return
        pictures, recipe = self._cache.of(round_id), round_view.round.recipe
        if len(pictures) == len(round_view.records) > 1 and (recipe.model, recipe.spread) not in self._told:
            self._comparer.measure_variety(round_id, tuple(pictures.values())[:MAX_IMAGES])  # all pairs are compared

    def on_measured(self, event: VarietyMeasured) -> None:
        """The variety of a round is known."""
        round_view = self._store.state.round_views.get(event.round_id)
        if round_view is None or not look_alike(event.variety):
            return
        round_, spread = round_view.round, round_view.round.recipe.spread
        self._told.add((round_.recipe.model, spread))
        cure = f"a spread above {spread:.0%}" if spread else "a spread such as 40%"
        words = f"{round_.title} look nearly alike (variety {event.variety:.1%})"
        hint = f"For pictures that differ more, set {cure} in the recipe (o)"
        self._store.dispatch(NoticeAdded(Problem("notice", words, hint)))
