"""Messages come out of a socket as they went in, and nothing else does."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.errors import EngineError, Problem
from seedtui.core.images.environment import Environment
from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Pick, Round, Shot
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
NUMBER = st.integers(0, 2**31)
SEED = st.integers(0, 2**64 - 1)
FLOAT = st.floats(allow_nan=False)
KIND = st.sampled_from(["explore", "refine"])

recipes = st.builds(
    Recipe, model=TEXT, revision=st.none() | TEXT, steps=st.none() | NUMBER, guidance=st.none() | FLOAT,
    negative=st.none() | TEXT, batch_size=NUMBER, generator_device=st.sampled_from([None, "cpu"]),
)  # fmt: skip
picks = st.builds(Pick, TEXT, NUMBER, TEXT)
shots = st.lists(st.builds(Shot, NUMBER, SEED, TEXT), max_size=5).map(tuple)
rounds = st.builds(Round, id=TEXT, kind=KIND, prompt=TEXT, shots=shots, recipe=recipes, parent=st.none() | picks)
environments = st.builds(Environment, gpu=TEXT, torch=TEXT, tf32=st.booleans(), threads=NUMBER)
records = st.builds(
    ImageRecord, kind=KIND, prompt=TEXT, suffix=TEXT, seed=SEED, slot=NUMBER, recipe=recipes,
    environment=environments, sha256=TEXT, round_id=TEXT, index=NUMBER, parent=st.none() | picks,
    notes=st.lists(TEXT, max_size=3).map(tuple),
)  # fmt: skip
problems = st.builds(Problem, st.sampled_from(["input", "file", "model", "engine"]), TEXT, TEXT)
previews = st.lists(st.builds(p.Preview, NUMBER, NUMBER, NUMBER, st.binary(max_size=64)), max_size=3).map(tuple)

requests = st.one_of(
    st.builds(p.Load, TEXT, TEXT, st.none() | TEXT, st.none() | TEXT, NUMBER),
    st.builds(p.Run, rounds),
    st.builds(p.Cancel, TEXT),
    st.builds(p.CountTokens, NUMBER, st.lists(TEXT, max_size=4).map(tuple)),
    st.builds(p.Finish, TEXT, NUMBER),
    st.sampled_from([p.Park(), p.Ping(), p.Quit()]),
)
events = st.one_of(
    st.builds(p.Loading, TEXT, NUMBER, NUMBER),
    st.builds(p.LoadFailed, problems),
    st.builds(p.Step, TEXT, NUMBER, NUMBER, FLOAT, previews),
    st.builds(p.ImageReady, TEXT, NUMBER, NUMBER, NUMBER, st.binary(max_size=300), records),
    st.builds(p.RoundDone, TEXT, FLOAT),
    st.builds(p.RoundCancelled, TEXT, NUMBER, FLOAT),
    st.builds(p.Parked, NUMBER, TEXT),
    st.builds(p.Memory, NUMBER, NUMBER, NUMBER),
    st.builds(p.Pong, FLOAT),
    st.builds(p.RoundFailed, TEXT, problems),
)


@contextlib.contextmanager
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


@given(st.lists(requests, min_size=1, max_size=3))
def test_requests_arrive_as_they_were_sent(messages: list[p.Request]) -> None:
    with pair() as (client, worker):
        for message in messages:
            framing.send(client, message)
        assert [framing.receive_request(worker) for _ in messages] == messages
        client.close()
        assert framing.receive_request(worker) is None


@given(st.lists(events, min_size=1, max_size=3))
def test_events_arrive_as_they_were_sent(messages: list[p.Message]) -> None:
    with pair() as (client, worker):
        for message in messages:
            framing.send(worker, message)
        assert [framing.receive_event(client) for _ in messages] == messages


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_ends(garbage: bytes) -> None:
    with pair() as (client, worker):
        client.sendall(garbage)
        client.close()
        with contextlib.suppress(EngineError):
            while framing.receive_request(worker) is not None:
                pass


@given(requests, st.data())
def test_a_frame_that_is_cut_off_is_the_end(message: p.Request, data: st.DataObject) -> None:
    with pair() as (client, worker):
        framing.send(client, message)
        frame = worker.recv(2**20)
        client.sendall(frame[: data.draw(st.integers(0, len(frame) - 1))])
        client.close()
        assert framing.receive_request(worker) is None


def test_a_frame_that_is_too_long_is_refused_before_it_is_read() -> None:
    with pair() as (client, worker):
        client.sendall(struct.pack(">I", framing.MAX_FRAME + 1))
        with pytest.raises(EngineError, match="too large"):
            framing.receive_request(worker)


def test_an_event_is_no_request() -> None:
    with pair() as (client, worker):
        framing.send(client, p.RoundDone("x", 1.0))
        with pytest.raises(EngineError, match="cannot be decoded"):
            framing.receive_request(worker)
