"""The library: all sessions of one user on disk, pictures as PNG files, the rest in a journal that they can rebuild."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from seedtui.core.errors import FileError
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.lineage import Lineage
from seedtui.core.rounds.rounds import Round
from seedtui.files.errors import shown
from seedtui.library import paths
from seedtui.library.files import make_folder
from seedtui.library.images import png
from seedtui.library.images.saving import save_image
from seedtui.library.journal import queries, rebuild
from seedtui.library.journal.database import DamagedError, Database
from seedtui.library.journal.owner import Owner, get_further, one_at_a_time
from seedtui.library.journal.recovery import open_database, rebuild_database
from seedtui.library.marks import write_marks
from seedtui.library.parts import sweep_parts
from seedtui.library.sessions import FoundRound, Rebuilt, RoundStatus, Session, SessionId, SessionSummary

_T = TypeVar("_T")


class Library:
    """The sessions in the folder `root`, and their pictures in `pictures` (by default a folder in `root`).

    Calls wait for the disk, so an app makes them from one background thread; they may come from any thread, and
    several apps may have one library open at once. A call that fails has changed nothing and can be made again.
    `notice` is one line about what was repaired, empty if nothing was.

    Raises:
        FileError: from every method, in one line: full disk, read-only folder, a library that is locked.
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
        """Give the library back; rounds that still run here are unfinished from then on."""
        with self._one_thread:
            self._db.close()
        self._owner.release()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- sessions

    def new_session(self) -> SessionId:
        """A session that has no rounds yet; it is listed once it has one."""
        return rebuild.new_session_id()

    def sessions(self) -> tuple[SessionSummary, ...]:
        """All sessions that have rounds, the one with the newest round first."""
        self._end_dead_rounds()
        return tuple(self._do(queries.summaries))

    def load_session(self, session: SessionId, *, files: bool = True) -> Session:
        """A session as it stands now; an empty one if it has no rounds. `images` is empty without `files`."""
        rebuild.check_session_id(session)
        self._end_dead_rounds()
        sweep_parts(self.pictures / session)
        rounds = {row.round.id: row for row in self._do(lambda db: queries.rounds_of(db, session))}
        return Session(
            id=session,
            lineage=Lineage(tuple(row.round for row in rounds.values())),
            rounds=rounds,
            images=self._do(lambda db: queries.images_of(db, session, str(self.pictures))) if files else {},
            current=next((id_ for id_ in self._do(lambda db: queries.current_of(db, session)) if id_ in rounds), None),
        )

    def session_of(self, round_id: str) -> SessionId | None:
        """The session of a round, deleted or not; None if it was never here."""
        return self._do(lambda db: queries.session_of(db, round_id))

    def search(self, text: str, limit: int = 200) -> tuple[FoundRound, ...]:
        """The newest rounds whose prompt or suffixes hold every word of `text`, in any case."""
        return tuple(
            FoundRound(
                session=row.session, round_id=row.round.id, prompt=row.round.prompt, title=row.round.title,
                created=row.created, suffix=_first_with(text, row.round),
            )
            for row in self._do(lambda db: queries.found(db, text, limit))
        )  # fmt: skip

    # --- rounds

    def add_round(self, session: SessionId, round_: Round) -> None:
        """Journal that `round_` begins to run here. To be called before it does, and again if it runs again."""
        rebuild.check_session_id(session)
        self._do(lambda db: queries.put_round(db, session, round_, self._owner.id))

    def finish_round(self, round_id: str, status: RoundStatus) -> None:
        """Journal how a round ended: ``done``, ``cancelled`` or ``failed``."""
        self._do(lambda db: queries.set_status(db, round_id, status))

    def set_pick(self, round_id: str, index: int | None) -> None:
        """Keep which image of the round is picked, None for none."""
        self._do(lambda db: queries.set_pick(db, round_id, index))
        self._note(round_id)

    def set_current(self, round_id: str) -> None:
        """Keep that this round is on the screen: its session is reopened there."""
        self._do(lambda db: queries.set_current(db, round_id))

    def delete_rounds(self, *round_ids: str) -> None:
        """Take rounds out of their session. Their pictures stay on disk, and `undelete_rounds` puts them back."""
        self._do(lambda db: queries.set_deleted(db, round_ids, True))
        self._note(*round_ids)

    def undelete_rounds(self, *round_ids: str) -> None:
        """Put deleted rounds back where they were."""
        self._do(lambda db: queries.set_deleted(db, round_ids, False))
        self._note(*round_ids)

    def path(self, round_id: str, index: int) -> Path:
        """The PNG of an image."""
        return self._image(round_id, index)[0]

    # --- images

    def add_image(self, session: SessionId, record: ImageRecord, picture: Picture) -> Path:
        """Write the PNG, then record it; its path. After an error, call it again with the same values."""
        rebuild.check_session_id(session)
        folder = self.pictures / session
        path = save_image(folder, picture, record)
        image = (session, record, rebuild.relative(path, self.pictures), time.time())
        self._do(lambda db: queries.put_images(db, [image]))
        return path

    def record(self, round_id: str, index: int) -> ImageRecord:
        """How an image was made."""
        return self._image(round_id, index)[1]

    def picture(self, round_id: str, index: int) -> Picture:
        """The pixels of an image, read from its PNG."""
        return png.read_picture(self._image(round_id, index)[0])

    def read_file(self, round_id: str, index: int) -> tuple[Picture, ImageRecord]:
        """The pixels and the record of an image as its PNG has them now, whatever the journal says."""
        return png.read_png(self._image(round_id, index)[0])

    def star(self, round_id: str, index: int, starred: bool = True) -> None:
        """Put a star on an image, or take it off."""
        self._do(lambda db: queries.set_starred(db, round_id, index, starred))
        self._note(round_id)

    def rebuild(self, folder: Path | None = None) -> Rebuilt:
        """Add what the PNGs in `folder` and below tell (by default all of `pictures`); nothing is taken away."""
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
        """The database, a new one if it was damaged or is gone. The library's lock is held."""
        build = rebuild_database if damaged else open_database
        db, notice = build(self._database_file, lambda db: self._rebuild(db, self.pictures))
        self.notice = notice or self.notice
        with contextlib.suppress(FileError):  # whoever reads or writes next says it, or has it built again
            queries.mend(db)
        return db

    def _do(self, work: Callable[[Database], _T]) -> _T:
        """`work` on the database; once more on a new one, if it was damaged or another app has replaced it."""
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
        """Write the marks of these rounds' sessions beside their images. One that has none there yet needs no file."""
        for session in {session for id_ in round_ids if (session := self.session_of(id_))}:
            # What fails is written with the next change: the journal has it.
            with contextlib.suppress(FileError):
                folder = self.pictures / rebuild.check_session_id(session)
                write = functools.partial(write_marks, folder)
                if folder.is_dir():
                    self._do(functools.partial(queries.marks_of, session=session, write=write))

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
    """The first suffix in which a word of `text` is that is not in the prompt; empty if there is none."""
    words = [word for word in text.casefold().split() if word not in round_.prompt.casefold()]
    suffixes = (shot.suffix for shot in round_.shots)
    return next((s for s in suffixes if any(word in s.casefold() for word in words)), "")
