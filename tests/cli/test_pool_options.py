"""The options that say who works, and what they put in place of the settings."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from seedtui.app.launch import Launch
from seedtui.cli import options as o
from seedtui.cli.launch import for_mixed_workers
from seedtui.cli.pool_options import PoolOptions, hosts_named
from seedtui.cli.worker.in_order import in_order
from seedtui.core.pool.noise import DRAWN_ON_CPU
from seedtui.core.pool.plan import Host, PoolPlan
from seedtui.core.recipes.recipe import Recipe
from seedtui.library.paths import config_file

from .conftest import Command

BOX = Host("box", command="srun {seedtui} worker --stdio", workers=3)
SETTINGS = PoolPlan(workers=2, devices="free", hosts=(BOX, Host("other")), ray="auto", threads=4)


@pytest.mark.parametrize(
    ("given", "plan"),
    [
        (PoolOptions(), SETTINGS),
        (PoolOptions(workers="1"), PoolPlan(workers=1, threads=4)),
        (PoolOptions(workers="4"), PoolPlan(workers=4, devices="free", threads=4)),
        (PoolOptions(workers="all"), PoolPlan(devices="all", threads=4)),
        (PoolOptions(workers="gpu:0,2"), PoolPlan(devices=(0, 2), threads=4)),
        (PoolOptions(hosts=("box", "new", "box")), PoolPlan(hosts=(BOX, Host("new")), threads=4)),
        (PoolOptions(hosts=("box",), workers="1"), PoolPlan(workers=1, hosts=(BOX,), threads=4)),
        (PoolOptions(hosts=("box",), workers="0"), PoolPlan(workers=0, hosts=(BOX,), threads=4)),
        (PoolOptions(ray="h:1", mixed=True), PoolPlan(ray="h:1", threads=4, mixed=True)),
    ],
)
def test_what_is_given_replaces_who_works(given: PoolOptions, plan: PoolPlan) -> None:
    assert given.over(SETTINGS) == plan


def test_one_worker_is_no_pool_and_hosts_alone_leave_this_machine_out() -> None:
    assert not PoolOptions(workers="1").over(SETTINGS).is_pool
    assert not PoolOptions(hosts=("box",)).over(SETTINGS).has_local
    assert PoolOptions(hosts=("box",), workers="1").over(SETTINGS).has_local
    assert PoolOptions(mixed=None).over(PoolPlan(workers=2, mixed=True)) == PoolPlan(workers=2)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--workers", "many"), "“many” is not a number of workers. Use 0 to 256, all, free, or gpu:0,2."),
        (("--workers", "0"), "--workers 0 leaves no worker. Add --host or --ray, or use --workers 1."),
        (
            ("--host", "-oProxyCommand=x"),
            "“-oProxyCommand=x” is not a host. Write a name that ssh knows, or user@name.",
        ),
        (("--ray", " "), "“ ” is not a Ray cluster. Use auto, local, or HOST:PORT as ray start shows it."),
        (("--via", "srun"), "--via needs a host. Add --host NAME."),
        (
            ("--host", "node7", "--via", "slurm"),
            "“slurm” cannot start a worker. Use ssh, srun, kubectl, or a command with {host}.",
        ),
    ],
)
def test_wrong_words(bare: Command, words: tuple[str, ...], told: str) -> None:
    for command in (("generate", "a cat"), ("scout", "a cat"), ("grid", "a cat", "--axis", "steps=1,2")):
        result = bare(*command, *words)
        assert (result.code, result.err) == (2, f"seedtui: {told}\n")


def test_what_the_settings_say_of_a_host_holds_with_and_without_its_user() -> None:
    plan = PoolPlan(hosts=(Host("ana@box", workers=2), Host("mine", workers=3)))
    assert [host.host for host in hosts_named(("box", "mine"), None, plan)] == ["ana@box", "mine"]
    assert hosts_named(("root@mine",), "srun", plan) == (Host("root@mine", "srun", workers=3),)
    assert hosts_named(("bob@box", "other"), None, plan) == (Host("bob@box"), Host("other"))


def test_the_app_tells_that_noise_is_the_same_everywhere() -> None:
    launch = for_mixed_workers(Launch(pool=PoolPlan(workers=2, mixed=True)))
    assert launch.recipe.generator_device == "cpu"
    assert launch.notices == (DRAWN_ON_CPU,)
    assert for_mixed_workers(Launch()) == Launch()
    assert for_mixed_workers(Launch(pool=PoolPlan(workers=2))).recipe == Recipe()


def test_results_are_shown_in_order() -> None:
    seen: list[int] = []

    def results() -> Iterator[tuple[int, str]]:
        for key in (2, 0, 1):
            seen.append(key)
            yield key, f"{key}"

    shown = in_order((0, 1, 2), results())
    assert next(shown) == (0, "0")
    assert seen == [2, 0]
    assert list(shown) == [(1, "1"), (2, "2")]


def test_a_model_that_is_not_here_is_no_matter_where_others_work(bare: Command) -> None:
    assert "not on this machine" in bare("generate", "a cat", "--model", "nobody/has-this").err
    assert "not on this machine" in bare("generate", "a cat", "--model", "nobody/has-this", "--workers", "2").err
    assert o.model_of(Recipe(model="nobody/has-this"), plan=PoolPlan(hosts=(BOX,))).source == "elsewhere"


def test_doctor_asks_the_hosts_of_the_settings(bare: Command) -> None:
    config_file().parent.mkdir(parents=True, exist_ok=True)
    config_file().write_text(
        f'[[hosts]]\nhost = "box"\ncommand = "{sys.executable} -m seedtui worker --stdio"\nworkers = 2\n'
        '[[hosts]]\nhost = "gone"\ncommand = "false now"\n[[hosts]]\nhost = "odd"\ncommand = "no-such-program {host}"\n'
    )
    checks = {line["name"]: line for line in bare("doctor", "--json").lines}
    assert checks["host box"]["state"] == "ok"
    assert "seedtui" in checks["host box"]["value"]
    assert checks["host gone"]["state"] == checks["host odd"]["state"] == "note"
    assert checks["host gone"]["hint"] == "Try it by hand: false now"
    assert "cannot run no-such-program" in checks["host odd"]["value"]
    asked = {line["name"]: line for line in bare("doctor", "--json", "--host", "box", "--via", "true x").lines}
    assert asked["host box"]["hint"] == "Try it by hand: true x" and "host gone" not in asked
