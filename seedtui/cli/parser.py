"""Finds the command that the words ask for, and runs it. Only that command's module is imported."""

from __future__ import annotations

from importlib import import_module

import click
from click.shell_completion import shell_complete

from seedtui.cli.commands import COMMANDS, COMPLETION_VARIABLE
from seedtui.core.errors import InputError, one_line

_APP = ""
"""The name of the app among the commands; no typed word can match it."""


class Program(click.Group):
    """All commands, imported when they are called. Words that do not begin with one are the app's."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args if args[:1] and args[0] in COMMANDS else [_APP, *args])

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = "app" if cmd_name == _APP else cmd_name
        result: click.Command | None = getattr(import_module(f"seedtui.cli.commands.{name}"), name)
        return result


program = Program("seedtui", add_help_option=False)


def parse_and_run(words: list[str]) -> int:
    """Parse `words`, which are not empty, and run what they say; the exit code.

    Raises:
        InputError: the words cannot be parsed.
        SeedtuiError: whatever the command raises.
    """
    try:
        # Not `program()`: it prints errors itself, each in several lines.
        with program.make_context("seedtui", list(words)) as context:
            return program.invoke(context) or 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        about = f"See {'seedtui ' + words[0] if words[0] in COMMANDS else 'seedtui'} --help"
        if isinstance(error, click.NoSuchOption):
            meant = f"Did you mean {' or '.join(error.possibilities)}? " if error.possibilities else ""
            raise InputError(f"no such option: {error.option_name}", meant + about) from error
        message = one_line(error.format_message())
        raise InputError(message[:1].lower() + message[1:], about) from error


def complete(instruction: str) -> int:
    """Answer a shell that asks for completions, as its environment variables say; the exit code."""
    return shell_complete(program, {}, "seedtui", COMPLETION_VARIABLE, instruction)
