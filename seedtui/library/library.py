"""The library: a user's sessions on disk, as PNG files and a journal that can be rebuilt from them."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from seedtui.core.errors import FileError
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.lineage import Lineage
from seedtui.core.rounds.rounds import Round
from seedtui.files.errors import shown
from seedtui.library import paths, saved_states
from seedtui.library.files import make_folder
from seedtui.library.images import png
from seedtui.library.images.saving import save_image
from seedtui.library.journal import queries, rebuild, session_queries
from seedtui.library.journal.database import DamagedError, Database
from seedtui.library.journal.image_flags import Flags, set_flags
from seedtui.library.journal.owner import Owner, get_further, one_at_a_time
from seedtui.library.journal.recovery import open_database, rebuild_database
from seedtui.library.journal.rows import read_record
from seedtui.library.marks import session_name, write_marks
from seedtui.library.parts import sweep_parts
from seedtui.library.sessions import FoundRound, Rebuilt, RoundStatus, Session, SessionId, SessionSummary

_T = TypeVar("_T")


class Library:
    """The sessions in the folder `root`, with their pictures in `pictures` (by default a folder in `root`).

    Calls block on the disk, so an app makes them from a background thread. Any thread may call, and several apps may
    have the same library open. A call that fails has changed nothing and can be repeated. `notice` is one line about
    repairs, empty if there were none.

    Raises:
        FileError: from every method: full disk, read-only folder, locked library.
    """

    def __init__(self, root: Path, pictures: Path | None = None) -> None:
        self.root = make_folder(root.absolute(), private=True)
        self.pictures = pictures.absolute() if pictures else self.root / "pictures"
        self.notice = ""
        self._one_thread = threading.Lock()
        with one_at_a_time(self._lock_file):
            self._db = self._open()
            self._owner = Owner(self.root / "open")

    @classmethod
    def default(cls) -> Library:
        """The user's own library."""
        return cls(paths.data_dir(), paths.pictures_dir())

    def close(self) -> None:
        """Close the library. Rounds that it still runs become unfinished."""
        with self._one_thread:
            self._db.close()
        self._owner.release()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- sessions

    def new_session(self) -> SessionId:
        """A new session. It is listed once it has a round."""
        return rebuild.new_session_id()

    def sessions(self) -> tuple[SessionSummary, ...]:
        """All sessions with rounds, the one with the newest round first."""
        self._end_dead_rounds()
        return tuple(self._do(queries.summaries))

    def load_session(self, session: SessionId, *, files: bool = True) -> Session:
        """The current state of a session, which may be empty. Without `files`, `images` is empty."""
        rebuild.check_session_id(session)
        self._end_dead_rounds()
        folder = self.pictures / session
        sweep_parts(folder)
        saved = saved_states.saved_names(folder)
        rounds = {row.round.id: row for row in self._do(lambda db: queries.rounds_of(db, session))}
        if saved:
            saved_states.sweep_saved(folder, saved, {id_ for id_, row in rounds.items() if row.round.kind == "scout"})
        return Session(
            id=session,
            lineage=Lineage(tuple(row.round for row in rounds.values())),
            rounds=rounds,
            images=self._do(lambda db: queries.images_of(db, session, str(self.pictures))) if files else {},
            current=next((id_ for id_ in self._do(lambda db: queries.current_of(db, session)) if id_ in rounds), None),
        )

    def session_of(self, round_id: str) -> SessionId | None:
        """The session of a round, deleted or not; None if the round is unknown."""
        return self._do(lambda db: queries.session_of(db, round_id))

    def name_session(self, session: SessionId, name: str) -> None:
        """Name a session; "" removes its name. Of `name`, spaces around it and what is too long are left out."""
        self._do(lambda db: session_queries.set_name(db, session, session_name(name)))
        self._note_sessions([session])

    def delete_session(self, session: SessionId) -> None:
        """Remove a session from the list. Its pictures stay on disk, and `restore_session` brings it back."""
        self._do(lambda db: session_queries.set_session_deleted(db, session, True))
        saved_states.remove_all_saved(self.pictures / rebuild.check_session_id(session))
        self._note_sessions([session])

    def restore_session(self) -> SessionId | None:
        """Restore the session that was deleted last, in whatever run; None if none is deleted."""
        session = self._do(session_queries.last_deleted)
        if session is not None:
            self._do(lambda db: session_queries.set_session_deleted(db, session, False))
            self._note_sessions([session])
        return session

    def search(self, text: str, limit: int = 200, *, starred: bool = False) -> tuple[FoundRound, ...]:
        """The newest rounds whose prompt and suffixes contain every word of `text`, ignoring case.

        `starred`: only those with a starred image.
        """
        return tuple(
            FoundRound(
                session=row.session, round_id=row.round.id, prompt=row.round.prompt, title=row.round.title,
                created=row.created, suffix=_first_with(text, row.round),
            )
            for row in self._do(lambda db: queries.found(db, text, limit, starred=starred))
        )  # fmt: skip

    def prompts(self, limit: int = 2000) -> tuple[str, ...]:
        """The distinct prompts of the newest `limit` rounds of all sessions, newest first."""
        return tuple(self._do(lambda db: queries.prompts(db, limit)))

    # --- rounds

    def add_round(self, session: SessionId, round_: Round) -> None:
        """Record that `round_` starts here. Call this before it runs, and again before it runs again."""
        rebuild.check_session_id(session)
        self._do(lambda db: queries.put_round(db, session, round_, self._owner.id))

    def finish_round(self, round_id: str, status: RoundStatus, seconds: float = 0.0) -> None:
        """Record how a round ended, ``done``, ``cancelled`` or ``failed``, and how long it took; 0 if not known."""
        self._do(lambda db: queries.set_status(db, round_id, status, seconds))

    def set_pick(self, round_id: str, index: int | None) -> None:
        """Record which image of the round is picked, None for none."""
        self._do(lambda db: queries.set_pick(db, round_id, index))
        self._note(round_id)

    def set_current(self, round_id: str) -> None:
        """Record that this round is shown: the session will reopen there."""
        self._do(lambda db: queries.set_current(db, round_id))

    def delete_rounds(self, *round_ids: str) -> None:
        """Remove rounds from their session. Their pictures stay on disk, and `undelete_rounds` restores them.

        What scout rounds have saved is removed: their images can still be finished, computed in full.
        """
        self._do(lambda db: queries.set_deleted(db, round_ids, True))
        self.remove_saved(*round_ids)
        self._note(*round_ids)

    def undelete_rounds(self, *round_ids: str) -> None:
        """Restore deleted rounds, and their sessions."""
        self._do(lambda db: queries.set_deleted(db, round_ids, False))
        self._do(lambda db: session_queries.restore_sessions_of(db, round_ids))
        self._note(*round_ids)

    def delete_images(self, *images: tuple[str, int]) -> None:
        """Remove images (round id, index) from their rounds. Their files stay, and `undelete_images` restores them."""
        self._do(lambda db: queries.set_images_deleted(db, images, True))
        self._note(*dict.fromkeys(round_id for round_id, _ in images))

    def undelete_images(self, *images: tuple[str, int]) -> None:
        """Restore deleted images."""
        self._do(lambda db: queries.set_images_deleted(db, images, False))
        self._note(*dict.fromkeys(round_id for round_id, _ in images))

    def path(self, round_id: str, index: int) -> Path:
        """The path of an image's PNG."""
        return self._image(round_id, index)[0]

    def saved_folder(self, session: SessionId, round_id: str) -> Path:
        """Where a scout round saves what its images need to be finished; it may not exist."""
        return saved_states.saved_folder(self.pictures / session, round_id)

    def remove_saved(self, *round_ids: str) -> None:
        """Remove what these rounds have saved."""
        for round_id in round_ids:
            if session := self.session_of(round_id):
                saved_states.remove_saved(self.pictures / rebuild.check_session_id(session), round_id)

    # --- images

    def add_image(self, session: SessionId, record: ImageRecord, picture: Picture) -> Path:
        """Write the PNG, record it, and return its path. After an error, call this again with the same values.

        An image that was deleted is back when it is made again.
        """
        rebuild.check_session_id(session)
        folder = self.pictures / session
        path = save_image(folder, picture, record)
        image = (session, record, rebuild.relative(path, self.pictures), time.time())
        self._do(lambda db: queries.put_images(db, [image]))
        if self._do(lambda db: queries.is_image_deleted(db, record.round_id, record.index)):
            self.undelete_images((record.round_id, record.index))
        return path

    def record(self, round_id: str, index: int) -> ImageRecord:
        """How an image was made."""
        return self._image(round_id, index)[1]

    def picture(self, round_id: str, index: int) -> Picture:
        """The pixels of an image, read from its PNG."""
        return png.read_picture(self._image(round_id, index)[0])

    def read_file(self, round_id: str, index: int) -> tuple[Picture, ImageRecord]:
        """The pixels and the record that an image's PNG has now, whatever the journal says."""
        return png.read_png(self._image(round_id, index)[0])

    def records_of(self, session: SessionId) -> Iterator[tuple[Path, ImageRecord]]:
        """The files and records of a session's images, without deleted ones. What cannot be read is left out."""
        rows = self._do(lambda db: queries.bodies_of(db, session))
        for path, body in rows:
            if record := read_record(body):
                yield self.pictures / path, record

    def star(self, round_id: str, index: int, starred: bool = True) -> None:
        """Add or remove the star of an image."""
        self.set_flags(round_id, {"starred": {index: starred}})

    def set_flags(self, round_id: str, flags: Flags) -> None:
        """Write whether images of a round are starred, rejected, seen: in one go, however many."""
        self._do(lambda db: set_flags(db, round_id, flags))
        self._note(round_id)

    def rebuild(self, folder: Path | None = None) -> Rebuilt:
        """Add the PNGs in `folder` (by default `pictures`) and below to the journal. Removes nothing."""
        if folder and not folder.is_dir():
            raise FileError(f"cannot read {shown(folder)}: there is no such folder", "Check the path")
        return self._do(lambda db: self._rebuild(db, folder or self.pictures))

    # --- within

    @property
    def _lock_file(self) -> Path:
        return self.root / "library.lock"

    @property
    def _database_file(self) -> Path:
        return self.root / "library.db"

    def _open(self, *, damaged: bool = False) -> Database:
        """Open the database, rebuilt if it is damaged or missing. The caller holds the library's lock."""
        build = rebuild_database if damaged else open_database
        db, notice = build(self._database_file, lambda db: self._rebuild(db, self.pictures))
        self.notice = notice or self.notice
        with contextlib.suppress(FileError):  # the next read or write reports it, or rebuilds the database
            queries.repair(db)
        return db

    def _do(self, work: Callable[[Database], _T]) -> _T:
        """Do `work` on the database, and again on a new one if it is damaged or another app has replaced it."""
        with self._one_thread:
            damaged = False
            try:
                if self._db.is_in_place():
                    result = work(self._db)
                    if self._db.is_in_place():
                        return result
            except DamagedError:
                damaged = True
            make_folder(self.root, private=True)
            with one_at_a_time(self._lock_file):
                damaged = damaged and self._db.is_in_place()
                self._db.close()
                self._db = self._open(damaged=damaged)
            return work(self._db)

    def _end_dead_rounds(self) -> None:
        self._do(lambda db: queries.end_dead_rounds(db, self._is_alive))

    def _note(self, *round_ids: str) -> None:
        """Write the marks of these rounds' sessions next to their images."""
        self._note_sessions({session for id_ in round_ids if (session := self.session_of(id_))})

    def _note_sessions(self, sessions: Iterable[SessionId]) -> None:
        """Write the marks of these sessions next to their images. A session without images needs no file."""
        for session in sessions:
            # If this fails, the next change writes it: the journal has it.
            with contextlib.suppress(FileError):
                folder = self.pictures / rebuild.check_session_id(session)
                write = functools.partial(write_marks, folder)
                if folder.is_dir():
                    self._do(functools.partial(session_queries.marks_of, session=session, write=write))

    def _is_alive(self, owner: str) -> bool:
        return owner == self._owner.id or self._owner.is_alive(owner)

    def _image(self, round_id: str, index: int) -> tuple[Path, ImageRecord]:
        found = self._do(lambda db: queries.image(db, round_id, index))
        if found is None:
            raise FileError(f"image {index} of round {round_id} is not in the library")
        path, record = self.pictures / found[0], found[1]
        return path, record or png.read_record(path)

    def _rebuild(self, db: Database, folder: Path) -> Rebuilt:
        return rebuild.fill(db, folder, self.pictures, lambda: get_further(self._lock_file))


def _first_with(text: str, round_: Round) -> str:
    """The first suffix that contains a word of `text` that is not in the prompt; empty if there is none."""
    words = [word for word in text.casefold().split() if word not in round_.prompt.casefold()]
    suffixes = (shot.suffix for shot in round_.shots)
    return next((s for s in suffixes if any(word in s.casefold() for word in words)), "")
