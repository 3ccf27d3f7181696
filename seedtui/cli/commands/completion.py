"""``seedtui completion``: commands, options and their values completed by the shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from seedtui.cli.commands import COMPLETION_VARIABLE
from seedtui.cli.declaration import argument, command, one_of
from seedtui.cli.messages import say_lines
from seedtui.core.errors import InputError, quoted

SHELLS = ("bash", "zsh", "fish")


@command
@argument("shell", metavar="bash|zsh|fish", about="Your shell.", shell_complete=one_of(SHELLS))
def completion(shell: str) -> None:
    """Print a completion script for bash, zsh or fish.

    Write it to the file where your shell looks for it, and start a new shell:

    \b
    bash  ~/.local/share/bash-completion/completions/seedtui
          (needs the package bash-completion)
    zsh   ~/.zfunc/_seedtui
          (~/.zfunc must be in fpath before compinit runs)
    fish  ~/.config/fish/completions/seedtui.fish

    For example: seedtui completion fish > ~/.config/fish/completions/seedtui.fish
    """
    found = get_completion_class(shell) if shell in SHELLS else None
    if found is None:
        raise InputError(f"unknown shell {quoted(shell)}", f"Use {', '.join(SHELLS)}")
    say_lines(found(click.get_current_context().find_root().command, {}, "seedtui", COMPLETION_VARIABLE).source())
