"""Keeps rounds and images in the library, in one background thread, so that the disk never blocks a key."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seedtui.app import events as e
from seedtui.app.persistence.copies import Copies
from seedtui.app.persistence.pending_flags import PendingFlags
from seedtui.app.persistence.write_queue import BEGIN, END, IMAGE, WriteJob, WriteQueue
from seedtui.app.state.job import ImageRef
from seedtui.core.errors import Problem, SeedtuiError
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.rounds import Round
from seedtui.engine.wire import protocol as p
from seedtui.library.sessions import SessionId

if TYPE_CHECKING:
    from seedtui.library.journal.image_flags import Flag
    from seedtui.library.library import Library

_Read = (
    e.ImageCopied
    | e.CopiesMade
    | e.PicturesRead
    | e.PathRead
    | e.ImageReadAgain
    | e.SessionRead
    | e.SessionsRead
    | e.FoundRead
    | e.PromptsRead
)
Post = Callable[[e.Saved | e.SaveFailed | e.LibraryRepaired | e.RoundJournaled | _Read], object]

_EXCLUDED: dict[Flag, Flag] = {"starred": "rejected", "rejected": "starred"}

_ENDED = {p.RoundDone: "done", p.RoundCancelled: "cancelled", p.RoundFailed: "failed"}


@dataclass(slots=True)
class _Place:
    """The session that rounds go to; a new one gets its id when its first round is written."""

    session: SessionId

    def made(self, library: Library) -> SessionId:
        self.session = self.session or library.new_session()
        return self.session


class Persistence:
    """Requests are carried out in order; `post` gets their results. `session` is resumed; None is a new one.

    What could not be written stays here, and `try_again` writes it; until then the app goes on with what it
    has in memory.
    """

    def __init__(self, open_library: Callable[[], Library], post: Post, session: SessionId | None = None) -> None:
        self._open_library = open_library
        self._post = post
        self._library: Library | None = None
        self._opening = threading.Lock()
        self._noticed = ""
        self._resumed = session
        self._place = _Place(session or SessionId(""))
        self._places: dict[str, _Place] = {}
        self._write_queue = WriteQueue()
        self._flags = PendingFlags()
        self._copies = Copies()
        self._counted = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="persistence")

    @property
    def session(self) -> SessionId:
        """The session that new rounds go to, empty while it has none."""
        return self._place.session

    @property
    def began_here(self) -> bool:
        """Whether rounds of the open session began since it was opened: then it is the newest."""
        return any(place is self._place for place in self._places.values())

    @property
    def pictures_in_memory(self) -> int:
        """How many images could not be written yet."""
        return self._write_queue.pictures

    @property
    def unwritten(self) -> frozenset[str]:
        """The rounds that are not fully written yet."""
        return self._write_queue.unwritten

    def begin(self, round_: Round) -> None:
        """Journal that `round_` begins, in the open session; `RoundJournaled` follows when it may run."""
        place = self._places.setdefault(round_.id, self._place)
        self._do(
            BEGIN, round_.id, lambda library: library.add_round(place.made(library), round_),
            lambda: self._post(e.RoundJournaled(round_)),
        )  # fmt: skip

    def save(self, event: p.ImageReady | p.RoundDone | p.RoundCancelled | p.RoundFailed, *, timed: bool = True) -> None:
        """Save the content of `event`; `Saved` follows when it is on disk (or, after `SaveFailed`, in memory).

        How long a round took is kept if it is `timed`: its last run made all of it.
        """
        place = self._places.setdefault(event.round_id, self._place)

        def add(library: Library) -> None:
            if isinstance(event, p.ImageReady):
                picture = Picture(event.width, event.height, event.pixels)
                self._copies.add(library.add_image(place.made(library), event.record, picture), event.record)
            else:
                seconds = event.seconds if isinstance(event, p.RoundDone) and timed else 0.0
                library.finish_round(event.round_id, _ENDED[type(event)], seconds)  # type: ignore[arg-type]

        kind, index = (IMAGE, event.index) if isinstance(event, p.ImageReady) else (END, -1)
        self._do(kind, event.round_id, add, lambda: self._post(e.Saved(event)), index)

    def copy_made(self, round_: Round, part: Round, here: p.ModelInfo) -> None:
        """Copy what the session has of `part` into its `round_`; `ImageCopied` for each and `CopiesMade` follow.

        `here` is loaded for the part.
        """
        place, copied = self._places.setdefault(round_.id, self._place), set[int]()

        def copy(library: Library) -> None:
            for picture, record in self._copies.copied(library, place.made(library), round_, part, here):
                copied.add(record.index)
                self._post(e.ImageCopied(p.ImageReady(round_.id, record.index, *picture, record)))

        end = lambda: self._post(e.CopiesMade(round_.id, frozenset(copied)))  # noqa: E731
        self._put(WriteJob("copy", round_.id, copy, end, lasting=False))

    def pick(self, round_id: str, index: int) -> None:
        """Remember the pick of a round."""
        self._do("pick", round_id, lambda library: library.set_pick(round_id, index))

    def show(self, round_id: str, missing: tuple[int, ...] = ()) -> None:
        """Remember which round is on screen, and read its `missing` pictures; `PicturesRead` follows.

        When the user walks quickly through rounds, only the last is read.
        """
        self.keep_shown(round_id)
        self._ask("look", lambda library: self._read(library, round_id, missing) if missing else None)

    def keep_shown(self, round_id: str) -> None:
        """Remember which round is on screen."""
        self._do("show", "", lambda library: library.set_current(round_id))

    def flag(self, round_id: str, flag: Flag, indexes: Collection[int], value: bool) -> None:
        """Remember whether images are starred, rejected, seen. None is both starred and rejected."""
        self._flags.put(round_id, flag, indexes, value)
        if value and (other := _EXCLUDED.get(flag)):
            self._flags.put(round_id, other, indexes, False)
        self._do("flags", round_id, lambda library: self._flags.write(round_id, library))

    def delete(self, round_ids: tuple[str, ...]) -> None:
        """Remove rounds from their session."""
        self._do("delete", round_ids[0], lambda library: library.delete_rounds(*round_ids))

    def undelete(self, round_ids: tuple[str, ...]) -> None:
        """Put deleted rounds back."""
        self._do("delete", round_ids[0], lambda library: library.undelete_rounds(*round_ids))

    def delete_images(self, images: tuple[ImageRef, ...]) -> None:
        """Remove images from their rounds."""
        self._counted += 1  # none takes the place of an earlier one, which may be about other images
        self._do("images", images[0][0], lambda library: library.delete_images(*images), index=self._counted)

    def undelete_images(self, images: tuple[ImageRef, ...]) -> None:
        """Put deleted images back."""
        self._counted += 1
        self._do("images", images[0][0], lambda library: library.undelete_images(*images), index=self._counted)

    def name_session(self, session: SessionId, name: str) -> None:
        """Name a session."""
        self._do("name", session, lambda library: library.name_session(session, name))

    def delete_session(self, session: SessionId) -> None:
        """Remove a session from the list."""
        self._do("delete session", session, lambda library: library.delete_session(session))

    def restore_session(self) -> None:
        """Put the session that was deleted last back in the list."""
        self._counted += 1  # each counts
        self._do("restore session", "", lambda library: library.restore_session(), index=self._counted)

    def resume(self) -> bool:
        """Read the session to resume; `SessionRead` follows. False if there is none."""
        if self._resumed is not None:
            self.open_session(self._resumed)
        return self._resumed is not None

    def open_session(self, session: SessionId, shown: str = "") -> None:
        """Read a session; `SessionRead` follows, with the round to show."""
        self._ask(
            "open", lambda library: self._post(e.SessionRead(library.load_session(session, files=False), shown))
        )  # fmt: skip

    def go_to(self, session: SessionId | None) -> None:
        """From now on rounds begin in that session, or in a new one. Running rounds stay in theirs."""
        self._place = _Place(session or SessionId(""))

    def list_sessions(self) -> None:
        """Read which sessions there are; `SessionsRead` follows."""
        self._ask("list", lambda library: self._post(e.SessionsRead(library.sessions())))

    def search(self, text: str, starred: bool) -> None:
        """Look for rounds with these words, or only starred ones; `FoundRead` follows, for the latest request only."""
        self._ask(
            "search",
            lambda library: self._post(e.FoundRead(text, starred, library.search(text, starred=starred))),
        )

    def read_prompts(self) -> None:
        """Read the prompts of earlier rounds; `PromptsRead` follows."""
        self._ask("prompts", lambda library: self._post(e.PromptsRead(library.prompts())))

    def read(self, round_id: str, indexes: tuple[int, ...]) -> None:
        """Read those pictures of a round; `PicturesRead` follows."""
        work = lambda library: self._read(library, round_id, indexes)  # noqa: E731
        self._put(WriteJob("read", round_id, work, index=indexes[0], lasting=False))

    def read_pick(self, round_id: str, index: int) -> None:
        """Read that picture, unless another is picked before its turn; `PicturesRead` follows."""
        self._ask("pick", lambda library: self._read(library, round_id, (index,)))

    def find_path(self, round_id: str, index: int) -> None:
        """Look where the file of an image is; `PathRead` follows, for the last one asked for."""
        self._ask(
            "path", lambda library: self._post(e.PathRead((round_id, index), str(library.path(round_id, index))))
        )  # fmt: skip

    def read_again(self, round_id: str, index: int) -> None:
        """Read an image and its record as its file has them now; `ImageReadAgain` follows."""
        kind = f"verify {round_id} {index}"  # of one kind, only the newest question is answered
        self._ask(kind, lambda library: self._read_again(library, round_id, index))

    def try_again(self) -> None:
        """Write what could not be written earlier."""
        self._write_queue.again()
        self._thread.submit(self._work)

    def saved_folder(self, beside: str, round_id: str) -> Path | None:
        """Where a scout round of the session of the round `beside` saves what its images need to be finished.

        None while the session has no folder.
        """
        session = self._places.get(beside, self._place).session
        return self._library.saved_folder(session, round_id) if self._library and session else None

    def remove_saved(self, round_ids: tuple[str, ...]) -> None:
        """Remove what these scout rounds have saved."""
        self._counted += 1
        self._do("saved", "", lambda library: library.remove_saved(*round_ids), index=self._counted)

    def library(self) -> Library:
        """The library, for slow work in other threads. Raises FileError."""
        with self._opening:
            if self._library is None:
                self._library = self._open_library()
            return self._library

    def close(self) -> int:
        """Finish all requests, retry once what failed, and close the library. Returns how many images are lost."""
        self.try_again()
        self._thread.shutdown(wait=True)
        if self._library is not None:
            self._library.close()
        return self._write_queue.pictures

    # --- in the background thread

    def _work(self) -> None:
        self._write_queue.work_off(self.library, self._failed)
        notice = self._library.notice if self._library else ""
        if notice != self._noticed:
            self._noticed = notice
            self._post(e.LibraryRepaired(notice))

    def _failed(self, problem: Problem) -> None:
        self._post(e.SaveFailed(problem, self._write_queue.pictures))

    def _read(self, library: Library, round_id: str, indexes: tuple[int, ...]) -> None:
        images: dict[int, tuple[Picture, ImageRecord]] = {}
        for index in indexes:
            try:
                images[index] = library.picture(round_id, index), library.record(round_id, index)
            except SeedtuiError as error:
                self._failed(error.problem)
        self._post(e.PicturesRead(round_id, images, frozenset(indexes) - set(images)))

    def _read_again(self, library: Library, round_id: str, index: int) -> None:
        try:
            self._post(e.ImageReadAgain((round_id, index), library.read_file(round_id, index)))
        except SeedtuiError as error:
            self._post(e.ImageReadAgain((round_id, index), None, error.problem))

    # --- within

    def _do(
        self, kind: str, round_id: str, work: Callable[[Library], object],
        after: Callable[[], object] = lambda: None, index: int = -1,
    ) -> None:  # fmt: skip
        self._put(WriteJob(kind, round_id, work, after, index))

    def _ask(self, kind: str, work: Callable[[Library], object]) -> None:
        self._put(WriteJob(kind, "", work, lasting=False))

    def _put(self, job: WriteJob) -> None:
        self._write_queue.put(job)
        self._thread.submit(self._work)
