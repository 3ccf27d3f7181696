"""``seedtui sessions`` and ``--session`` with names and stars."""

from __future__ import annotations

import pytest

from seedtui.cli.commands.sessions import session_to_resume
from seedtui.core.errors import InputError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.library.library import Library
from seedtui.library.sessions import SessionId

from .conftest import Command


def session_of(prompt: str, name: str) -> SessionId:
    with Library.default() as library:
        session = library.new_session()
        round_ = explore(prompt, [0], Recipe())
        library.add_round(session, round_)
        library.finish_round(round_.id, "done")
        library.name_session(session, name)
        return session


def test_names_are_listed_found_and_reopened(bare: Command, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("SEEDTUI_HOME", str(tmp_path / "home"))
    old, new = session_of("a cat", "Boats at sea"), session_of("a dog", "")
    monkeypatch.setenv("COLUMNS", "160")
    assert "Boats at sea · a cat" in bare("sessions").out
    assert [(line["id"], line["name"], line["stars"]) for line in bare("sessions", "--json").lines] == [
        (new, "", 0), (old, "Boats at sea", 0),
    ]  # fmt: skip
    assert [line["id"] for line in bare("sessions", "--json", "boats").lines] == [old]
    assert session_to_resume("boats at SEA") == session_to_resume(old) == old
    assert session_to_resume(None) == new
    for unknown in ("boats", ""):
        with pytest.raises(InputError, match="there is no session"):
            session_to_resume(unknown)


def test_a_deleted_session_is_not_reopened(bare: Command, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("SEEDTUI_HOME", str(tmp_path / "home"))
    old, new = session_of("a cat", "boats"), session_of("a dog", "")
    with Library.default() as library:
        library.delete_session(new)
    assert session_to_resume(None) == old
    with pytest.raises(InputError, match="there is no session"):
        session_to_resume(new)
