"""Runs the setting ``rank_command``, which scores images."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from seedtui.core.errors import EngineError, InputError, one_line, quoted
from seedtui.core.images.scores import parse_scores

_LEAST_SECONDS, _SECONDS_PER_IMAGE = 600, 5
_BYTES_PER_IMAGE = 1000
_TOLD = 10_000
"""Bytes from the end of what the command tells on stderr."""

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
        done = _run(words, "".join(f"{line}\n" for line in lines).encode(errors="surrogateescape"), most, len(paths))
    except OSError as error:
        raise InputError(f"cannot start {quoted(words[0])}: {one_line(error.strerror)}", _SET) from error
    if done.code is None:
        raise EngineError(f"rank_command took more than {most:,} seconds", "Score fewer images")
    if done.code:
        said = done.told.decode(errors="replace").strip().splitlines()
        why = one_line(said[-1]) if said else f"exit code {done.code}"
        raise EngineError(f"rank_command failed: {why}", f"Try it alone: echo IMAGE | {shlex.join(words)}")
    return parse_scores(done.printed.decode(errors="replace"), len(paths))


class _Done(NamedTuple):
    """The exit code, None if it took too long; what it printed, and the end of what it told on stderr."""

    code: int | None
    printed: bytes
    told: bytes


def _run(words: Sequence[str], given: bytes, seconds: int, count: int) -> _Done:
    """Run `words` with `given` as its input.

    Raises:
        OSError: it cannot be started.
        InputError: it prints far more than `count` numbers.
    """
    most = _BYTES_PER_IMAGE * (count + 1)
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as told:
        source.write(given)
        source.seek(0)
        with subprocess.Popen(words, stdin=source, stdout=subprocess.PIPE, stderr=told) as process:
            late = threading.Event()

            def stop() -> None:
                late.set()
                process.kill()

            timer = threading.Timer(seconds, stop)
            timer.start()
            try:
                assert process.stdout is not None
                printed = process.stdout.read(most + 1)
                if len(printed) > most:
                    raise InputError("rank_command prints more than one number for each image", _SET)
                code = process.wait()
            finally:
                timer.cancel()
                process.kill()
        told.seek(max(0, told.seek(0, os.SEEK_END) - _TOLD))
        return _Done(None if late.is_set() else code, printed, told.read())
