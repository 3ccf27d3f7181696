"""Which workers a pool has, as the settings and the command line say."""

from __future__ import annotations

import re
import shlex
from typing import Literal

import msgspec

from seedtui.core.errors import InputError, quoted

MAX_WORKERS = 256

Devices = Literal["all", "free"] | tuple[int, ...]
"""GPUs: all of them, those that nobody else uses, or these, by the numbers of nvidia-smi."""

_WORKER = "{seedtui} worker --stdio"

SSH = (
    "ssh -T -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3"
    " -o ControlMaster=no -o ClearAllForwardings=yes -o RemoteCommand=none {host} " + _WORKER
)
"""How a worker is started on a host by ssh.

It never asks for anything, and notices a cut line. What the user's ssh_config may say for a shell is switched off: a
terminal, forwarded ports, a command. An existing master connection is used, as it may have cost a second factor to
make, but none is opened: it would end with this worker and take the others along.
"""

COMMANDS = {
    "ssh": SSH,
    "srun": "srun --overlap --nodes=1 --ntasks=1 --nodelist={host} " + _WORKER,
    "kubectl": "kubectl exec --stdin {host} -- " + _WORKER,
}
"""Commands that have a name."""

SEEDTUI = "seedtui"
"""The program on another machine, if it is on the PATH there."""

_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@:%\[\]-]*")
_RAY = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")


class Host(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another machine. `host` is as ssh takes it: a name, or ``user@name``.

    `command` starts a worker there: a name in `COMMANDS`, perhaps with options, or a command in which {host} and
    {seedtui} stand for those values. `seedtui` is the program there; srun, whose nodes share a file system, takes the
    one that runs here if that is not set. `devices` are the GPUs to use; a host without any runs `workers` workers on
    its CPU.
    """

    host: str
    command: str = "ssh"
    seedtui: str = SEEDTUI
    devices: Devices = "all"
    workers: int = 1

    @property
    def template(self) -> str:
        """Its command in full: ``ssh -p 2222`` with what follows the options."""
        first, _, options = self.command.partition(" ")
        if first not in COMMANDS or "exec" in options.split():
            return self.command
        if options.endswith("{host}"):
            return f"{self.command} {_WORKER}"
        if options and ("{" in options or not options.startswith("-")):  # it names a program, perhaps a launcher
            return self.command
        return " ".join(filter(None, (first, options, COMMANDS[first].partition(" ")[2])))

    def check(self) -> Host:
        """Return the host if its values are valid.

        Raises:
            InputError: one is not.
        """
        check_host(self.host)
        if not 1 <= self.workers <= MAX_WORKERS:
            raise InputError(f"{self.workers} workers on {self.host}", f"Use 1 to {MAX_WORKERS}")
        check_devices(self.devices)
        check_command(self.command)
        if not self.seedtui.strip():
            raise InputError("it is empty", "Leave it out if the program is on the PATH there")
        return self


class PoolPlan(msgspec.Struct, frozen=True):
    """The workers to start.

    `workers` is how many this machine runs: on its GPUs, one for each, or without GPUs on its CPU, whose cores they
    share. None: one, or none if there are `hosts` or `ray`. `devices` chooses the GPUs. `ray` is the address of a Ray
    cluster, ``local`` for one of our own on this machine, or ``auto`` for that if none runs here; "" for none.
    `threads` is the number of CPU threads of each worker, 0 for its share of the cores. `mixed`: a round may be spread
    over unlike workers.
    """

    workers: int | None = None
    devices: Devices = ()
    hosts: tuple[Host, ...] = ()
    ray: str = ""
    threads: int = 0
    mixed: bool = False

    @property
    def is_pool(self) -> bool:
        """Whether there is more to it than the one worker that is always there."""
        return bool(self.workers not in (None, 1) or self.devices or self.hosts or self.ray)

    @property
    def has_local(self) -> bool:
        """Whether this machine takes part."""
        if self.workers is None:
            return bool(self.devices) or not (self.hosts or self.ray)
        return self.workers > 0


ONE_WORKER = PoolPlan()
"""Without a pool: the worker that is always there."""


def parse_workers(text: str) -> tuple[int | None, Devices]:
    """How many workers, or which GPUs, from ``4``, ``all``, ``free`` or ``gpu:0,2``.

    Raises:
        InputError: it is none of these.
    """
    if text in ("all", "free"):
        return None, text  # type: ignore[return-value]  # narrowed to the two words
    if match := re.fullmatch(r"gpu:([0-9]{1,3}(?:,[0-9]{1,3})*)", text):
        return None, check_devices(tuple(map(int, match[1].split(","))))
    if re.fullmatch(r"[0-9]{1,4}", text) and int(text) <= MAX_WORKERS:
        return int(text), ()
    raise InputError(f"{quoted(text)} is not a number of workers", f"Use 0 to {MAX_WORKERS}, all, free, or gpu:0,2")


def check_devices(devices: Devices) -> Devices:
    """Return `devices` if they can be GPUs.

    Raises:
        InputError: they cannot.
    """
    if isinstance(devices, tuple) and (len(set(devices)) < len(devices) or any(not 0 <= n < 1000 for n in devices)):
        numbers = ", ".join(map(str, devices))
        raise InputError(f"GPUs {numbers} cannot be used", "Name each GPU once, by its number in nvidia-smi")
    return devices


def check_command(command: str) -> str:
    """Return `command` if it can start a worker on a host.

    Raises:
        InputError: it is empty, a single word that is neither a name in `COMMANDS` nor a path, or cannot be read.
    """
    if not command.strip():
        raise InputError("the command is empty", f"Use {', '.join(COMMANDS)}, or leave it out")
    if command not in COMMANDS and len(command.split()) < 2 and "/" not in command:
        names = ", ".join(COMMANDS)
        raise InputError(f"{quoted(command)} cannot start a worker", f"Use {names}, or a command with {{host}}")
    if odd := [word for word in re.findall(r"\{(\w*)\}", command) if word not in ("host", "seedtui")]:
        raise InputError(f"{quoted(command)} contains {{{odd[0]}}}, which has no meaning", "Use {host} and {seedtui}")
    try:
        shlex.split(command)
    except ValueError as error:
        raise InputError(f"{quoted(command)} has an open quote", "Close it") from error
    return command


def check_host(host: str) -> str:
    """Return `host` if ssh can take it as a host, and for nothing else.

    Raises:
        InputError: it is empty, or ssh would read it as an option.
    """
    if not _HOST.fullmatch(host) or len(host) > 255:
        raise InputError(f"{quoted(host)} is not a host", "Write a name that ssh knows, or user@name")
    if host.endswith("@") or host.count("@") > 1:
        raise InputError(f"{quoted(host)} is not a host", "Write user@name")
    if port := re.fullmatch(r"[^:\[\]]+:([0-9]+)", host):
        raise InputError(f"{quoted(host)} has a port, which goes elsewhere", f'Use --via "ssh -p {port[1]}"')
    return host


def check_ray(address: str) -> str:
    """Return `address` if it can be that of a Ray cluster, as in `PoolPlan.ray`.

    Raises:
        InputError: it is not.
    """
    if address.startswith("ray://"):
        hint = "Run seedtui on a machine of the cluster, with auto, or add this one: ray start --address=HOST:PORT"
        raise InputError(
            f"{quoted(address)} is an address for Ray clients, which cannot receive images as they come", hint
        )
    if address not in ("auto", "local") and not _RAY.fullmatch(address):
        raise InputError(
            f"{quoted(address)} is not a Ray cluster", "Use auto, local, or HOST:PORT as ray start shows it"
        )
    return address
