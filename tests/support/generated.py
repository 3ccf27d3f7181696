"""The reference parts of README and manual, made from the code.

    python -m tests.support.generated     # writes them anew

Each stands between ``<!-- generated: NAME -->`` and ``<!-- end of generated -->``.
"""

from __future__ import annotations

import inspect
import json
import re
import textwrap
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import get_args

import click

import seedtui
from seedtui.cli.commands import COMMANDS
from seedtui.cli.declaration import Argument, Option
from seedtui.cli.options import RECIPE_OPTIONS
from seedtui.cli.parser import program
from seedtui.cli.pool_options import POOL_GROUP
from seedtui.core.config.pool_settings import HOST_ABOUT, POOL_ABOUT
from seedtui.core.config.settings import PLAIN, RECIPE_ABOUT, Config, description_of, value_of
from seedtui.core.pool.plan import Host
from seedtui.ui.keys.action import Action, Group, Where
from seedtui.ui.keys.keymap import shown_keys
from seedtui.ui.keys.table import actions_of

ROOT = Path(seedtui.__file__).parent.parent
FILES = [ROOT / "README.md", *sorted((ROOT / "seedtui" / "manual").glob("*.md"))]

_BLOCK = re.compile(r"(<!-- generated: (.+?) -->\n).*?(<!-- end of generated -->)", re.DOTALL)
_CODE = re.compile(r"(?<![\w`/-])((?:(?:seedtui|export|generate) )?--[a-z][\w-]*(?: [A-Z]+\b)?|seedtui -- \w+)")
"""What is typed, in a sentence of the help."""

_NAMES = {"⏎": "enter", "⌫": "backspace", "pgup": "pageup", "pgdn": "pagedown"}
_RECIPE_GROUP = "Recipe options"


def fill(text: str) -> str:
    """`text` with all its generated parts as the code has them now."""
    return _BLOCK.sub(lambda block: f"{block[1]}{PARTS[block[2]]()}{block[3]}", text)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    lines = [heads, *rows]
    cells = [[f" {cell} ".replace("|", r"\|") if cell else " " for cell in line] for line in lines]
    cells.insert(1, [" --- "] * len(cells[0]))
    return "".join(f"|{'|'.join(line)}|\n" for line in cells)


# --- keys


def keys() -> str:
    """The keys of the main screen, a table for each group."""
    places: tuple[Where, ...] = ("main", "textual", "prompt line", "sheet")
    actions = [action for action in actions_of(*places) if action.keys or action.shown_as]
    return "\n".join(
        f"### {group.capitalize()}\n\n" + _key_table(action for action in actions if action.group == group)
        for group in get_args(Group)
        if group != "suffixes"  # the pane has a section of its own
    )


def _key_table(actions: Iterable[Action]) -> str:
    rows = [
        (_keys_of([action.id]), action.help, f"`{action.id}`" if action.in_keymap and not action.fixed else "")
        for action in actions
    ]
    return table(("key", "does", "name"), rows)


def keys_of(where: Where) -> str:
    """The keys of a place where they cannot be moved; neighbours that do the same share a row."""
    grouped = groupby(actions_of(where), key=lambda action: action.help)
    return table(("key", "does"), ((_keys_of(action.id for action in same), words) for words, same in grouped))


def _keys_of(ids: Iterable[str]) -> str:
    return " ".join(f"`{_NAMES.get(key, key)}`" for key in shown_keys(" ".join(ids), {}).split())


# --- settings


def settings() -> str:
    """The settings outside tables, then those of ``[recipe]``, ``[pool]`` and ``[[hosts]]``."""
    defaults = Config()
    plain = [(f"`{name}`", _toml(value_of(defaults, name)), description_of(name)) for name in PLAIN]
    recipe, pool = (
        [
            (f"`{name}`", _toml(value_of(defaults, f"{of}.{name}")), _toml(example), words)
            for name, (words, example) in about.items()
        ]
        for of, about in (("recipe", RECIPE_ABOUT), ("pool", POOL_ABOUT))
    )
    no_host = Host("")
    hosts = [
        (f"`{name}`", _toml(getattr(no_host, name) or None), _toml(example) if name != "command" else "", words)
        for name, (words, example) in HOST_ABOUT.items()
    ]
    heads = ("setting", "default", "example", "is")
    between = "\nUnder `[recipe]`, the defaults of a round. Where there is none, the model's\npipeline decides.\n\n"
    workers = "\nUnder `[pool]`, who makes the images. Without any of these, one worker does.\n\n"
    others = (
        "\nUnder `[[hosts]]`, a table for each other machine. While there is any, this one\n"
        "takes part only if `workers` or `devices` is set under `[pool]`.\n\n"
    )
    return (
        table(("setting", "default", "is"), plain)
        + between + table(heads, recipe) + workers + table(heads, pool) + others + table(heads, hosts)
    )  # fmt: skip


def _toml(value: object) -> str:
    return "" if value is None else f"`{json.dumps(value, ensure_ascii=False)}`"


# --- commands


def commands() -> str:
    """All commands in one table, the options that many of them take, then each command."""
    root = click.Context(program, info_name="seedtui")
    found = {name: program.get_command(root, name) for name in ("", *COMMANDS)}
    every = {name: command for name, command in found.items() if command is not None}
    rows = [("`seedtui [PROMPT]`", "Start the app.")]
    rows += [
        (f"`{name}`", command.get_short_help_str(200).removesuffix(".")) for name, command in every.items() if name
    ]
    shared = "".join(
        f"\n### {group}\n\n" + table(("option", "means"), map(_option_row, _of_group(every[""], group)))
        for group in (_RECIPE_GROUP, POOL_GROUP)
    )
    return table(("command", "does"), rows) + shared + "".join(map(_command, every, every.values()))


def _of_group(command: click.Command, group: str) -> list[Option]:
    return [option for option in command.params if isinstance(option, Option) and option.group == group]


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name)
    arguments = [argument for argument in command.params if isinstance(argument, Argument)]
    usage = "[PROMPT]" if not name else " ".join(argument.human_readable_name for argument in arguments)
    title = " ".join(word for word in ("seedtui", name, usage) if word)
    options = [option for option in command.params if isinstance(option, Option)]
    own = [option for option in options if option.group not in (_RECIPE_GROUP, POOL_GROUP)]
    rows = [(f"`{argument.get_help_record(context)[0]}`", _sentence(argument.about)) for argument in arguments]
    rows += map(_option_row, own)
    taken = _recipe_line(_of_group(command, _RECIPE_GROUP)) + _pool_line(_of_group(command, POOL_GROUP))
    return f"\n### {title}\n\n{_prose(command.help or '')}{taken}" + (
        "\n" + table(("argument or option" if arguments else "option", "means"), rows) if rows else ""
    )


def _recipe_line(options: list[Option]) -> str:
    names = [option.name for option in options if option.name != "download"]
    if not names:
        return ""
    if len(names) == len(RECIPE_OPTIONS):
        return "\nTakes the [recipe options](#recipe-options).\n"
    words = ", ".join(f"`--{str(name).replace('_', '-')}`" for name in names)
    return "\n" + textwrap.fill(f"Takes these [recipe options](#recipe-options): {words}.", 79) + "\n"


def _pool_line(options: list[Option]) -> str:
    if not options:
        return ""
    names = [option.name for option in options]
    if "workers" not in names:
        words = " and ".join(option.opts[0].join("``") for option in options)
        return f"\nOf the options of [workers](#{POOL_GROUP.lower()}), takes {words}.\n"
    besides = "" if "mixed" in names else ", except `--mixed`"
    return f"\nTakes the options of [workers](#{POOL_GROUP.lower()}){besides}.\n"


def _option_row(option: click.Parameter) -> tuple[str, str]:
    record = option.get_help_record(click.Context(program))
    assert record is not None
    return f"`{record[0]}`", _sentence(record[1])


def _sentence(words: str) -> str:
    return _CODE.sub(r"`\1`", " ".join(words.split()))


def _prose(help: str) -> str:
    """The help of a command in paragraphs; those that Click leaves alone (``\\b``) as they are."""
    paragraphs = []
    for paragraph in re.split(r"\n\n+", inspect.cleandoc(help)):
        if paragraph.startswith("\b"):
            paragraphs.append("```\n" + paragraph.removeprefix("\b\n") + "\n```")
        else:
            paragraphs.append(textwrap.fill(_CODE.sub(r"`\1`", paragraph), 79, break_on_hyphens=False))
    return "\n\n".join(paragraphs) + "\n"


PARTS: dict[str, Callable[[], str]] = {
    "keys": keys,
    "keys of the suffix pane": lambda: _key_table(actions_of("suffix pane")),
    "keys of the comparison": lambda: keys_of("compare"),
    "keys of the manual": lambda: keys_of("manual"),
    "settings": settings,
    "commands": commands,
}
"""By the names that stand in the pages."""


def main() -> None:
    """Write all parts anew."""
    for file in FILES:
        file.write_text(fill(file.read_text()))


if __name__ == "__main__":
    main()
