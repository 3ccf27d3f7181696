"""The client's end of a command that carries messages: commands that say anything, and hold on to anything."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from seedtui.core.errors import EngineError, InputError
from seedtui.core.pool.plan import SSH, Host
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.scout import scout
from seedtui.core.rounds.stop import Stop
from seedtui.engine.client.connection import Connection
from seedtui.engine.client.distant import command_of, start_distant
from seedtui.engine.wire import framing
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import Hello
from tests.support.processes import eventually, processes

HELLO = Hello("1.0", "abc", "box")


def python(code: str) -> list[str]:
    return [sys.executable, "-c", f"import sys, time, os\nout = sys.stdout.buffer\n{code}\nout.flush()"]


def say(*parts: bytes) -> str:
    return "\n".join(f"out.write({part!r}); out.flush()" for part in parts)


def framed(event: p.Message) -> bytes:
    class Sink:
        data = b""

        def sendall(self, data: bytes, /) -> None:
            self.data += data

        def recv_into(self, buffer: memoryview, /) -> int:
            return 0

    framing.send(sink := Sink(), event)
    return sink.data


def events(command: list[str], tmp_path: Path, host: Host | None = None) -> list[p.Event]:
    return list(start_distant(command, tmp_path / "box.log", host).events())


def test_the_template_takes_a_host_and_its_program_and_nothing_is_split() -> None:
    assert command_of(Host("me@box", seedtui="/opt/my env/seedtui"))[-4:] == [
        "me@box", "/opt/my env/seedtui", "worker", "--stdio",
    ]  # fmt: skip
    srun = Host("node7", command="srun --jobid=1234 --overlap -w {host} {seedtui} worker --stdio")
    assert command_of(srun) == ["srun", "--jobid=1234", "--overlap", "-w", "node7", "seedtui", "worker", "--stdio"]
    kubectl = Host("pod", command="kubectl exec -i {host} -- '{seedtui}' worker --stdio")
    assert command_of(kubectl) == ["kubectl", "exec", "-i", "pod", "--", "seedtui", "worker", "--stdio"]
    for options in ("-p 2222", "-F 'my config'", "-p 2222 {host}"):
        words = command_of(Host("box", command=f"ssh {options}"))
        assert words[0] == "ssh" and words[-3:] == ["seedtui", "worker", "--stdio"] and words.count("box") == 1
        assert words[1:3] == (["-p", "2222"] if "2222" in options else ["-F", "my config"])  # the first of each holds
    for launcher in ("ssh {host} my-launcher", "ssh -p 2222 {host} my-launcher", "ssh box my-launcher"):
        assert command_of(Host("box", command=launcher))[-2:] == ["box", "my-launcher"]
    part = command_of(Host("node7", command="srun --partition gpu"))
    assert part[:4] == ["srun", "--partition", "gpu", "--overlap"] and "--nodelist=node7" in part
    assert part[-3].endswith("bin/seedtui")
    node = command_of(Host("node7", command="srun"))
    assert node[:5] == ["srun", "--overlap", "--nodes=1", "--ntasks=1", "--nodelist=node7"]
    assert Path(node[5]).name == "seedtui" and Path(node[5]).is_absolute(), "its nodes share our file system"
    assert command_of(Host("node7", command="srun", seedtui="mine"))[5] == "mine"
    assert command_of(Host("pod-1", command="kubectl"))[:5] == ["kubectl", "exec", "--stdin", "pod-1", "--"]
    with pytest.raises(InputError, match="command of host box cannot be read"):
        command_of(Host("box", command="ssh '{host}"))


def test_ssh_never_asks_and_opens_nothing() -> None:
    options = shlex.split(SSH)
    for option in ("BatchMode=yes", "ConnectTimeout=10", "ClearAllForwardings=yes", "ControlMaster=no"):
        assert option in options


@pytest.mark.parametrize(
    "chatter", [b"", b"Welcome to box!\n", b"\x00seedtui\x00seedtui work", bytes(range(1, 256)) * 120]
)
def test_what_the_shell_prints_first_is_passed_over(chatter: bytes, tmp_path: Path) -> None:
    *told, last = events(python(say(chatter, framing.MARK, framed(HELLO))), tmp_path)
    assert told == [HELLO]
    assert isinstance(last, p.WorkerDied) and last.problem.message == "the connection ended" and not last.lasting


def test_frames_may_come_byte_by_byte(tmp_path: Path) -> None:
    data = b"motd\n" + framing.MARK + framed(HELLO)
    assert events(python(say(*(bytes([byte]) for byte in data))), tmp_path)[0] == HELLO


@pytest.mark.parametrize(
    ("code", "message", "lasting"),
    [
        ("out.write(os.urandom(70_000))", "the first 64 KiB are not from seedtui", True),
        (say(b"This account is currently not available.\n"), "This account is currently not available", False),
        ("", "its command exited with code 0 without starting a worker", False),
        ("sys.exit('no route to box')", "no route to box", False),
        (say(framing.MARK[:-1]), "seedtui worker", False),
        (say(framing.MARK), "the connection ended", False),
        (say(framing.MARK, b"\xff\xff\xff\xff"), "a message of 4,294,967,295 bytes is too large", False),
        (say(framing.MARK, b"\0\0\0\1\xc1"), "a message cannot be decoded", False),
        (say(framing.MARK, framed(HELLO)[:-1]), "the connection ended", False),
    ],
)
def test_whatever_a_command_says_instead_ends_in_one_line(
    code: str, message: str, lasting: bool, tmp_path: Path
) -> None:
    (died,) = events(python(code), tmp_path)
    assert isinstance(died, p.WorkerDied)
    assert message in died.problem.message
    assert died.lasting is lasting


def test_a_command_that_is_not_there_is_the_users_to_change(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot run sssh: No such file or directory. .*change the command of box"):
        start_distant(["sssh", "box"], tmp_path / "box.log", Host("box"))
    with pytest.raises(InputError, match="cannot run /etc/passwd: Permission denied"):
        start_distant(["/etc/passwd"], tmp_path / "box.log", Host("box"))


def test_a_log_that_cannot_be_written_is_not_the_commands_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineError, match=r"cannot write .*file/box\.log"):
        start_distant(["true"], tmp_path / "file" / "box.log")


SCOUT = scout("a cat", [7, 8], Stop(share=0.5), Recipe())


def test_only_files_of_a_round_that_saves_are_written_and_only_once(tmp_path: Path) -> None:
    files = [p.SavedState("other", 7, b"x"), p.SavedState(SCOUT.id, 7, b"one"), p.SavedState(SCOUT.id, 7, b"two")]
    code = f"{say(framing.MARK)}\nsys.stdin.buffer.read(1)\n{say(*map(framed, files))}"
    connection = start_distant(python(code), tmp_path / "box.log")
    connection.send(p.Run(SCOUT, saved=str(tmp_path / "saved")))
    (died,) = connection.events()
    assert isinstance(died, p.WorkerDied)
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "saved").iterdir()] == [("7.safetensors", b"one")]


def test_a_disk_that_takes_no_files_is_told(tmp_path: Path) -> None:
    (tmp_path / "saved").write_text("")
    code = f"{say(framing.MARK)}\nsys.stdin.buffer.read(1)\n{say(framed(p.SavedState(SCOUT.id, 7, b'one')))}"
    connection = start_distant(python(code), tmp_path / "box.log")
    connection.send(p.Run(SCOUT, saved=str(tmp_path / "saved")))
    told, _died = connection.events()
    assert isinstance(told, p.Told) and "computed in full" in told.words


def ended(connection: Connection, home: Path) -> bool:
    connection.close()
    return eventually(lambda: not processes(home), 20)


def test_a_script_ends_with_what_it_started(tmp_path: Path, home: Path) -> None:
    script = tmp_path / "launch"
    script.write_text("#!/bin/sh\nsleep 600 &\nsleep 601\necho over\n")
    script.chmod(0o755)
    connection = start_distant([str(script)], tmp_path / "box.log")
    assert eventually(lambda: len(processes(home)) == 3)
    assert ended(connection, home)


def test_a_command_that_does_not_listen_is_ended_all_the_same(tmp_path: Path, home: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); open(sys.argv[1], 'w'); time.sleep(600)"
    connection = start_distant([*python(deaf), str(tmp_path / "deaf")], tmp_path / "box.log")
    assert eventually((tmp_path / "deaf").exists)
    assert ended(connection, home)


def test_a_command_whose_output_ends_does_not_keep_us_waiting(tmp_path: Path) -> None:
    code = f"{say(framing.MARK)}\nout.close(); os.close(0); os.close(1); time.sleep(600)"
    assert isinstance(events(python(code), tmp_path)[-1], p.WorkerDied)
