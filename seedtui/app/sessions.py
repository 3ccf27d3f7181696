"""Sessions in the library: opens them, deletes and restores rounds, stars images, exports."""

from __future__ import annotations

import gc
from collections.abc import Set
from pathlib import Path
from typing import TYPE_CHECKING

from seedtui.app import events as e
from seedtui.app.persistence.persistence import Persistence
from seedtui.app.pictures.controller import PictureController
from seedtui.app.state.job import ImageRef
from seedtui.app.state.removed import RemovedImages, RemovedRounds
from seedtui.app.state.round_view import RoundView
from seedtui.app.store import Store
from seedtui.core.errors import Problem
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.text.formatting import counted
from seedtui.library.paths import in_words
from seedtui.library.sessions import SessionId

if TYPE_CHECKING:
    from seedtui.library.opening import Opened, RoundRef


class SessionController:
    """Called only from the app's thread. Nothing asks for confirmation: deletes can be undone."""

    def __init__(self, store: Store, persistence: Persistence, pictures: PictureController) -> None:
        self._store, self._persistence, self._pictures = store, persistence, pictures
        self._warned = False
        self.is_opening = False
        """A session is being read, and will take the place of this one."""

    def delete(self) -> str:
        """Delete the marked images; without marks, the shown round and everything made from it. Returns the notice."""
        state = self._store.state
        if state.marks:
            return self._delete_images()
        if state.round_view is None:
            return ""
        rounds = state.lineage.descendants(state.round_view.round)
        gone = {r.id for r in rounds}
        if any(r.id in gone for r in state.open_rounds):
            problem = Problem("input", "a running or waiting round cannot be deleted", "Cancel it first with x")
            self._store.dispatch(e.ProblemShown(problem))
            return ""
        return f"{self._remove(gone)} · U undo"

    def _delete_images(self) -> str:
        state = self._store.state
        running = {r.id for r in state.open_rounds}
        images = state.kept_targets
        if running & {round_id for round_id, _ in images}:
            words = "images of a running or waiting round cannot be deleted"
            self._store.dispatch(e.ProblemShown(Problem("input", words, "Wait for it, or cancel it first with x")))
            return ""
        if not images:
            self._store.dispatch(e.ProblemShown(Problem("input", "no marked image was made", "Clear the marks with A")))
            return ""
        self._persistence.delete_images(images)
        self._store.dispatch(e.ImagesRemoved(RemovedImages(images, state.shown)))
        return f"deleted {counted(len(images), 'picture')} · U undo"

    def clear_cancelled(self) -> str:
        """Delete the cancelled rounds that have no images. Returns the notice."""
        gone = {r.id for r in self._store.state.empty_cancelled}
        return f"{self._remove(gone)} · U undo" if gone else ""

    def _remove(self, gone: Set[str]) -> str:
        """Delete these rounds, so that one `undo` brings them back."""
        state = self._store.state
        views = tuple((i, state.round_views[r.id]) for i, r in enumerate(state.lineage.rounds) if r.id in gone)
        removed = RemovedRounds(views, state.shown)
        self._persistence.delete(removed.ids)
        self._store.dispatch(e.RoundsRemoved(removed))
        return f"deleted {counted(len(gone), 'round')}"

    def undo(self) -> str:
        """Restore what was deleted last. Returns the notice."""
        removed = next(iter(self._store.state.removed), None)
        if removed is None:
            return ""
        if isinstance(removed, RemovedImages):
            self._put_back(removed)
            return f"restored {counted(len(removed.images), 'picture')}"
        self._persistence.undelete(removed.ids)
        self._store.dispatch(e.RoundsPutBack(removed))
        return f"restored {counted(len(removed.ids), 'round')}"

    def _put_back(self, removed: RemovedImages) -> None:
        """Restore deleted images, and show the round that was shown."""
        self._persistence.undelete_images(removed.images)
        self._store.dispatch(e.ImagesPutBack(removed))
        state = self._store.state
        self._pictures.show(state.lineage.get(removed.shown) or state.lineage.get(state.shown))

    def bring_back(self, image: ImageRef) -> None:
        """Restore an image of the session, if it was deleted."""
        if self._store.state.deletion(image):
            self._put_back(RemovedImages((image,), image[0]))

    def star(self) -> int:
        """Star the marked images, or the pick; if all have a star, remove it. Returns how many have changed."""
        state = self._store.state
        images = state.kept_targets
        plain = tuple(image for image in images if image[1] not in state.round_views[image[0]].starred)
        if changed := plain or images:
            self._store.dispatch(e.Starred(changed, bool(plain)))
            for round_id in dict.fromkeys(round_id for round_id, _ in changed):
                indexes = [index for id_, index in changed if id_ == round_id]
                self._persistence.flag(round_id, "starred", indexes, bool(plain))
        return len(changed)

    def picture(self, image: ImageRef) -> tuple[Picture, ImageRecord]:
        """An image of the library and how it was made. Slow: call it in a thread. Raises FileError."""
        library = self._persistence.library()
        return library.picture(*image), library.record(*image)

    def open(self, session: SessionId, round_id: str = "") -> None:
        """Show that round of a session, or the one where it was left. Opens the session if it is another one."""
        if session != self._persistence.session:
            self.is_opening = True
            self._persistence.open_session(session, round_id)
        elif round_id:
            self._pictures.show(self._store.state.lineage.get(round_id))

    def resume(self) -> None:
        """Open the session to resume, if there is one."""
        self.is_opening = self._persistence.resume()

    def list_sessions(self) -> None:
        """Read which sessions there are; `SessionsRead` follows."""
        self._persistence.list_sessions()

    def rename(self, session: SessionId, name: str) -> None:
        """Name a session; `SessionsRead` follows."""
        self._persistence.name_session(session, name)
        self.list_sessions()

    def delete_session(self, session: SessionId) -> str:
        """Delete a session, whose files stay on disk; a new one is opened in place of the open one. `SessionsRead`
        follows.

        Returns why it cannot be deleted, or "".
        """
        state = self._store.state
        is_open = session == self.session
        if is_open and any(state.lineage.get(round_.id) for round_ in state.open_rounds):
            return "its rounds run or wait: cancel them first with x"
        if is_open:
            self.new_session()
        self._persistence.delete_session(session)
        self.list_sessions()
        return ""

    def restore_session(self) -> None:
        """Restore the session that was deleted last, in this run or another; `SessionsRead` follows."""
        self._persistence.restore_session()
        self.list_sessions()

    def search(self, text: str, starred: bool = False) -> None:
        """Look for rounds with these words, or only starred ones; `FoundRead` follows."""
        self._persistence.search(text, starred)

    def read_prompts(self) -> None:
        """Read the prompts of earlier rounds; `PromptsRead` follows."""
        self._persistence.read_prompts()

    def new_session(self) -> None:
        """Start an empty session in place of this one."""
        self._persistence.go_to(None)
        self._store.dispatch(e.SessionOpened(None))

    def on_session_read(self, event: e.SessionRead) -> None:
        """Show the session that was read: resumed, or in place of this one."""
        self.is_opening = False
        session = event.session
        gc.freeze()  # otherwise Python searches 10,000 rounds for garbage now and then, and keys wait
        if session.id == self._persistence.session:
            self._store.dispatch(e.SessionJoined(session))
        else:
            self._persistence.go_to(session.id)
            self._store.dispatch(e.SessionOpened(session, event.shown))

    @property
    def session(self) -> SessionId:
        """The open session; empty while it has no rounds."""
        return self._persistence.session

    @property
    def pictures_in_memory(self) -> int:
        """How many images could not be written yet."""
        return self._persistence.pictures_in_memory

    @property
    def unwritten(self) -> frozenset[str]:
        """The rounds that are not fully written yet."""
        return self._persistence.unwritten

    def may_leave(self) -> bool:
        """Whether nothing would be lost. Otherwise shows a warning, and returns True the next time."""
        pictures = self._persistence.pictures_in_memory
        if not pictures or self._warned:
            return True
        self._warned = True
        words = f"{counted(pictures, 'picture')} {'is' if pictures == 1 else 'are'} in memory only"
        problem = Problem("file", words, "Make room and press ctrl+r, or q again to quit without them")
        self._store.dispatch(e.ProblemShown(problem))
        return False

    @property
    def goodbye(self) -> str:
        """What the session has kept, and how to come back to it; "" if nothing."""
        state, session = self._store.state, self._persistence.session
        kept = [len(view.kept) for r in state.lineage.rounds if (view := state.round_views.get(r.id)) and view.kept]
        if not kept or not session:
            return ""
        resume = "--resume" if self._persistence.began_here else f"--session {session}"
        return f"{counted(len(kept), 'round')}, {counted(sum(kept), 'image')} kept. Continue with: seedtui {resume}"

    def export(self, folder: Path, as_zip: bool) -> str:
        """Write the session into `folder`, under its own name. Returns the notice. Slow: call it in a thread.

        Raises:
            FileError: it cannot be written.
        """
        from seedtui.library.export.export import export_session
        from seedtui.library.files import unique_path

        session = self._persistence.session
        out = unique_path(folder, f"seedtui_{session}", ".zip" if as_zip else "")
        done = export_session(self._persistence.library(), session, out)
        missing = f", {counted(done.missing, 'picture')} missing" if done.missing else ""
        return f"exported {counted(done.images, 'picture')}{missing} to {in_words(done.path)}"

    def save_large_sheet(self, folder: Path, round_view: RoundView) -> Path:
        """Write the sheets of a large round into `folder`; the first file. Slow: call it in a thread.

        Raises:
            InputError, FileError: there is no picture yet, or a file cannot be read or written.
        """
        from seedtui.app.pictures.sheet import save_large_sheet

        return save_large_sheet(folder, round_view, self._persistence.library())

    def adopt(self, opened: Opened) -> RoundRef | None:
        """Where an image of ours is in the library, adding it if needed; None for another program's.

        Waits for the disk: call it in a thread. Raises FileError.
        """
        from seedtui.library.opening import place_of

        return place_of(self._persistence.library(), opened)

    def path(self, round_id: str, index: int) -> Path:
        """The file of an image. Waits for the disk: call it in a thread. Raises FileError."""
        return self._persistence.library().path(round_id, index)
