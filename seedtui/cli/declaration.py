"""How a command is declared: Click's decorators, with help for arguments and groups of options."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

Function = TypeVar("Function", bound=Callable[..., Any])
Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 80}
"""Context settings of every command."""

FILE = click.Path(path_type=Path)
"""A path as typed: whether it is usable is checked where it is used, with its own message."""


class Option(click.Option):
    """An option with the heading that the help lists it under."""

    def __init__(self, *args: Any, group: str = "Options", **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.group = group

    def get_help_extra(self, ctx: click.Context) -> Any:
        return {}  # no "[default: 4]" or "[1<=x<=16]": the help texts say it in words


class Argument(click.Argument):
    """An argument with a line in the help."""

    def __init__(self, *args: Any, about: str = "", **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.about = about

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        return self.human_readable_name.strip("[]"), self.about


class Command(click.Command):
    """A command whose help lists arguments first, then options by group."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_parameters(self.get_params(ctx), ctx, formatter)


def write_parameters(
    parameters: Iterable[click.Parameter], context: click.Context, formatter: click.HelpFormatter
) -> None:
    """Write a list for each group of `parameters`, all with the same left column."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for parameter in parameters:
        if record := parameter.get_help_record(context):
            groups.setdefault(_group_of(parameter), []).append(record)
    width = max(len(names) for records in groups.values() for names, _ in records)
    for group, records in groups.items():
        with formatter.section(group):
            formatter.write_dl([(names.ljust(width), about) for names, about in records])


def command(function: Callable[..., Any]) -> Command:
    """Make the command of the name of `function`, with its docstring as help."""
    return click.command(cls=Command, context_settings=SETTINGS)(function)


def option(*names: str, **settings: Any) -> Callable[[Function], Function]:
    """`click.option`, with a `group` for the help."""
    return click.option(*names, cls=Option, **settings)


def argument(name: str, **settings: Any) -> Callable[[Function], Function]:
    """`click.argument`, with a line `about` it for the help."""
    return click.argument(name, cls=Argument, **settings)


def one_of(words: Iterable[str]) -> Completer:
    """Completes these words. The command itself accepts or refuses others."""
    offered = tuple(words)
    return lambda context, parameter, begun: [CompletionItem(word) for word in offered if word.startswith(begun)]


def _group_of(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Argument):
        return "Arguments"
    return parameter.group if isinstance(parameter, Option) else "Options"
