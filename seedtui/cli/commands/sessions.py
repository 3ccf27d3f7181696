"""``seedtui sessions``: lists the sessions on disk."""

from __future__ import annotations

import time
from pathlib import Path

from seedtui.cli import options as o
from seedtui.cli.declaration import FILE, argument, command, option
from seedtui.cli.messages import print_json, tell
from seedtui.core.errors import InputError, quoted
from seedtui.core.text.formatting import counted
from seedtui.library.library import Library
from seedtui.library.sessions import SessionId, SessionSummary


@command
@argument("words", metavar="[WORDS]", nargs=-1, about="List only sessions whose name or prompts contain these words.")
@option("--rebuild", metavar="DIR", type=FILE, help="First rebuild sessions from the PNG files in a folder.")
@o.json
def sessions(words: tuple[str, ...], rebuild: Path | None, json: bool) -> None:
    """List the sessions, newest first.

    seedtui --resume reopens the newest, and seedtui --session any other, by its ID or its name.
    """
    with Library.default() as library:
        if rebuild is not None:
            found = library.rebuild(rebuild)
            tell(f"{counted(found.images, 'image')} read, {counted(found.skipped, 'file')} skipped (not from seedtui).")
        shown = _with_words(library, words)
        if library.notice:
            tell(library.notice)
    if json:
        for session in shown:
            print_json({name: getattr(session, name) for name in session.__struct_fields__})
    else:
        _print_table(shown)


def session_to_resume(session: str | None) -> SessionId:
    """The session with this ID or name, the newest of several; for None the newest of all.

    Raises:
        InputError: there is no such session.
        FileError: the library cannot be read.
    """
    with Library.default() as library:
        there = library.sessions()
        if library.notice:
            tell(library.notice)
    if not there:
        raise InputError("there are no sessions yet", "Start one with: seedtui")
    if session is None:
        return there[0].id
    named = (summary.id for summary in there if summary.name.casefold() == session.casefold() != "")
    found = next((summary.id for summary in there if summary.id == session), None) or next(named, None)
    if found is None:
        raise InputError(f"there is no session {quoted(session)}", "To list the sessions: seedtui sessions")
    return found


def _with_words(library: Library, words: tuple[str, ...]) -> tuple[SessionSummary, ...]:
    if not words:
        return library.sessions()
    wanted = {found.session for found in library.search(" ".join(words), limit=10_000)}
    return tuple(
        summary
        for summary in library.sessions()
        if summary.id in wanted or all(word.casefold() in summary.name.casefold() for word in words)
    )


def _print_table(shown: tuple[SessionSummary, ...]) -> None:
    from rich.table import Table

    from seedtui.core.text.console import cell, console

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name, width in {"session": 24, "last round": 16, "rounds": 6, "images": 6, "stars": 5, "prompt": None}.items():
        table.add_column(name, no_wrap=True, overflow="ellipsis", min_width=width)  # IDs stay whole, to be copied
    for summary in shown:
        changed = time.strftime("%Y-%m-%d %H:%M", time.localtime(summary.changed))
        unfinished = f" ({summary.unfinished} unfinished)" if summary.unfinished else ""
        counts = f"{summary.rounds}{unfinished}", str(summary.images), str(summary.stars or "")
        row = (summary.id, changed, *counts, f"{summary.name} · {summary.prompt}" if summary.name else summary.prompt)
        table.add_row(*(cell(word) for word in row))
    console().print(table)
