"""Which round and image the user is viewing, and its pictures, in memory or read from disk."""

from __future__ import annotations

from seedtui.app.events import Marked, Picked, PicturesRead, ProblemShown, RecordsLetGo, RecordsRead, RoundShown
from seedtui.app.persistence.persistence import Persistence
from seedtui.app.pictures.cache import PictureCache
from seedtui.app.state.job import ImageRef
from seedtui.app.state.state import State
from seedtui.app.store import Store
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.rounds import Round
from seedtui.engine.wire import protocol as p
from seedtui.terminal import Pacer


class PictureController:
    """`pacer` says when the terminal can take a preview."""

    def __init__(self, store: Store, persistence: Persistence, pacer: Pacer) -> None:
        self.cache = PictureCache()
        self._store, self._persistence, self._pacer = store, persistence, pacer
        store.subscribe(self._follow)

    def show(self, round_: Round | None) -> None:
        """Show that round; None changes nothing. Pictures that are not in memory are read."""
        if round_ is None:
            return
        if round_.id == self._store.state.shown:
            self._read_shown()
        self._store.dispatch(RoundShown(round_.id))

    def pick(self, index: int) -> None:
        """Pick that image of the shown round."""
        self._store.dispatch(Picked(index))
        if round_view := self._store.state.round_view:
            self._persistence.pick(round_view.round.id, round_view.pick)

    def mark(self) -> None:
        """Mark or unmark the pick."""
        if round_view := self._store.state.round_view:
            image = (round_view.round.id, round_view.pick)
            if deletion := self._store.state.deletion(image):
                self._store.dispatch(ProblemShown(deletion))
                return
            self._store.dispatch(Marked((image,), image not in self._store.state.marks))

    def mark_all(self) -> None:
        """Mark all images of the shown round; if they all are marked, unmark them."""
        if round_view := self._store.state.round_view:
            self._store.dispatch(Marked(round_view.images, not self._store.state.all_marked))

    def clear_marks(self) -> None:
        """Unmark everything."""
        self._store.dispatch(Marked(self._store.state.marks, False))

    def cached(self, image: ImageRef) -> Picture | None:
        """That image's picture, if it is in memory."""
        return self.cache.of(image[0]).get(image[1])

    def in_memory(self, image: ImageRef) -> tuple[Picture, ImageRecord] | None:
        """That image's picture and how it was made, if both are in memory."""
        picture, round_view = self.cached(image), self._store.state.round_views.get(image[0])
        record = round_view.records[image[1]] if round_view else None
        return (picture, record) if picture and record else None

    def find(self, image: ImageRef) -> Picture | None:
        """That image's picture; None if it must be read first, which starts."""
        picture = self.cached(image)
        if picture is None:
            self._persistence.read(image[0], (image[1],))
        return picture

    def find_path(self, image: ImageRef) -> None:
        """Look where the image's file is: the state will say."""
        self._persistence.find_path(*image)

    def take(self, event: p.ImageReady) -> None:
        """A picture is finished: show it, before it is on disk."""
        self.cache.put(event.round_id, event.index, Picture(event.width, event.height, event.pixels))
        self._store.announce()

    def take_previews(self, event: p.Step) -> None:
        """Keep a step's previews, if there is time to draw them."""
        if event.previews and self._pacer.take():
            previews = {v.index: Picture(v.width, v.height, v.pixels) for v in event.previews}
            self.cache.preview(event.round_id, previews)

    def on_pictures_read(self, event: PicturesRead) -> None:
        """Pictures have been read from disk."""
        for index, (picture, _record) in event.images.items():
            self.cache.put(event.round_id, index, picture)
        records = {index: record for index, (_picture, record) in event.images.items()}
        self._store.dispatch(RecordsRead(event.round_id, records, event.gone))

    def let_go(self) -> None:
        """Drop pictures and records that are on disk and not in view."""
        gone = self.cache.let_go(self._persistence.unwritten | self._store.state.in_use)
        marked = {round_id for round_id, _ in self._store.state.marks}  # what is done with them needs their records
        if gone - marked:
            self._store.dispatch(RecordsLetGo(gone - marked))

    def _follow(self, old: State, state: State) -> None:
        is_new = state.shown not in old.round_views and state.queue.place(state.shown)  # journaled as the shown one
        if state.shown != old.shown and not is_new:
            self._read_shown()

    def _read_shown(self) -> None:
        round_view = self._store.state.round_view
        if round_view is not None:
            there = self.cache.of(round_view.round.id)
            missing = tuple(i for i in round_view.kept if i not in there or round_view.records[i] is None)
            self._persistence.show(round_view.round.id, missing)
