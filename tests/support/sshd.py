"""A real sshd with keys, a port and a configuration of its own, on loopback or in another network."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.processes import children

SSHD = "/usr/sbin/sshd"
"""It wants to be started by its full path."""


def lacking() -> str:
    """The first program of ssh that is not installed, or ""."""
    return next((program for program in ("ssh", "ssh-keygen", SSHD) if shutil.which(program) is None), "")


@dataclass
class Sshd:
    """A server, and the folder of its keys. `network` are the words that run a command in the server's network."""

    port: int
    folder: Path
    address: str = "127.0.0.1"
    network: Sequence[str] = ()
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        command = [SSHD, "-D", "-f", str(self.folder / "sshd_config"), "-E", str(self.folder / "sshd.log")]
        self._process = subprocess.Popen([*self.network, *command])
        _wait_for(self.folder / "sshd.log")

    def stop(self) -> None:
        """The server; its connections go on."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def kill(self) -> None:
        """The server and its side of all connections, but not what runs in them."""
        assert self._process is not None
        for pid in [self._process.pid, *children(self._process.pid)]:
            with suppress(OSError):
                if os.readlink(f"/proc/{pid}/exe").rpartition("/")[2].startswith("sshd"):
                    os.kill(pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def client(self, *words: str) -> list[str]:
        """The command that runs `words` there, in a terminal."""
        options = ["UserKnownHostsFile=/dev/null", "StrictHostKeyChecking=no", "LogLevel=ERROR", "IdentitiesOnly=yes"]
        return [
            "ssh", "-tt", "-F", "none", "-p", str(self.port), "-i", str(self.folder / "user"),
            *(word for option in options for word in ("-o", option)),
            f"{getpass.getuser()}@127.0.0.1", shlex.join(words),
        ]  # fmt: skip

    def known_as(self, name: str) -> str:
        """What an ssh_config says of it, to which it is known."""
        (self.folder / "known").write_text(f"{name} {(self.folder / 'host.pub').read_text()}")
        lines = {
            "HostName": self.address, "HostKeyAlias": name, "Port": self.port, "User": getpass.getuser(),
            "IdentityFile": self.folder / "user", "IdentitiesOnly": "yes",
            "UserKnownHostsFile": self.folder / "known", "StrictHostKeyChecking": "yes",
        }  # fmt: skip
        return f"Host {name}\n" + "".join(f"  {key} {value}\n" for key, value in lines.items())


@contextmanager
def loopback_sshd(folder: Path) -> Iterator[Sshd]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with serving(Sshd(port, folder)) as server:
        yield server


@contextmanager
def serving(server: Sshd, environ: Mapping[str, str] | None = None) -> Iterator[Sshd]:
    """Make keys for `server` and run it; `environ` is for what it starts."""
    folder = server.folder
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    (folder / "authorized").write_text((folder / "user.pub").read_text())
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where Debian's separates its privileges
    lines = {
        "Port": server.port, "ListenAddress": server.address, "HostKey": folder / "host", "PidFile": "none",
        "AuthorizedKeysFile": folder / "authorized", "StrictModes": "no", "UsePAM": "no",
        "PasswordAuthentication": "no", "PermitRootLogin": "prohibit-password",
    }  # fmt: skip
    if environ:
        lines["SetEnv"] = " ".join(f'"{name}={value}"' for name, value in environ.items())
    (folder / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _wait_for(log: Path) -> None:
    """Until it listens."""
    end = time.monotonic() + 10
    while not log.exists() or log.read_text().count("Server listening") == 0:
        assert time.monotonic() < end, "sshd does not start"
        time.sleep(0.05)
