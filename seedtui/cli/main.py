"""The console script: runs what was asked for, and turns every error into one line and an exit code.

Exit codes: 0 done, 1 the check failed, 2 could not run, 130 stopped with Ctrl+C, 143 with SIGTERM, 129 with SIGHUP.
"""

from __future__ import annotations

import io
import os
import sys
import time
import traceback

from seedtui.cli.commands import COMMANDS, COMPLETION_VARIABLE
from seedtui.cli.messages import tell
from seedtui.core.errors import SeedtuiError, one_line
from seedtui.core.termination import Terminated
from seedtui.core.text.gated_stream import gate_output


def main() -> None:
    """``seedtui``: run the command line, and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # characters outside the terminal's encoding become "?"
    gate_output()
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """Run `words`; the exit code. The only place where errors become messages."""
    try:
        code = _dispatch(words)
        if sys.stdout:
            sys.stdout.flush()
    except SeedtuiError as error:
        tell(str(error))
        return 2
    except KeyboardInterrupt as error:
        tell("stopped.")
        return error.code if isinstance(error, Terminated) else 130
    except BrokenPipeError:  # the reader of the pipe closed it, as `head` does
        _drop_output()
        return 141
    except OSError as error:
        tell(f"{one_line(error.strerror or error)}{f': {one_line(error.filename)}' if error.filename else ''}.")
        _drop_output()
        return 2
    except Exception as error:  # a bug: the traceback goes to the log, one line to the user
        tell(f"this is a bug in seedtui: {type(error).__name__}: {one_line(error)}.{_log_traceback(error)}")
        return 2
    return code


def _dispatch(words: list[str]) -> int:
    """Words without options are read here: importing Click would delay the first frame of the app."""
    if asked := os.environ.get(COMPLETION_VARIABLE):
        from seedtui.cli.parser import complete

        return complete(asked)
    is_prompt = len(words) == 1 and not words[0].startswith("-") and words[0] not in COMMANDS
    if words and not is_prompt:
        from seedtui.cli.parser import parse_and_run

        return parse_and_run(words)
    from seedtui.app.launch import Launch
    from seedtui.cli.launch import for_mixed_workers, start
    from seedtui.cli.load_config import load_config

    config = load_config()
    return start(for_mixed_workers(Launch(config.recipe, config, prompt=words[0] if words else None, pool=config.pool)))


def _drop_output() -> None:
    """Redirect standard output to nowhere, or Python reports another error at exit."""
    if sys.stdout:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _log_traceback(error: Exception) -> str:
    """Write the traceback of `error`. A sentence that says where; empty if it could not be written."""
    from seedtui.library.paths import log_file
    from seedtui.library.private import open_private

    file = log_file().with_name("bugs.log")
    try:
        with open_private(file, "a") as log:
            log.write(f"\n{time.strftime('%Y-%m-%d %H:%M:%S')} {sys.argv[1:]!r}\n")
            traceback.print_exception(error, file=log)
    except OSError:
        return ""
    return f" The traceback is in {file}."
