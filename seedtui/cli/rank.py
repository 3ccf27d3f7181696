"""Runs the setting ``rank_command``, which scores images."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

from seedtui.core.errors import EngineError, InputError, one_line, quoted
from seedtui.core.images.scores import parse_scores

_LEAST_SECONDS, _SECONDS_PER_IMAGE = 600, 5

_SET = 'Set one: rank_command = "python3 score.py" in the settings, or SEEDTUI_RANK_COMMAND'


def rank_words(setting: str) -> tuple[str, ...]:
    """The words of the command.

    Raises:
        InputError: it is not set, or has an open quote.
    """
    try:
        words = tuple(shlex.split(setting))
    except ValueError as error:
        raise InputError(f"the setting rank_command cannot be read: {error}", "Close its quotes") from error
    if not words:
        raise InputError("there is no command that scores images", _SET)
    return words


def rank(words: Sequence[str], paths: Sequence[Path]) -> tuple[float, ...]:
    """The score of each image, as the command with these `words` prints them; no shell is involved.

    Raises:
        InputError: it cannot be started, or prints something else.
        EngineError: it fails, or takes too long.
    """
    most = _LEAST_SECONDS + _SECONDS_PER_IMAGE * len(paths)
    lines = [str(path.absolute()) for path in paths]
    if odd := next((line for line in lines if "\n" in line), None):
        raise InputError(f"rank_command cannot read a path with a line break: {quoted(odd)}", "Use another --out")
    try:
        done = subprocess.run(
            words, input="".join(f"{line}\n" for line in lines).encode(errors="surrogateescape"),
            capture_output=True, timeout=most,
        )  # fmt: skip
    except OSError as error:
        raise InputError(f"cannot start {quoted(words[0])}: {one_line(error.strerror)}", _SET) from error
    except subprocess.TimeoutExpired as error:
        raise EngineError(f"rank_command took more than {most:,} seconds", "Score fewer images") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        why = one_line(said[-1]) if said else f"exit code {done.returncode}"
        raise EngineError(f"rank_command failed: {why}", f"Try it alone: echo IMAGE | {shlex.join(words)}")
    return parse_scores(done.stdout.decode(errors="replace"), len(paths))
