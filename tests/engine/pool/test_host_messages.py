"""What people are told of hosts that cannot be used, or not yet: real commands, and a real sshd."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seedtui import __version__
from seedtui.core.errors import Problem
from seedtui.core.pool.plan import Host, PoolPlan
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.client.distant import start_distant
from seedtui.engine.pool.lane import LaneSpec
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import Hello
from tests.support.hosts import SEEDTUI, Box, boxes
from tests.support.pool_client import PoolClient
from tests.support.pool_floor import Floor
from tests.support.processes import eventually
from tests.support.sshd import lacking

RECIPE = Recipe(steps=2, width=64, height=64)
HOST = LaneSpec("box", "host", Host("box"))


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    if program := lacking():
        pytest.skip(f"not installed: {program}")
    with boxes(tmp_path_factory.mktemp("hosts"), "box", networks=False, environ={"HF_HUB_OFFLINE": "1"}) as (found,):
        yield found


def end_of(host: Host, folder: Path, model: str = "starter") -> p.Event:
    """How a pool ends, or fails to load, that has only that host."""
    with PoolClient(PoolPlan(hosts=(host,), threads=1), folder) as client:
        client.load(RECIPE, model)
        client.wait(lambda: client.all(p.WorkerDied) or client.all(p.LoadFailed))
        ends = [event for event in client.events if isinstance(event, p.WorkerDied | p.LoadFailed)]
        assert client.said == []
        return ends[-1]


def other_program(folder: Path, change: str) -> str:
    """A program there that is seedtui but for `change`."""
    program = folder / "seedtui"
    program.write_text(f"#!{sys.executable}\nimport seedtui\n{change}\nfrom seedtui.cli.main import main\nmain()\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize(
    ("changes", "message", "hint"),
    [
        ({"host": "nowhere.invalid"}, "nowhere.invalid: there is no host of that name", "Check the name in"),
        ({"seedtui": "seedtui"}, "box: seedtui was not found there (", f"Install seedtui {__version__} there"),
        ({"command": "sssh {host}"}, "box: cannot run sssh: No such file", "change the command of box"),
        ({"command": "ssh '{host}"}, "box: the command of host box cannot be read", ""),
        ({"command": "yes {host}"}, "box: the worker sent an invalid message: the first", "Check that its command"),
    ],
)  # fmt: skip
def test_what_can_never_work_is_told_at_once(
    changes: dict[str, str], message: str, hint: str, box: Box, tmp_path: Path
) -> None:
    died = end_of(box.host(**changes), tmp_path)
    assert isinstance(died, p.WorkerDied)
    assert died.problem.message.startswith(message), died
    assert hint in died.problem.hint


@pytest.mark.parametrize(
    ("key", "message"),
    [("IdentityFile", "box: login failed: "), ("UserKnownHostsFile", "box: ssh does not know its host key")],
)
def test_a_login_that_is_refused_and_a_host_whose_key_is_unknown(
    key: str, message: str, box: Box, tmp_path: Path
) -> None:
    lines = [f"  {key} /nowhere" if key in line else line for line in box.config.read_text().splitlines()]
    (tmp_path / "config").write_text("\n".join(lines))
    died = end_of(box.host(command=box.command.replace(str(box.config), str(tmp_path / "config"))), tmp_path)
    assert isinstance(died, p.WorkerDied) and died.problem.message.startswith(message), died


def test_another_version_there_is_told_with_both(box: Box, tmp_path: Path) -> None:
    died = end_of(box.host(seedtui=other_program(tmp_path, "seedtui.__version__ = '0.0.1'")), tmp_path)
    assert died.problem.message == f"box: seedtui 0.0.1 there, {__version__} here: install the same version"


def test_a_version_without_workers_for_others_is_told_as_old(box: Box, tmp_path: Path) -> None:
    old = "import sys; print('Error: No such option: --stdio', file=sys.stderr); sys.exit(2)"
    died = end_of(box.host(seedtui=other_program(tmp_path, old)), tmp_path)
    assert died.problem.message == "box: seedtui there is older than this one"


def test_a_model_that_is_missing_there_is_told_with_what_to_run(box: Box, tmp_path: Path) -> None:
    failed = end_of(box.host(), tmp_path, "ana/cats")
    assert isinstance(failed, p.LoadFailed)
    assert failed.problem.message == "box: model ana/cats is not there"
    assert failed.problem.hint == "Run there: seedtui models --download ana/cats"
    assert eventually(lambda: not box.processes())


def test_a_shell_that_greets_is_listened_to(box: Box, tmp_path: Path) -> None:
    greeting = box.command.replace("{seedtui}", "'echo Welcome to $(hostname); exec {seedtui}").replace(
        "--stdio", "--stdio'"
    )
    connection = start_distant(
        [word.format(host="box", seedtui=SEEDTUI) for word in shlex.split(greeting)], tmp_path / "log"
    )
    assert isinstance(next(connection.events()), Hello)
    connection.close()


def test_what_fails_again_and_again_is_told_once(tmp_path: Path) -> None:
    tries = tmp_path / "tries"
    script = tmp_path / "launch"
    script.write_text(f"#!/bin/sh\necho x >> {tries}\necho no route to $1 >&2\nexit 1\n")
    script.chmod(0o755)
    with PoolClient(PoolPlan(hosts=(Host("box", command=f"{script} {{host}}"),)), tmp_path) as client:
        assert eventually(lambda: tries.exists() and len(tries.read_text().split()) == 3)
        client.wait(lambda: client.state("box") == "away")
        assert client.said == ["box: no route to box"]
        assert client.workers["box"].why == "no route to box"
        assert not client.ended


@pytest.mark.slow
def test_any_command_can_carry_the_messages(tmp_path: Path, home: Path) -> None:
    script = tmp_path / "srun"
    script.write_text('#!/bin/sh\n[ "$1 $2" = "-w node7" ] || exit 3\nshift 2\necho srun: job started >&2\n"$@"\n')
    script.chmod(0o755)
    plain = Host("plain", command="{seedtui} worker --stdio", seedtui=SEEDTUI)
    srun = Host("node7", command=f"{script} -w {{host}} {{seedtui}} worker --stdio", seedtui=SEEDTUI)
    with PoolClient(PoolPlan(hosts=(plain, srun), threads=1), tmp_path) as client:
        client.load(RECIPE)
        client.wait(lambda: [client.state("plain"), client.state("node7")] == ["ready", "ready"])
        client.run(round_ := explore("a cat", range(16), RECIPE))
        assert len(client.hashes(round_)) == 16
        assert {image.record.worker for image in client.images(round_)} == {"plain", "node7"}
        assert client.said == []


# --- how often it is tried


def host_floor() -> Floor:
    """A pool of one host."""
    floor = Floor([HOST])
    floor.workers.load(p.Load("starter", "/starter"))
    return floor


def lose(floor: Floor, *, lasting: bool = False) -> None:
    """Its connection ends."""
    lane = floor.lanes[1]
    floor.say(lane, p.WorkerDied(Problem("engine", "no route"), lasting))
    if lane.retry_at is not None:
        floor.now = lane.retry_at
        floor.workers.look_at_the_clock()


def test_a_host_that_was_never_reached_is_no_hope_after_a_while_and_one_that_was_is() -> None:
    never = host_floor()
    for _ in range(5):
        lose(never)
    assert not never.workers.is_dead
    lose(never)
    assert never.workers.is_dead
    assert [event.problem.message for event in never.told if isinstance(event, p.WorkerDied)] == ["box: no route"]

    once = host_floor()
    once.lanes[1].has_answered = True
    for _ in range(50):
        lose(once)
    assert not once.workers.is_dead
    assert [event for event in once.told if isinstance(event, p.Told)] == [
        p.Told("box: no route", passing=True, of_workers=True, worker="box")
    ]


def test_what_would_fail_again_is_not_tried_again_soon() -> None:
    never = host_floor()
    lose(never, lasting=True)
    assert never.workers.is_dead and never.lanes[1].state == "failed"
    once = host_floor()
    once.lanes[1].has_answered = True
    lose(once, lasting=True)
    assert not once.workers.is_dead and once.now >= 300
