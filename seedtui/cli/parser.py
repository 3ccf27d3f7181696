"""Builds the typer command that the words ask for, and runs it."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer

from seedtui import __version__
from seedtui.cli.commands import COMMANDS
from seedtui.cli.messages import say
from seedtui.core.errors import InputError, one_line

_SETTINGS = {"help_option_names": ["-h", "--help"]}

_UsageError: Any = typer.BadParameter.__base__
"""What all complaints about words are: click's class, or that of typer's own copy of click in later versions."""


def parse_and_run(words: list[str]) -> int:
    """Parse `words`, which is not empty, and run what they say; the exit code.

    Raises:
        InputError: the words cannot be parsed.
        SeedtuiError: whatever the command raises.
    """
    command = typer.main.get_command(_typer_app(words[0]))
    try:
        # Not `command()`: it prints errors itself, each in several lines.
        with command.make_context("seedtui", list(words)) as context:
            return command.invoke(context) or 0
    except typer.Exit as leave:
        return leave.exit_code
    except _UsageError as error:
        message = one_line(error.format_message())
        about = f"seedtui {words[0]}" if words[0] in COMMANDS else "seedtui"
        raise InputError(message[:1].lower() + message[1:], f"See {about} --help") from error


def _typer_app(first: str) -> typer.Typer:
    """The command named `first`, alone, so that the others are not imported; all of them for help; else the app."""
    typer_app = typer.Typer(add_completion=False, rich_markup_mode=None)
    if first in COMMANDS:
        names: tuple[str, ...] = (first,)
    elif first in ("-h", "--help", "--version"):
        names = COMMANDS
    else:
        from seedtui.cli.commands.app import app

        typer_app.command(context_settings=_SETTINGS)(app)
        return typer_app
    typer_app.callback(context_settings=_SETTINGS)(_about)
    for name in names:
        function = getattr(import_module(f"seedtui.cli.commands.{name}"), name)
        typer_app.command(name, context_settings=_SETTINGS)(function)
    return typer_app


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"seedtui {__version__}")
        raise typer.Exit


def _about(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Deterministic batch generation with Stable Diffusion, in the terminal.

    seedtui [PROMPT] starts the app. It takes --images N and the recipe options of generate.

    A first word that is no command is the prompt; for a prompt that is named like a command, write
    seedtui -- info.
    """
