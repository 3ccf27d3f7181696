"""Killed at random moments of scouting, culling and finishing: nothing that was called done is lost or made twice."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

from seedtui.engine.fake import image
from seedtui.library.images.png import pixels_intact, read_png
from seedtui.library.library import Library
from seedtui.library.sessions import Session
from tests.support.killable_scout import KEPT, SEEDS
from tests.support.programs import program

KILLS = 12


def test_kills_lose_nothing_and_make_nothing_twice(tmp_path: Path) -> None:
    chance = random.Random(7)
    kills, completed = 0, False
    with subprocess.Popen(
        [*program("killable_scout"), str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        while not completed:
            seconds = chance.uniform(0.05, 0.4) if kills < KILLS else 60.0
            print(seconds, file=process.stdin, flush=True)
            completed = process.stdout.readline().strip() == "complete"
            kills += not completed
            assert kills <= KILLS
            check(tmp_path)
        process.stdin.close()
    session = check(tmp_path)
    scouted, *finishing = (session.rounds[round_.id] for round_ in session.lineage.rounds)
    assert (scouted.status, len(scouted.on_disk)) == ("done", SEEDS)
    assert (scouted.starred, scouted.rejected) == (KEPT, frozenset(index + 1 for index in KEPT))
    assert scouted.seen == frozenset(range(SEEDS))
    finished = [stored.round.shots[index].seed for stored in finishing for index in stored.on_disk]
    assert sorted(finished) == sorted(KEPT)
    assert not list(tmp_path.glob("library/pictures/*/saved/*"))  # it is over


def check(home: Path) -> Session:
    """What any run had called done is there, whole, and was not made again after that, except within its call."""
    lines = [line.split() for line in (home / "said").read_text().splitlines(keepends=True) if line.endswith("\n")]
    with Library(home / "library") as library:
        assert library.notice == ""
        session = library.load_session(library.sessions()[0].id) if library.sessions() else None
    done: dict[tuple[str, int], str] = {}
    for word, *rest in lines:
        if word == "made":
            call = int(rest[1]) // 4 * 4
            others = [(rest[0], index) for index in range(call, call + 4)]
            assert not all(other in done for other in others), "made twice"
        elif word == "image":
            done[rest[0], int(rest[1])] = rest[2]
    culled = [int(rest[0]) for word, *rest in lines if word == "culled"]
    if session is None:
        assert not done
        return Session(id="", lineage=None, rounds={}, images={})
    for place, sha256 in done.items():
        assert session.images[place].sha256 == sha256
    for (round_id, index), stored in session.images.items():
        assert pixels_intact(*read_png(stored.path))
        assert stored.sha256 == image(session.rounds[round_id].round, index).record.sha256
    for index in culled:
        scouted = session.rounds[session.lineage.rounds[0].id]
        assert index in scouted.starred and index + 1 in scouted.rejected and index + 4 in scouted.seen
    return session
