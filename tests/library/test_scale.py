"""A year of use, 10,000 rounds of 4: opened, listed, loaded and searched at once."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
import pytest

from seedtui.core.images.record import ImageRecord
from seedtui.library.journal import queries
from seedtui.library.library import Library
from seedtui.library.sessions import SessionId

pytestmark = pytest.mark.slow

ROUNDS = 10_000
LIMIT = 0.4
"""Seconds of processor time, which other programs hardly lengthen; it takes a tenth to a quarter of it."""


def timed(call: Callable[[], object]) -> float:
    """The shortest of three times, in seconds of processor time."""
    times = []
    for _ in range(3):
        began = time.process_time()
        call()
        times.append(time.process_time() - began)
    return min(times)


@pytest.mark.parametrize("sessions", [1, 100, ROUNDS])
def test_a_year_of_use(library: Library, record: ImageRecord, sessions: int) -> None:
    names = [SessionId(f"2026-01-01_00-{i // 100:02}-{i % 100:02}_0000") for i in range(sessions)]
    rows = [
        (names[n % sessions], _image(record, n, index), f"{n}-{index}.png", float(n))
        for n in range(ROUNDS)
        for index in range(4)
    ]
    queries.put_images(library._db, rows)
    assert sum(s.images for s in library.sessions()) == 4 * ROUNDS

    loaded = library.load_session(names[0])
    assert len(loaded.lineage.rounds) == ROUNDS // sessions
    assert timed(lambda: Library(library.root).close()) < LIMIT
    assert timed(library.sessions) < LIMIT
    assert timed(lambda: library.load_session(names[0])) < LIMIT
    assert timed(lambda: library.search("vermeer artsy")) < LIMIT
    assert timed(lambda: library.search("no such words")) < LIMIT
    assert timed(lambda: [loaded.lineage.children(r) for r in loaded.lineage.rounds]) < LIMIT


def _image(record: ImageRecord, round_number: int, index: int) -> ImageRecord:
    return msgspec.structs.replace(
        record, round_id=f"{round_number:012x}", index=index, prompt=f"{record.prompt} {round_number}", parent=None
    )
