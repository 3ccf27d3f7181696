"""The worker as its client sees it: cancelled, killed, and told nonsense."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.wire import protocol as p
from tests.support.worker_client import ENDS, WorkerClient

LONG = Recipe(steps=900)
SHORT = explore("a cat", range(4), Recipe(steps=3))


def test_a_round_tells_of_every_step_and_image(worker_client: WorkerClient) -> None:
    events = worker_client.run(SHORT)
    steps = [event.step for event in events if isinstance(event, p.Step)]
    assert steps == list(range(1, steps[-1] + 1))
    assert [type(event) for event in events if not isinstance(event, p.Step)] == [p.ImageReady] * 4 + [p.RoundDone]


def test_a_log_whose_disk_is_full_stops_nothing(models: dict[str, Path], tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    log.symlink_to("/dev/full")
    worker_client = WorkerClient(log)
    try:
        assert isinstance(worker_client.load(models["sd"]), p.Loaded)
        assert len(worker_client.hashes(SHORT)) == 4
    finally:
        worker_client.worker.close()
    assert [event for event in worker_client.rest() if isinstance(event, p.WorkerDied)] == []


def test_a_cancelled_round_stops_and_the_next_is_as_ever(worker_client: WorkerClient) -> None:
    before = worker_client.hashes(SHORT)
    long = explore("a cat", range(4), LONG)
    worker_client.worker.send(p.Run(long))
    worker_client.until((p.Step,))
    worker_client.worker.send(p.Cancel(long.id))
    last = worker_client.until(ENDS)[-1]
    assert isinstance(last, p.RoundCancelled)
    assert last.step < 900
    assert worker_client.hashes(SHORT) == before


def test_cancel_stops_within_one_step(models: dict[str, Path]) -> None:
    pipeline = Pipeline.load(p.Load("sd", str(models["sd"])), lambda event: None)
    events: list[p.Message] = []
    pipeline.run(
        explore("a cat", range(4), LONG), events.append, lambda: sum(isinstance(e, p.Step) for e in events) >= 5
    )
    assert [type(event) for event in events] == [p.Step] * 5 + [p.RoundCancelled]


def test_a_round_that_is_cancelled_before_it_starts_makes_nothing(worker_client: WorkerClient) -> None:
    one, two = explore("a cat", range(4), LONG), explore("a dog", range(4), LONG)
    worker_client.worker.send(p.Run(one))
    worker_client.worker.send(p.Run(two))
    worker_client.worker.send(p.Cancel(two.id))
    worker_client.worker.send(p.Cancel(one.id))
    worker_client.until(ENDS)
    last = worker_client.until(ENDS)
    assert [(type(event), event.round_id, event.step) for event in last] == [(p.RoundCancelled, two.id, 0)]


def test_killed_in_mid_round_it_is_told_and_another_makes_the_same(
    worker_client: WorkerClient, new_talk: Callable[[], WorkerClient], models: dict[str, Path]
) -> None:
    expected = worker_client.hashes(SHORT)
    victim = new_talk()
    victim.load(models["sd"])
    victim.worker.send(p.Run(explore("a cat", range(4), LONG)))
    victim.until((p.Step,))
    os.kill(victim.worker.pid, signal.SIGKILL)
    died = victim.until((p.WorkerDied,))[-1]
    assert isinstance(died, p.WorkerDied)
    assert "killed" in died.problem.message
    victim.worker.send(p.Run(SHORT))  # a dead worker takes everything
    heir = new_talk()
    heir.load(models["sd"])
    assert heir.hashes(SHORT) == expected


def test_nonsense_ends_the_worker_and_the_client_is_told(new_talk: Callable[[], WorkerClient]) -> None:
    for nonsense in (b"GET / HTTP/1.1\r\n\r\n", b"\0\0\0\4\xc1\xc1\xc1\xc1", b"\0\0\0\1\x80"):
        worker_client = new_talk()
        worker_client.worker._sock.sendall(nonsense)
        died = worker_client.until((p.WorkerDied,))[-1]
        assert isinstance(died, p.WorkerDied)
        assert "a message" in died.problem.message


def test_a_closed_worker_says_no_more(new_talk: Callable[[], WorkerClient]) -> None:
    worker_client = new_talk()
    worker_client.worker.close()
    worker_client.worker.close()
    assert list(worker_client.worker.events()) == []


def test_a_round_before_a_model_fails_and_the_worker_goes_on(new_talk: Callable[[], WorkerClient]) -> None:
    worker_client = new_talk()
    for _ in range(2):
        failed = worker_client.run(SHORT)[-1]
        assert isinstance(failed, p.RoundFailed)
        assert "no model is loaded" in failed.problem.message


def test_only_the_batch_that_holds_an_image_is_made(models: dict[str, Path]) -> None:
    pipeline = Pipeline.load(p.Load("sd", str(models["sd"])), lambda event: None)
    round_ = explore("a cat", range(12), Recipe(steps=3))
    whole: list[p.Message] = []
    pipeline.run(round_, whole.append, lambda: False)
    expected = {e.index: e.record.sha256 for e in whole if isinstance(e, p.ImageReady)}

    def made(only: int, asked_after: int) -> tuple[dict[int, str], p.Message]:
        events: list[p.Message] = []
        asked = lambda: only if sum(isinstance(e, p.Step) for e in events) >= asked_after else None  # noqa: E731
        pipeline.run(round_, events.append, lambda: False, asked)
        return {e.index: e.record.sha256 for e in events if isinstance(e, p.ImageReady)}, events[-1]

    for only, asked_after, kept in ((1, 1, range(4)), (5, 1, range(4, 8)), (9, 4, (0, 1, 2, 3, 8, 9, 10, 11))):
        images, last = made(only, asked_after)
        assert images == {index: expected[index] for index in kept}
        assert isinstance(last, p.RoundCancelled)
    assert isinstance(made(9, 8)[1], p.RoundDone)  # nothing is left to leave out


def test_a_worker_leaves_the_rest_out_and_says_how_soon_it_stopped(worker_client: WorkerClient) -> None:
    round_ = explore("a cat", range(8), Recipe(steps=40))
    worker_client.worker.send(p.Run(round_))
    worker_client.until((p.Step,))
    worker_client.worker.send(p.Finish(round_.id, 2))
    events = worker_client.until(ENDS)
    assert [e.index for e in events if isinstance(e, p.ImageReady)] == [0, 1, 2, 3]
    assert isinstance(events[-1], p.RoundCancelled)
    assert events[-1].seconds == 0  # nobody cancelled it
    worker_client.worker.send(p.Run(round_))
    worker_client.until((p.Step,))
    worker_client.worker.send(p.Cancel(round_.id))
    cancelled = worker_client.until(ENDS)[-1]
    assert isinstance(cancelled, p.RoundCancelled)
    assert cancelled.seconds > 0
