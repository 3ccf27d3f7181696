"""Why a connection to another machine ended: in the words of ssh, and what to do."""

from __future__ import annotations

import pytest

from seedtui import __version__
from seedtui.core.pool.plan import Host
from seedtui.engine.client.line_report import line_ended

BOX = Host("me@box")
NO_NAME = "ssh: Could not resolve hostname box"
REFUSED = "me@box: Permission denied (publickey,password)."
CHANGED = """\
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Host key for box has changed and you have requested strict checking.
Host key verification failed."""


@pytest.mark.parametrize(
    ("code", "said", "message", "hint"),
    [
        (255, REFUSED, "login failed: Permission denied (publickey,password)", "ssh -o BatchMode=yes me@box true"),
        (255, "Host key verification failed.", "ssh does not know its host key", "ssh me@box"),
        (255, CHANGED, "its host key is not the one that ssh knows", "ssh-keygen -R box"),
        (255, f"{NO_NAME}: Name or service not known", "there is no host of that name", "~/.ssh/config"),
        (127, "sh: seedtui: not found", "seedtui was not found there (sh: seedtui: not found)", "seedtui = "),
        (126, "sh: seedtui: is a folder", "seedtui cannot be run there (sh: seedtui: is a folder)", "seedtui = "),
        (2, "Error: No such option: --stdio", "seedtui there is older than this one", f"Install seedtui {__version__}"),
    ],
)
def test_what_somebody_must_change_is_told_with_what_to_do(code: int, said: str, message: str, hint: str) -> None:
    died = line_ended(code, said.splitlines(), BOX, began=False)
    assert died.problem.message == message
    assert hint in died.problem.hint
    assert died.lasting


@pytest.mark.parametrize(
    ("code", "said", "message"),
    [
        (255, f"{NO_NAME}: Temporary failure in name resolution", f"{NO_NAME}: Temporary failure in name resolution"),
        (255, "ssh: connect to host box port 22: No route\n\n", "ssh: connect to host box port 22: No route"),
        (0, "", "its command exited with code 0 without starting a worker"),
        (-9, "", "its command was ended with SIGKILL"),
    ],
)
def test_what_may_pass_is_tried_again(code: int, said: str, message: str) -> None:
    died = line_ended(code, said.splitlines(), BOX, began=False)
    assert (died.problem.message, died.lasting) == (message, False)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("Timeout, server 10.0.0.2 not responding.", "Timeout, server 10.0.0.2 not responding"),
        ("Timeout, server box not responding.\nKilled by signal 15.\n", "Timeout, server box not responding"),
        ("** WARNING: connection is not using a post-quantum key exchange algorithm.\n", "the connection ended"),
        ("Permission denied (publickey).", "Permission denied (publickey)"),  # said by what ran there
    ],
)
def test_a_connection_that_was_is_made_again(said: str, message: str) -> None:
    died = line_ended(255, said.splitlines(), BOX, began=True)
    assert (died.problem.message, died.lasting) == (message, False)


def test_with_a_command_of_the_users_own_what_was_not_found_may_be_that() -> None:
    srun = Host("node7", command="launch {seedtui} worker --stdio")
    died = line_ended(127, ["launch: 3: srun: not found"], srun, began=False)
    assert died.problem.message == "a program of its command was not found (launch: 3: srun: not found)"
    died = line_ended(127, ["launch: 3: seedtui: not found"], srun, began=False)
    assert died.problem.message == "seedtui was not found there (launch: 3: seedtui: not found)"
