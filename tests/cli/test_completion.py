"""``seedtui completion``: the script in a real shell."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from seedtui.cli.commands import COMMANDS

from .conftest import Command

FOLDER = Path(sys.executable).parent


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["seedtui", ""], [*COMMANDS]),
        (["seedtui", "ge"], ["generate"]),
        (["seedtui", "--res"], ["--resume"]),
        (["seedtui", "--model", "star"], ["starter"]),
        (["seedtui", "'a cat'", "--im"], ["--images"]),
        (["seedtui", "'a cat'", ""], []),
        (["seedtui", "generate", "'a cat'", "--ste"], ["--steps"]),
        (["seedtui", "refine", "--profile", ""], ["plain", "fast", "small", "strict"]),
        (["seedtui", "generate", "--scheduler", "eul"], ["euler", "euler-a"]),
        (["seedtui", "worker", ""], ["status", "stop"]),
        (["seedtui", "completion", "z"], ["zsh"]),
    ],
)
def test_bash_completes(words: list[str], offered: list[str]) -> None:
    quoted = " ".join(f'"{word}"' for word in words)
    program = f"""
        eval "$(seedtui completion bash)"
        complete -p seedtui >&2
        COMP_WORDS=({quoted}) COMP_CWORD={len(words) - 1}
        _seedtui_completion seedtui
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "-c", program], capture_output=True, text=True, timeout=60, env={"PATH": f"{FOLDER}:/usr/bin:/bin"}
    )
    assert done.stderr == "complete -o nosort -F _seedtui_completion seedtui\n"
    assert done.stdout.split() == offered


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_others_read_their_script(bare: Command, tmp_path: Path, shell: str) -> None:
    script = tmp_path / "script"
    script.write_text(bare("completion", shell).out)
    assert "_SEEDTUI_COMPLETE" in script.read_text()
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    assert subprocess.run([shell, "-n", script], capture_output=True).returncode == 0


def test_another_shell(bare: Command) -> None:
    result = bare("completion", "csh")
    assert (result.code, result.err) == (2, "seedtui: unknown shell “csh”. Use bash, zsh, fish.\n")
