"""A session of thousands of rounds: what one action touches does not grow with it."""

from __future__ import annotations

import pytest

from seedtui.library.journal.database import Database
from tests.bench.year_of_use import fill

ROUNDS = 2_000


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries that are made."""
    queries: list[str] = []
    read = Database.read

    def noted(self: Database, sql: str, *values: object) -> list[tuple[object, ...]]:
        queries.append(sql)
        return read(self, sql, *values)

    monkeypatch.setattr(Database, "read", noted)
    return queries


async def test_actions_touch_what_they_are_about(desk, tmp_path, asked, monkeypatch):
    session = fill(tmp_path / "library", ROUNDS, 1)
    asked.clear()
    async with desk(session=session, size=(120, 30)) as d:
        complete = lambda: d.app.state.round_view and all(d.app.state.round_view.records)  # noqa: E731
        await d.until(complete)
        tree = d.app.main.rounds
        assert tree.count == tree.tree_rows.built == ROUNDS
        opening = len([sql for sql in asked if "records" not in sql and "path" not in sql])
        assert opening < 8  # all rounds at once, not one by one
        made: list[int] = []
        line = tree.line
        monkeypatch.setattr(tree, "line", lambda row, width: made.append(row) or line(row, width))

        async def touched(*keys: str) -> tuple[int, int]:
            """Lines of the tree that were made for these keys, and queries."""
            await d.until(lambda: not d.app.controller.sessions.unwritten)
            await d.pilot.pause(0.1)
            made.clear()
            asked.clear()
            await d.pilot.press(*keys)
            await d.until(complete)
            await d.until(lambda: not d.app.controller.sessions.unwritten)
            await d.pilot.pause(0.1)
            return len(made), len(asked)

        lines, queries = await touched("right")
        assert lines <= 2
        assert queries <= 4  # the marks and the name of the session, for the file beside its pictures
        lines, queries = await touched("left_square_bracket")
        assert lines <= 4 * tree.size.height
        assert queries <= 12  # four pictures and four records
        await d.pilot.press("t")
        lines, _ = await touched("home")
        assert lines <= 4 * tree.size.height
        assert tree.tree_rows.built == ROUNDS
        await d.pilot.press("escape")
        lines, _ = await touched("g")
        assert tree.tree_rows.built == ROUNDS + 1
        assert lines <= 20 * tree.size.height
        for _ in range(30):  # held down: what is passed by is not read
            d.app.controller.pictures.show(d.app.state.lineage.beside(d.app.state.round_view.round, -1))
        asked.clear()
        await d.until(complete)
        assert len(asked) < 30 * 8
