"""Images of large rounds reach the state together: as many as have come since it was last shown."""

from __future__ import annotations

from collections.abc import Callable

from seedtui.app.events import ArrivalsDue, ImagesArrived
from seedtui.app.store import Store
from seedtui.engine.wire import protocol as p


class Arrivals:
    """Called only from the app's thread. `post` brings `ArrivalsDue` behind the events that wait already.

    So an app that keeps up shows each image at once, and one that is behind catches up.
    """

    def __init__(self, store: Store, post: Callable[[ArrivalsDue], object]) -> None:
        self._store, self._post = store, post
        self._waiting: list[p.ImageReady] = []
        self._is_due = False

    def add(self, image: p.ImageReady) -> None:
        """An image is on disk."""
        self._waiting.append(image)
        if not self._is_due:
            self._is_due = True
            self._post(ArrivalsDue())

    def due(self) -> None:
        """The event that was posted is here."""
        self._is_due = False
        self.flush()

    def flush(self) -> None:
        """Give the images to the state."""
        if self._waiting:
            images, self._waiting = tuple(self._waiting), []
            self._store.dispatch(ImagesArrived(images))
