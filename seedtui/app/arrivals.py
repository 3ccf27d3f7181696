"""Images of large rounds reach the state together: as many as have come since it was last shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from seedtui.app.events import ArrivalsDue, ImagesArrived
from seedtui.app.store import Store
from seedtui.engine.wire import protocol as p


class Arrivals:
    """Called only from the app's thread. `post` brings `ArrivalsDue` behind the events that wait already.

    So an image that comes alone is shown at once, and an app that is behind catches up.
    """

    EVERY = 0.15
    """Minimum seconds between two changes of the screen: drawing takes cores from a worker on a CPU."""

    def __init__(
        self, store: Store, post: Callable[[ArrivalsDue], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._post, self._clock = store, post, clock
        self._next = 0.0
        self._waiting: list[p.ImageReady] = []
        self._is_due = False

    def add(self, image: p.ImageReady) -> None:
        """An image is on disk."""
        self._waiting.append(image)
        if not self._is_due:
            self._is_due = True
            if (wait := self._next - self._clock()) > 0:
                timer = threading.Timer(wait, self._post, (ArrivalsDue(),))
                timer.daemon = True
                timer.start()
            else:
                self._post(ArrivalsDue())

    def due(self) -> None:
        """The event that was posted is here."""
        self._is_due = False
        self.flush()

    def flush(self) -> None:
        """Give the images to the state."""
        if self._waiting:
            images, self._waiting = tuple(self._waiting), []
            self._next = self._clock() + self.EVERY
            self._store.dispatch(ImagesArrived(images))
