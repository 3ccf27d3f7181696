"""The settings of the pool: what is read, and how each mistake is told."""

from __future__ import annotations

import re

import pytest

from seedtui.core.config.settings import Config, all_keys, parse_config, value_of, variable_of
from seedtui.core.errors import InputError
from seedtui.core.pool.noise import portable_noise
from seedtui.core.pool.plan import Host, PoolPlan
from seedtui.core.recipes.recipe import Recipe

FILE = """\
[pool]
workers = 2
devices = [0, 3]
threads = 4
ray = "auto"
mixed = true

[[hosts]]
host = "ana@box"

[[hosts]]
host = "cluster"
command = "srun {seedtui} worker --stdio"
seedtui = "~/bin/seedtui"
devices = "free"
workers = 3
"""


def test_the_tables_are_read() -> None:
    config = parse_config(FILE, {})
    hosts = (
        Host("ana@box"),
        Host("cluster", "srun {seedtui} worker --stdio", "~/bin/seedtui", "free", 3),
    )
    assert config.pool == PoolPlan(2, (0, 3), hosts, "auto", 4, True)
    assert {key: origin.where for key, origin in config.origins.items()} == {
        "pool.workers": "config.toml:2", "pool.devices": "config.toml:3", "pool.threads": "config.toml:4",
        "pool.ray": "config.toml:5", "pool.mixed": "config.toml:6", "hosts.1": "config.toml:8",
        "hosts.2": "config.toml:11",
    }  # fmt: skip
    values = {key: value_of(config, key) for key in all_keys(config)}
    assert values["pool.devices"] == (0, 3)
    assert values["hosts.1"] == {"host": "ana@box"}
    assert values["hosts.2"]["workers"] == 3
    assert Config().pool == PoolPlan()
    assert not PoolPlan().is_pool


def test_workers_may_be_all_or_free() -> None:
    assert parse_config('[pool]\nworkers = "all"\n', {}).pool == PoolPlan(devices="all")
    config = parse_config("[pool]\nworkers = 'gpu:0,2'\n", {})
    assert config.pool == PoolPlan(devices=(0, 2))
    assert {key: origin.where for key, origin in config.origins.items()} == {"pool.devices": "config.toml:2"}
    assert parse_config("", {"SEEDTUI_WORKERS": "free"}).pool == PoolPlan(devices="free")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('seedtui = ""', "it is empty. Leave it out"),
        ('command = "ssh \'{host}"', "has an open quote"),
        ('command = "ssh {node} {seedtui}"', "contains {node}, which has no meaning"),
        ('command = "slurm"', "cannot start a worker"),
    ],
)
def test_a_host_that_cannot_work_is_refused_with_its_line(lines: str, told: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)) as error:
        parse_config(f'[[hosts]]\nhost = "box"\n{lines}\n', {})
    assert str(error.value).startswith("config.toml:3: ")


def test_variables() -> None:
    environ = {"SEEDTUI_WORKERS": "3", "SEEDTUI_DEVICES": "0,2", "SEEDTUI_MIXED": "true", "SEEDTUI_RAY": "box:6379"}
    assert parse_config(FILE, environ).pool == PoolPlan(
        3, (0, 2), parse_config(FILE, {}).pool.hosts, "box:6379", 4, True
    )
    assert parse_config("", {"SEEDTUI_DEVICES": "free"}).pool.devices == "free"
    assert variable_of("pool.threads") == "SEEDTUI_THREADS"
    assert variable_of("hosts.1") == ""
    with pytest.raises(InputError, match="SEEDTUI_DEVICES: “a” does not name GPUs"):
        parse_config("", {"SEEDTUI_DEVICES": "a"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[pool]\nworkers = 'x'", "config.toml:2: pool.workers: “x” is not a number of workers. Use 0 to 256, all"),
        ("[pool]\nworker = 2", "config.toml:2: pool.worker: unknown key. Did you mean workers"),
        ("[pool]\nworkers = 999", "config.toml:2: pool.workers: expected int <= 256"),
        (
            "[pool]\ndevices = 'some'",
            "config.toml:2: pool.devices: “some” does not name GPUs. Use all, free, or [0, 2]",
        ),
        ("[pool]\ndevices = ['a']", 'config.toml:2: pool.devices: ["a"] does not name GPUs'),
        ("[pool]\ndevices = [1, 1]", "config.toml:2: pool.devices: GPUs 1, 1 cannot be used. Name each GPU once"),
        ("[pool]\nmixed = 1", "config.toml:2: pool.mixed: unknown value “1”. Use true or false"),
        ("pool = 3", "config.toml:1: pool: expected a table"),
        ("hosts = 3", "config.toml:1: hosts: expected tables. Write [[hosts]]"),
        ("[hosts]\nhost = 'a'", "config.toml:1: hosts: expected tables"),
        ("[[hosts]]\nhost = 'a'\n\n[[hosts]]\nhost = 'a'", "config.toml:4: hosts.2: “a” is named twice"),
        ("[[hosts]]\nhost = 'a'\n[[hosts]]\nhost = '-oX'", "config.toml:4: hosts.2.host: “-oX” is not a host"),
        ("[[hosts]]\ncommand = 'ssh'", "config.toml:1: hosts.1: this table has no host"),
        ("[[hosts]]\nhost = 'a'\nworkers = 0", "config.toml:3: hosts.1.workers: expected int >= 1"),
        ("[[hosts]]\nhost = 'a'\nvia = 'srun'", "config.toml:3: hosts.1.via: unknown key. Did you mean command"),
        (
            "[[hosts]]\nhost = 'box:22'",
            "config.toml:2: hosts.1.host: “box:22” has a port, which goes elsewhere. Use --via",
        ),
        ("[[hosts]]\nhost = 'ana@'", "config.toml:2: hosts.1.host: “ana@” is not a host. Write user@name"),
        ("[[hosts]]\nhost = 'a'\ncomand = ''", "config.toml:3: hosts.1.comand: unknown key. Did you mean command"),
        ("[[hosts]]\nhost = 'a'\ncommand = ' '", "config.toml:3: hosts.1.command: "),
        ("[[host]]\nhost = 'a'", "config.toml:1: host: unknown key. Did you mean hosts"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        parse_config(text, {})
    assert str(error.value).startswith(words)


def test_unlike_workers_draw_noise_where_it_is_the_same() -> None:
    mixed = PoolPlan(workers=2, mixed=True)
    assert portable_noise(Recipe(), mixed).generator_device == "cpu"
    assert portable_noise(Recipe(generator_device="philox"), mixed).generator_device == "philox"
    for plan in (PoolPlan(workers=2), PoolPlan(mixed=True)):
        assert portable_noise(Recipe(), plan) == Recipe()
