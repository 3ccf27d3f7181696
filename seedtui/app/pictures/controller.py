"""Which round and image the user is viewing, and its pictures, in memory or read from disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from seedtui.app.events import (
    Marked,
    Picked,
    PicturesRead,
    ProblemShown,
    RecordsLetGo,
    RecordsRead,
    RoundShown,
    TilesRead,
)
from seedtui.app.persistence.persistence import Persistence
from seedtui.app.pictures.cache import PictureCache
from seedtui.app.pictures.tile_reader import TileReader
from seedtui.app.state.job import ImageRef
from seedtui.app.state.round_view import RoundView
from seedtui.app.state.state import State
from seedtui.app.store import Store
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.rounds import Round
from seedtui.engine.wire import protocol as p
from seedtui.terminal import Pacer


class PictureController:
    """`pacer` says when the terminal can take a preview; `post` gets the tiles that were read.

    Of large rounds (`Round.is_large`) only small tiles are in memory, and a few whole pictures.
    """

    def __init__(
        self, store: Store, persistence: Persistence, pacer: Pacer, post: Callable[[TilesRead], object]
    ) -> None:
        self.cache = PictureCache()
        self._store, self._persistence, self._pacer = store, persistence, pacer
        self._sheets = self.cache.sheets
        self._reader = TileReader(persistence.library, post)
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
        return self._sheets.whole(image) if self.is_large(image[0]) else self.cache.of(image[0]).get(image[1])

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
        self.put((event.round_id, event.index), Picture(event.width, event.height, event.pixels))
        if not self.is_large(event.round_id):
            self._store.announce()  # those of a large one are announced together, once they are on disk

    def put(self, image: ImageRef, picture: Picture) -> None:
        """Remember a picture."""
        if self.is_large(image[0]):
            self._sheets.take(image, picture)
            self.cache.drop_preview(image)
        else:
            self.cache.put(*image, picture)

    def take_decoded(self, event: p.Decoded) -> None:
        """The preview of a scout round was decoded: zooming shows the result."""
        self._sheets.put_decoded((event.round_id, event.index), Picture(event.width, event.height, event.pixels))
        self._store.announce()

    def is_decoded(self, image: ImageRef) -> bool:
        """Whether zooming that preview of a scout round shows it decoded."""
        return self._sheets.is_decoded(image)

    # --- large rounds

    def need(self, round_id: str, indexes: Sequence[int]) -> None:
        """These tiles are on screen: those that are not in memory are read, the newest request first."""
        round_view = self._store.state.round_views.get(round_id)
        missing = self._sheets.tiles.missing(round_id, indexes)
        if round_view and (there := [index for index in missing if round_view.has(index)]):
            self._reader.read_tiles(round_id, there)

    def sketches(self, round_id: str) -> Mapping[int, bytes]:
        """The sketches in memory of a large round's images: 8 x 8 pixels of RGB, 192 bytes each."""
        return self._sheets.sketches(round_id)

    def want_sketches(self, round_id: str) -> None:
        """Read the sketches of a large round that are not in memory; each change is announced."""
        if round_view := self._store.state.round_views.get(round_id):
            there = self._sheets.sketches(round_id)
            self._reader.read_sketches(round_id, [index for index in round_view.kept if index not in there])

    def on_tiles_read(self, event: TilesRead) -> None:
        """Tiles and sketches have been read from disk."""
        for index in self._sheets.tiles.missing(event.round_id, event.tiles):
            self._sheets.tiles.put((event.round_id, index), event.tiles[index])
        self._sheets.add_sketches(event.round_id, event.sketches)
        if event.gone:
            self._store.dispatch(RecordsRead(event.round_id, {}, event.gone))
        self._store.announce()

    def close(self) -> None:
        """Read nothing more."""
        self._reader.close()

    def is_large(self, round_id: str) -> bool:
        """Whether the images of that round are shown on a sheet."""
        round_view = self._store.state.round_views.get(round_id)
        return round_view is not None and round_view.round.is_large

    def take_previews(self, event: p.Step) -> None:
        """Keep a step's previews, if there is time to draw them."""
        if event.previews and self._pacer.take():
            previews = {v.index: Picture(v.width, v.height, v.pixels) for v in event.previews}
            self.cache.preview(event.round_id, previews)

    def on_pictures_read(self, event: PicturesRead) -> None:
        """Pictures have been read from disk."""
        for index, (picture, _record) in event.images.items():
            self.put((event.round_id, index), picture)
        records = {index: record for index, (_picture, record) in event.images.items()}
        self._store.dispatch(RecordsRead(event.round_id, records, event.gone))

    def let_go(self) -> None:
        """Drop pictures and records that are on disk and not in view."""
        if not self.cache.is_over:
            return
        gone = self.cache.let_go(self._persistence.unwritten | self._store.state.in_use)
        marked = {round_id for round_id, _ in self._store.state.marks}  # what is done with them needs their records
        if gone - marked:
            self._store.dispatch(RecordsLetGo(gone - marked))

    def _follow(self, old: State, state: State) -> None:
        is_new = state.shown not in old.round_views and state.queue.place(state.shown)  # journaled as the shown one
        if state.shown != old.shown and not is_new:
            self._read_shown()
        elif (view := state.round_view) and (before := old.round_view) and view.pick != before.pick:
            self._read_pick(view)

    def _read_shown(self) -> None:
        round_view = self._store.state.round_view
        if round_view is not None:
            if round_view.round.is_large:
                self._persistence.show(round_view.round.id)
                self._read_pick(round_view)
                return
            there = self.cache.of(round_view.round.id)
            missing = tuple(i for i in round_view.kept if i not in there or round_view.records[i] is None)
            self._persistence.show(round_view.round.id, missing)

    def _read_pick(self, round_view: RoundView) -> None:
        """Of a large round, only the record of the pick is read."""
        if (
            round_view.round.is_large
            and round_view.records[round_view.pick] is None
            and round_view.has(round_view.pick)
        ):
            self._persistence.read_pick(round_view.round.id, round_view.pick)
