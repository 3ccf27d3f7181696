"""The client's end, over a socket whose other end says anything."""

from __future__ import annotations

import socket
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.client.connection import Connection
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p

FRAMED = st.binary(max_size=60).map(lambda body: len(body).to_bytes(4, "big") + body)


class Gone:
    """A process that only remembers that it was ended."""

    pid, killed = 1, False

    def kill(self) -> None:
        self.killed = True

    def wait(self) -> int | None:
        return None


def connected(*, stays: bool = False) -> tuple[Connection, Gone, socket.socket]:
    ours, theirs = socket.socketpair()
    process = Gone()
    return Connection(process, ours, Path("/nowhere"), stays=stays), process, theirs


@given(st.binary(max_size=100) | FRAMED, st.integers(0, 2))
@example(b"\xff\xff\xff\xff", 0)
@example(b"\0\0\0\1\xc1", 1)
def test_whatever_a_worker_says_ends_in_its_death_and_no_thread_of_ours_fails(nonsense: bytes, before: int) -> None:
    connection, _process, theirs = connected()
    step = p.Step("r", 1, 2, 0.5)
    with theirs:
        for _ in range(before):
            framing.send(theirs, step)
        theirs.sendall(nonsense)
    *told, last = connection.events()
    assert told[:before] == [step] * before
    assert isinstance(last, p.WorkerDied)


def test_what_cannot_be_sent_is_answered_and_what_follows_is_sent() -> None:
    connection, _process, theirs = connected()
    round_ = explore("a cat", range(4), Recipe())
    with theirs:
        connection.send(p.Load("x", "/models/\udcff"))
        connection.send(p.Run(round_, saved="/pictures/\udcff"))
        connection.send(p.Park())
        failed, refused = (next(connection.events()) for _ in range(2))
        assert isinstance(failed, p.LoadFailed) and "not UTF-8" in failed.problem.message
        assert isinstance(refused, p.RoundFailed) and refused.round_id == round_.id
        assert framing.receive_request(theirs) == p.Park()
        connection.close()


def test_a_worker_that_stays_is_hung_up_on_and_not_ended() -> None:
    for stays in (True, False):
        connection, process, theirs = connected(stays=stays)
        with theirs:
            connection.close()
            connection.close()
            assert process.killed is not stays
            assert theirs.recv(1) == b""
        assert list(connection.events()) == []


def test_a_silent_worker_is_ended_even_if_it_would_stay() -> None:
    connection, process, theirs = connected(stays=True)
    with theirs:
        connection._heartbeat.silent = True
        connection.close()
    assert process.killed


def test_nothing_that_is_asked_of_a_worker_that_does_not_read_waits() -> None:
    connection, _process, theirs = connected()
    with theirs:
        for _ in range(100):
            connection.send(p.CountTokens(1, ("x" * 100_000,)))
        connection.kill()
