"""The app killed at random moments of its rounds: what it had called done is there, and the rest is made again."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seedtui.engine.fake import image
from seedtui.library.images.png import pixels_intact, read_png
from seedtui.library.library import Library
from seedtui.library.sessions import SessionId
from tests.support.programs import program

pytestmark = pytest.mark.slow

Kill = Callable[[str, int, float, int], tuple[int, list[list[str]]]]


@pytest.fixture
def kill(tmp_path: Path) -> Iterator[Kill]:
    """Runs the app and ends it with a signal: its exit code, and what it had said."""
    command = [*program("killable_app"), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def once(session: str, events: int, seconds: float, number: int) -> tuple[int, list[list[str]]]:
            print(session, events, seconds, int(number), file=process.stdin, flush=True)
            code, heard, trace = process.stdout.readline().split()
            assert trace == "False"
            assert int(heard) >= events, "it never came so far"
            lines = (tmp_path / "said").read_text().splitlines(keepends=True)
            return int(code), [line.split() for line in lines if line.endswith("\n")]

        with contextlib.ExitStack() as stack:
            stack.callback(process.stdin.close)
            yield once


def check(root: Path, said: list[list[str]], ever: dict[tuple[str, int], str]) -> SessionId:
    """What the app had called done is there and whole, also what any run before had; the session."""
    ever |= {(words[1], int(words[2])): words[3] for words in said if words[0] == "image"}
    with Library(root) as library:
        assert library.notice == ""
        session = library.sessions()[0].id
        found = library.load_session(session)
        for place, sha256 in ever.items():
            assert found.images[place].sha256 == sha256
        for (round_id, index), stored in found.images.items():
            picture, record = read_png(stored.path)
            assert pixels_intact(picture, record)
            # what the round makes when it is not disturbed
            assert stored.sha256 == image(found.lineage.get(round_id), index).record.sha256
        assert {words[1] for words in said if words[0] == "step"} <= set(found.status)  # journaled before they ran
        ended = {words[1] for words in said if words[0] == "end"}
        assert {found.status[round_id] for round_id in ended} <= {"done"}
        assert set(found.status.values()) <= {"done", "unfinished"}
        assert not list(library.pictures.rglob("*.tmp"))
    return session


def test_thirty_kills_lose_nothing(kill: Kill, tmp_path: Path) -> None:
    chance = random.Random(5)
    session, ever, mended = "-", {}, 0
    for _ in range(30):
        before = unfinished(tmp_path / "library")
        events = chance.randint(2, 16)
        code, said = kill(session, events, chance.uniform(0, 0.03), signal.SIGKILL)
        assert code == -signal.SIGKILL
        session = check(tmp_path / "library", said, ever)
        mended += len(before - unfinished(tmp_path / "library"))
    assert len(ever) > 60
    assert mended >= 10  # rounds that a kill had cut off, and ctrl+r made whole


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_signals_end_it_in_order(kill: Kill, tmp_path: Path, number: signal.Signals) -> None:
    chance = random.Random(number)
    session, ever = "-", {}
    for _ in range(4):
        code, said = kill(session, chance.randint(4, 12), chance.uniform(0, 0.03), number)
        assert code == 128 + number
        session = check(tmp_path / "library", said, ever)
        assert list((tmp_path / "library" / "open").iterdir()) == []  # the library was given back


def unfinished(root: Path) -> set[str]:
    """The rounds that were cut off."""
    with Library(root) as library:
        sessions = library.sessions()
        status = library.load_session(sessions[0].id).status if sessions else {}
    return {round_id for round_id, how in status.items() if how == "unfinished"}
