"""``seedtui [PROMPT]`` with options."""

from __future__ import annotations

import difflib
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from seedtui import __version__
from seedtui.app.launch import Launch
from seedtui.cli import options as o
from seedtui.cli.commands import COMMANDS
from seedtui.cli.commands.sessions import session_to_resume
from seedtui.cli.declaration import FILE, SETTINGS, Command, argument, option
from seedtui.cli.launch import for_mixed_workers, start
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import say
from seedtui.cli.pool_options import PoolOptions, pool_options
from seedtui.core.errors import InputError
from seedtui.core.recipes.recipe import BATCH_SIZE, MAX_BATCH


class App(Command):
    """Its help is that of the whole program: usage, the app's options, and all commands."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage("seedtui", "[OPTIONS] [PROMPT]")
        formatter.write_usage("seedtui", "COMMAND [OPTIONS] ...", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        root = ctx.find_root()
        if isinstance(root.command, click.Group):
            root.command.format_commands(root, formatter)


def _complete_first_word(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    if context.params.get("words"):
        return []
    group = context.find_root().command
    assert isinstance(group, click.Group)
    found = [command for name in COMMANDS if name.startswith(begun) and (command := group.get_command(context, name))]
    return [CompletionItem(command.name, help=command.get_short_help_str()) for command in found]


def _print_version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        say(f"seedtui {__version__}")
        context.exit()


@click.command(cls=App, context_settings=SETTINGS)
@argument("words", metavar="PROMPT", nargs=-1, about="What the picture shows.", shell_complete=_complete_first_word)
@option("--images", metavar="N", type=int, default=BATCH_SIZE,
        help=f"Images to start with, 1 to {MAX_BATCH}. Default: {BATCH_SIZE}.")  # fmt: skip
@option("--resume", is_flag=True, help="Reopen the newest session where you left it.")
@option("--session", metavar="ID", help="Reopen this session, by its ID or its name.")
@option("--keymap", metavar="FILE", type=FILE, help="A file that assigns keys, like [keys] in the settings.")
@option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
        help="Print the version.")  # fmt: skip
@o.recipe_options()
@o.download
@pool_options()
def app(
    words: tuple[str, ...], images: int, resume: bool, session: str | None, keymap: Path | None,
    changes: o.RecipeChanges, download: bool, pool: PoolOptions,
) -> int:  # fmt: skip
    """Deterministic batch generation with Stable Diffusion, in the terminal.

    Without a command, seedtui starts the app. With a PROMPT, its first round begins at once. If the prompt is also
    the name of a command, put -- in front of it: seedtui -- info

    Recipe options that you leave out come from the settings, or else from the model's pipeline.
    """
    config = load_config(keymap)
    plan = pool.over(config.pool)
    recipe = changes.over(config.recipe)
    if not 1 <= images <= MAX_BATCH:
        raise InputError(f"{images} images do not fit on the screen", f"Ask for 1 to {MAX_BATCH}")
    prompt = _one_prompt(words)
    if "model" in changes.given:
        o.model_of(recipe, download, plan)
    reopened = session_to_resume(session) if resume or session is not None else None
    launch = Launch(recipe, config, prompt, images, reopened, pool=plan)
    return start(launch if "generator_device" in changes.given else for_mixed_workers(launch))


def _one_prompt(words: tuple[str, ...]) -> str | None:
    if len(words) < 2:
        return words[0] if words else None
    meant = difflib.get_close_matches(words[0], COMMANDS, 1)
    if meant:
        raise InputError(f"“{words[0]}” is not a command", f"Did you mean seedtui {meant[0]}?")
    raise InputError(f"a prompt of {len(words)} words needs quotes", f'Write seedtui "{" ".join(words[:3])} ..."')
