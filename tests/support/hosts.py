"""Hosts to run workers on, each with an sshd: in networks of their own where this machine allows it, else on loopback.

They share the file system and the process table with this machine, and differ in `SEEDTUI_HOME`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from seedtui.core.pool.plan import SSH, Host
from tests.support.processes import processes
from tests.support.sshd import Sshd, serving

SEEDTUI = str(Path(sys.executable).with_name("seedtui"))


@dataclass(frozen=True)
class Box:
    """A host. `home` is its `SEEDTUI_HOME`; `client` is the network of who connects to it, "" for this machine's."""

    name: str
    home: Path
    server: Sshd
    client: str
    config: Path

    @property
    def command(self) -> str:
        """`SSH`, from where the host can be reached, by somebody who knows it."""
        network = f"ip netns exec {self.client} " if self.client else ""
        return SSH.replace("ssh ", f"{network}ssh -F {self.config} ", 1)

    def host(self, **changes: object) -> Host:
        return Host(**{"host": self.name, "command": self.command, "seedtui": SEEDTUI, **changes})

    def cut(self) -> None:
        """Cut the line to it: nothing comes through, and nobody is told."""
        self._set("down")

    def mend(self) -> None:
        self._set("up")

    def _set(self, how: str) -> None:
        subprocess.run(["ip", "-n", self.client, "link", "set", self.name, how], check=True)

    def processes(self, words: str = "") -> list[int]:
        """The processes of ours there whose command lines contain `words`."""
        return [pid for pid, command in processes(self.home).items() if words in command]

    @property
    def workers(self) -> list[int]:
        return self.processes("seedtui.engine.worker")

    @property
    def relays(self) -> list[int]:
        return self.processes("--stdio")


def has_networks() -> bool:
    """Whether this user can make networks here."""
    name = f"seedtui-{os.getpid()}-try"
    try:
        made = subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode == 0
        inside = subprocess.run(["ip", "netns", "exec", name, "true"], capture_output=True).returncode == 0
        subprocess.run(["ip", "netns", "del", name], capture_output=True)
    except OSError:
        return False
    return made and inside


@contextmanager
def boxes(folder: Path, *names: str, networks: bool, environ: Mapping[str, str]) -> Iterator[list[Box]]:
    """A host for each of `names`, all of which one client can reach, from a network of its own if there are `networks`.

    `environ` is for what they run.
    """
    config = folder / "ssh_config"
    client = f"seedtui-{os.getpid()}" if networks else ""
    with ExitStack() as stack:
        if networks:
            stack.enter_context(_network(client))
        found: list[Box] = []
        for number, name in enumerate(names, 1):
            here = folder / name
            here.mkdir()
            server = stack.enter_context(_server(here, client, name, number, networks=networks, environ=environ))
            found.append(Box(name, here / "home", server, client, config))
        config.write_text("".join(box.server.known_as(box.name) for box in found))
        yield found


@contextmanager
def _server(
    folder: Path, client: str, name: str, number: int, *, networks: bool, environ: Mapping[str, str]
) -> Iterator[Sshd]:  # fmt: skip
    environ = {**environ, "SEEDTUI_HOME": str(folder / "home")}
    if not networks:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with serving(Sshd(port, folder), environ) as server:
            yield server
        return
    with _network(f"{client}-{name}") as network:
        _ip(f"link add {name} netns {client} type veth peer name eth0 netns {network}")
        for where, device, last in ((client, name, 1), (network, "eth0", 2)):
            _ip(f"-n {where} addr add 10.0.{number}.{last}/24 dev {device}")
            _ip(f"-n {where} link set {device} up")
        with serving(Sshd(22, folder, f"10.0.{number}.2", ("ip", "netns", "exec", network)), environ) as server:
            yield server


@contextmanager
def _network(name: str) -> Iterator[str]:
    _ip(f"netns add {name}")
    try:
        _ip(f"-n {name} link set lo up")
        yield name
    finally:
        _ip(f"netns del {name}")


def _ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True, capture_output=True)
