"""The options that say which workers make the images, and the plan that results."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from seedtui.cli.declaration import Function, one_of, option
from seedtui.cli.messages import tell
from seedtui.cli.options import RecipeChanges
from seedtui.core.errors import InputError
from seedtui.core.pool.noise import DRAWN_ON_CPU, portable_noise
from seedtui.core.pool.plan import (
    COMMANDS,
    Host,
    PoolPlan,
    check_command,
    check_host,
    check_ray,
    parse_workers,
)
from seedtui.core.recipes.recipe import Recipe

POOL_GROUP = "Workers"

_OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "workers": ("--workers", {
        "metavar": "N", "shell_complete": one_of(["all", "free"]),
        "help": "Workers of this machine: a number, all (one for each GPU), free (one for each GPU that "
                "nobody else uses), or gpu:0,2. Default: one.",
    }),
    "hosts": ("--host", {
        "metavar": "USER@BOX", "multiple": True,
        "help": "Another machine that makes images, over SSH. Repeatable. This one takes part only with --workers.",
    }),
    "via": ("--via", {
        "metavar": "COMMAND", "shell_complete": one_of(COMMANDS),
        "help": "How to reach the hosts of --host: ssh, srun or kubectl, perhaps with options, or a command with "
                "{host} and {seedtui}. Default: the settings, or else ssh.",
    }),
    "ray": ("--ray", {
        "metavar": "ADDRESS", "shell_complete": one_of(["auto", "local"]),
        "help": "A Ray cluster that makes images: its address, auto, or local to start one here.",
    }),
    "mixed": ("--mixed", {
        "is_flag": True,
        "help": "Let workers of different kinds share a round; its images may then differ in their low bits.",
    }),
}  # fmt: skip
"""The flag and the settings of each, by the name of its parameter."""


class PoolOptions(NamedTuple):
    """What was given on a command line: None, empty or False where nothing was.

    `mixed` is None for a command whose rounds are always made by like workers.
    """

    workers: str | None = None
    hosts: tuple[str, ...] = ()
    via: str | None = None
    ray: str | None = None
    mixed: bool | None = False

    def over(self, plan: PoolPlan) -> PoolPlan:
        """`plan`, which is that of the settings, with what was given in its place.

        Who works is given as a whole: with any of --workers, --host and --ray, the settings' workers, hosts and Ray
        cluster do not take part. They only describe hosts, and say which GPUs are meant by a number.

        Raises:
            InputError: a value cannot be used.
        """
        mixed = self.mixed is not None and (self.mixed or plan.mixed)
        if self.via is not None and not self.hosts:
            raise InputError("--via needs a host", "Add --host NAME")
        if self.workers is None and not self.hosts and self.ray is None:
            return msgspec.structs.replace(plan, mixed=mixed)
        workers, devices = parse_workers(self.workers) if self.workers is not None else (None, ())
        if workers is not None and workers > 1:
            devices = plan.devices
        hosts = hosts_named(self.hosts, self.via, plan)
        found = PoolPlan(workers, devices, hosts, self._ray, plan.threads, mixed)
        if not (found.has_local or found.hosts or found.ray):
            raise InputError("--workers 0 leaves no worker", "Add --host or --ray, or use --workers 1")
        return found

    @property
    def _ray(self) -> str:
        return check_ray(self.ray) if self.ray is not None else ""


def hosts_named(names: Iterable[str], via: str | None, plan: PoolPlan) -> tuple[Host, ...]:
    """The hosts of these `names`, as the settings describe them in `plan`, and reached by the command `via` if given.

    Raises:
        InputError: a name or the command cannot be used.
    """
    hosts = tuple(_named(name, plan.hosts) for name in dict.fromkeys(names))
    if via is None:
        return hosts
    return tuple(msgspec.structs.replace(host, command=check_command(via)) for host in hosts)


def _named(name: str, known: Sequence[Host]) -> Host:
    """The host of that name; what the settings say of it holds with and without a user, if it is the only one."""
    check_host(name)
    same = [host for host in known if host.host == name]
    alike = [host for host in known if _bare(host.host) == _bare(name) and not ("@" in host.host and "@" in name)]
    found = same or alike
    if len(found) != 1:
        return Host(name)
    return msgspec.structs.replace(found[0], host=name if "@" in name else found[0].host)


def _bare(name: str) -> str:
    """The name without a user."""
    return name.rpartition("@")[2]


def host_options(function: Function) -> Callable[..., Any]:
    """Decorates a command that takes --host and --via: they come in as `hosts` and `via`."""
    for name in ("via", "hosts"):
        flag, settings = _OPTIONS[name]
        about = {"help": "A host to check. Repeatable. Default: those of the settings."} if name == "hosts" else {}
        function = option(flag, name, group=POOL_GROUP, **{**settings, **about})(function)
    return function


def pool_options(*, mixed: bool = True) -> Callable[[Function], Callable[..., Any]]:
    """Decorates a command that takes these options: what is given comes in as `pool`. Without `mixed`, not --mixed."""
    chosen = {name: about for name, about in _OPTIONS.items() if mixed or name != "mixed"}

    def decorate(function: Function) -> Callable[..., Any]:
        @functools.wraps(function)
        def with_pool(**values: Any) -> Any:
            found = {"mixed": None, **{name: values.pop(name) for name in chosen}}
            return function(pool=PoolOptions(**found), **values)

        for name, (flag, settings) in reversed(chosen.items()):
            option(flag, name, group=POOL_GROUP, **settings)(with_pool)
        return with_pool

    return decorate


def with_portable_noise(recipe: Recipe, plan: PoolPlan, changes: RecipeChanges) -> Recipe:
    """`recipe` with noise that is the same on all workers of `plan`; tells it. `changes` may say where it is drawn."""
    found = recipe if "generator_device" in changes.given else portable_noise(recipe, plan)
    if found != recipe:
        tell(f"{DRAWN_ON_CPU}.")
    return found
