"""The real program in a process of its own: what it imports, how it ends, and what starts the app."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import pytest

from seedtui import __version__
from seedtui.app.launch import Launch
from seedtui.cli import launch, parser
from seedtui.cli.commands import COMMANDS
from seedtui.cli.main import run
from seedtui.cli.options import RECIPE_OPTIONS
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.library.library import Library

PROGRAM = Path(sys.executable).with_name("seedtui")
HEAVY = {"torch", "diffusers", "transformers", "huggingface_hub"}


def seedtui(*words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [str(PROGRAM), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)


def test_version_and_help() -> None:
    assert seedtui("--version").stdout == f"seedtui {__version__}\n"
    told = seedtui("--help").stdout
    assert all(f"\n  {name} " in told for name in COMMANDS)
    for option in ("--images", "--resume", "--session", "--keymap", "--version", "--model", "--steps", "--lora"):
        assert f"\n  {option} " in told
    assert told == seedtui("--steps", "3", "--help").stdout


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_and_has_words_for_all(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*filter(None, [command]), "--help"]) == 0
    told = capsys.readouterr().out
    assert max(map(len, told.splitlines())) <= 80
    program = click.Context(parser.program, info_name="seedtui")
    found = parser.program.get_command(program, command)
    assert found and found.help
    for parameter in found.params:
        record = parameter.get_help_record(program)
        assert record and record[1].endswith("."), parameter.name


def test_recipe_options_are_the_same_for_all() -> None:
    program = click.Context(parser.program)
    for name in ("", "generate", "refine"):
        found = parser.program.get_command(program, name)
        assert found and {*RECIPE_OPTIONS, "download"} <= {parameter.name for parameter in found.params}


@pytest.mark.parametrize(
    "words", [["--help"], ["generate", "--help"], ["doctor", "--json"], ["generate", "x", "--seeds", "-1"]]
)
def test_nothing_heavy_is_imported(words: list[str]) -> None:
    program = (
        f"import sys; from seedtui.cli.main import run; run({words!r}); print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_way_to_the_app_does_without_click() -> None:
    program = (
        "import sys; from seedtui.cli.main import run; assert run(['a cat']) == 2;"
        "print(sorted({'typer', 'click', 'rich', 'PIL', 'numpy', 'textual', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("words", [[], ["a cat"], ["--", "info"], ["--steps", "3"]])
def test_without_a_terminal_there_is_no_app(words: list[str]) -> None:
    done = seedtui(*words, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "seedtui: the app needs a terminal. To make images without one: seedtui generate.\n"


def test_closed_streams_are_no_reason_to_fall() -> None:
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        done = subprocess.run(["sh", "-c", f"{PROGRAM} {closed}"], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_a_reader_that_leaves_and_a_full_disk(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{PROGRAM} doctor --json | true; echo ${{PIPESTATUS[0]}}"], capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) in (("141\n", ""), ("0\n", ""))
    with open("/dev/full", "w") as full:
        done = subprocess.run([PROGRAM, "doctor", "--json"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (2, "seedtui: No space left on device.\n")


def test_an_encoding_that_has_no_such_letters() -> None:
    done = seedtui("doctor", env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert "Traceback" not in done.stderr
    assert "starter model" in done.stdout


GO_ON = "the images made so far are saved. Run the same command with --resume to make the rest."


def wait_until_gone(process: str, seconds: float = 60) -> None:
    """The worker hears that its client is gone when the client is: it may outlive it by a moment."""
    until = time.monotonic() + seconds
    while Path(f"/proc/{process}").exists():
        assert time.monotonic() < until, "the worker stays"
        time.sleep(0.05)


@pytest.mark.parametrize("victim", ["program", "worker", "both"])
def test_stopped_in_mid_round(models: dict[str, Path], tmp_path: Path, home: Path, victim: str) -> None:
    words: list[str | Path] = [
        "generate",
        "a cat",
        "--seeds",
        "0-99",
        "--steps",
        "50",
        "--model",
        models["sd"],
        "--out",
        tmp_path / "out",
    ]
    with subprocess.Popen(
        [PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs have it ignored
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        (worker,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        if victim == "program":
            process.send_signal(signal.SIGINT)
        elif victim == "both":  # as Slurm and systemd do, and the worker hangs
            os.kill(int(worker), signal.SIGSTOP)
            process.send_signal(signal.SIGTERM)
        else:
            os.kill(int(worker), signal.SIGKILL)
        said = process.stderr.read()
        process.wait(60)
    if victim == "program":
        assert (process.returncode, said) == (130, f"seedtui: {GO_ON}\nseedtui: stopped.\n")
    elif victim == "both":
        assert (process.returncode, said) == (143, f"seedtui: {GO_ON}\nseedtui: stopped.\n")
    else:
        assert process.returncode == 2
        assert said.startswith("seedtui: the worker was killed")
        assert len(said.splitlines()) == 1
    wait_until_gone(worker)
    assert 0 < len(list((tmp_path / "out").iterdir())) < 100


class Started:
    """What the app was started with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[Launch] = []
        monkeypatch.setattr(launch, "_check_terminal", lambda: None)
        monkeypatch.setattr("seedtui.ui.run.run_app", self._start)

    def _start(self, launch: Launch) -> int:
        self.calls.append(launch)
        return 0


def test_what_starts_the_app(monkeypatch: pytest.MonkeyPatch, models: dict[str, Path]) -> None:
    started = Started(monkeypatch)
    for words in ([], ["a cat"], ["--", "info"], ["a cat", "--images", "6", "--steps", "9"]):
        assert run(words) == 0
    assert run(["--model", str(models["sd"]), "--size", "64x64", "a cat"]) == 0
    assert started.calls == [
        Launch(),
        Launch(prompt="a cat"),
        Launch(prompt="info"),
        Launch(Recipe(steps=9), prompt="a cat", images=6),
        Launch(Recipe(model=str(models["sd"]), width=64, height=64), prompt="a cat"),
    ]


def test_sessions_are_listed_and_reopened(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    started = Started(monkeypatch)
    assert run(["--resume"]) == 2
    assert "no sessions yet" in capsys.readouterr().err
    with Library.default() as library:
        ids = [library.new_session() for _ in range(2)]
        for session, prompt in zip(ids, ("a cat", "a dog" + ", colorful" * 9), strict=True):
            round_ = explore(prompt, [0], Recipe())
            library.add_round(session, round_)
            library.finish_round(round_.id, "done")
    assert run(["sessions", "--json", "cat"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == ids[0]
    assert run(["sessions"]) == 0
    table = capsys.readouterr().out
    assert all(session in table for session in ids)  # whole, to be copied, however long the prompts are
    assert run(["--resume"]) == run(["--session", ids[0]]) == 0
    assert [launch.session for launch in started.calls] == [ids[1], ids[0]]
    assert run(["--session", "nonsense"]) == 2


def test_a_bug_is_one_line_and_its_trace_is_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    Started(monkeypatch)
    monkeypatch.setattr("seedtui.ui.run.run_app", lambda *arguments: 1 / 0)
    assert run([]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("seedtui: this is a bug in seedtui: ZeroDivisionError: division by zero.")
    assert "ZeroDivisionError" in (home / "log" / "bugs.log").read_text()
