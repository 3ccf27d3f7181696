"""Keeps house in the library for the user: opens sessions, deletes rounds and puts them back, stars images."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from seedtui.app import session_changes
from seedtui.app.persistence import Persistence
from seedtui.core.errors import Problem
from seedtui.core.text.formatting import counted
from seedtui.library.sessions import SessionId
from seedtui.ui import messages as m

if TYPE_CHECKING:
    from seedtui.app.controller import Controller
    from seedtui.library.opening import Opened, RoundRef


class SessionController:
    """Works on the state of `controller`, and has `persistence` write it down.

    Nothing is asked: what was deleted comes back.
    """

    def __init__(self, controller: Controller, persistence: Persistence) -> None:
        self._studio = controller
        self._persistence = persistence
        self._removed: list[session_changes.RemovedRounds] = []
        self._warned = False

    @property
    def can_undo(self) -> bool:
        """Rounds of this session were deleted since it was opened."""
        return bool(self._removed)

    def delete(self) -> str:
        """Take the shown round and all that was made from it out of the session; what to say of it."""
        state = self._studio.state
        if state.round_view is None:
            return ""
        rounds = session_changes.descendants(state.lineage, state.round_view.round)
        going = {r.id for r in state.open_rounds}
        if any(r.id in going for r in rounds):
            problem = Problem("input", "a round that runs or waits cannot be deleted", "x cancels it")
            self._studio.tell(problem)
            return ""
        state, removed = session_changes.without(state, rounds)
        self._removed.append(removed)
        self._persistence.delete(removed.ids)
        if state.problem and state.problem.kind == "input":
            state = state.with_problem(None)  # it was mended
        self._studio.become(state)
        self._studio.show(state.round_view.round if state.round_view else None)
        return f"deleted {counted(len(rounds), 'round')} · U undo"

    def undo(self) -> str:
        """Put back what was deleted last; what to say of it."""
        if not self._removed:
            return ""
        removed = self._removed.pop()
        self._persistence.undelete(removed.ids)
        state = session_changes.put_back(self._studio.state, removed)
        self._studio.become(state)
        self._studio.show(state.round_view.round if state.round_view else None)
        return f"{counted(len(removed.ids), 'round')} back"

    def star(self) -> None:
        """A star on the pick, or off again."""
        state = self._studio.state
        if (round_view := state.round_view) and round_view.pick in round_view.kept:
            star = round_view.pick not in round_view.starred
            self._studio.become(session_changes.starred(state, round_view.round.id, round_view.pick, star))
            self._persistence.star(round_view.round.id, round_view.pick, star)

    def open(self, session: SessionId, round_id: str = "") -> None:
        """Show that round of a session, or where it was left; the session is opened if it is another one."""
        if session != self._persistence.session:
            self._persistence.open_session(session, round_id)
        elif round_id:
            self._studio.show(self._studio.state.lineage.get(round_id))

    def list_sessions(self) -> None:
        """Ask which sessions there are; `SessionsRead` is told."""
        self._persistence.list_sessions()

    def search(self, text: str) -> None:
        """Look for rounds with these words; `FoundRead` is told."""
        self._persistence.search(text)

    def new_session(self) -> None:
        """An empty session in place of this one."""
        self._removed.clear()
        self._persistence.go_to(None)
        self._studio.become(session_changes.opened(self._studio.state, None))

    def on_session_read(self, message: m.SessionRead) -> None:
        """Show what was read: the session that was resumed, or another one in place of this."""
        state, session = self._studio.state, message.session
        if session.id == self._persistence.session:
            state = session_changes.joined(state, session)
        else:
            self._removed.clear()
            self._persistence.go_to(session.id)
            state = session_changes.opened(state, session, message.shown)
        gc.freeze()  # else Python looks through 10,000 rounds for garbage now and then, and keys wait
        self._studio.become(state)
        self._studio.show(state.round_view.round if state.round_view else None)

    @property
    def session(self) -> SessionId:
        """The session that is open; empty while it has no rounds."""
        return self._persistence.session

    @property
    def pictures_in_memory(self) -> int:
        """How many images could not be written yet."""
        return self._persistence.pictures_in_memory

    @property
    def unwritten(self) -> frozenset[str]:
        """The rounds of which something is still to be written."""
        return self._persistence.unwritten

    def may_leave(self) -> bool:
        """Whether nothing would be lost; if something would, it is told, and the next time leaving is allowed."""
        pictures = self._persistence.pictures_in_memory
        if not pictures or self._warned:
            return True
        self._warned = True
        words = f"{counted(pictures, 'picture')} {'is' if pictures == 1 else 'are'} in memory alone"
        self._studio.tell(Problem("file", words, "Make room and press ctrl+r, or q again to leave without"))
        return False

    def export(self, folder: Path, as_zip: bool) -> str:
        """Write the session to `folder`, under a name of its own; what to say of it. Takes long: for a thread.

        Raises:
            FileError: it cannot be written.
        """
        from seedtui.library.export.export import export_session
        from seedtui.library.files import unique_path

        session = self._persistence.session
        out = unique_path(folder, f"seedtui_{session}", ".zip" if as_zip else "")
        done = export_session(self._persistence.library(), session, out)
        missing = f", {counted(done.missing, 'picture')} missing" if done.missing else ""
        return f"exported {counted(done.images, 'picture')}{missing} to {done.path.name}"

    def adopt(self, opened: Opened) -> RoundRef | None:
        """Where an image of ours is in the library, put there if it was not; None for another program's.

        Waits for the disk: for a thread. Raises FileError.
        """
        from seedtui.library.opening import place_of

        return place_of(self._persistence.library(), opened)

    def path(self, round_id: str, index: int) -> Path:
        """The file of an image. Waits for the disk: for a thread. Raises FileError."""
        return self._persistence.library().path(round_id, index)


def kept_in_memory(problem: Problem, pictures: int) -> Problem:
    """`problem`, and how many `pictures` wait in memory until it is mended."""
    if not pictures:
        return problem
    wait = f"{counted(pictures, 'picture')} {'waits' if pictures == 1 else 'wait'} in memory"
    return replace(problem, hint=f"{problem.hint}; {wait}" if problem.hint else wait)
