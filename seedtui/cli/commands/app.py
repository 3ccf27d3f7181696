"""``seedtui [PROMPT]`` with options."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated

import typer

from seedtui.app.launch import Launch
from seedtui.cli import options as o
from seedtui.cli.commands import COMMANDS
from seedtui.cli.commands.sessions import session_to_resume
from seedtui.cli.launch import start
from seedtui.cli.load_config import load_config
from seedtui.core.errors import InputError
from seedtui.core.recipes.recipe import BATCH_SIZE, MAX_BATCH


def app(
    words: Annotated[list[str] | None, typer.Argument(metavar="PROMPT", help="What the pictures show.")] = None,
    images: Annotated[int, typer.Option(metavar="N", help="Images to start with, 1 to 16.")] = BATCH_SIZE,
    resume: Annotated[bool, typer.Option("--resume", help="Reopen the newest session where it was left.")] = False,
    session: Annotated[str | None, typer.Option("--session", metavar="ID", help="Reopen that session.")] = None,
    keymap: Annotated[Path | None, typer.Option("--keymap", metavar="FILE", help="Keys by id, as in [keys].")] = None,
    model: o.ModelName = None,
    steps: o.Steps = None,
    guidance: o.Guidance = None,
    size: o.Size = None,
    negative: o.Negative = None,
    scheduler: o.Scheduler = None,
    dtype: o.Dtype = None,
    device: o.Device = None,
    batch_size: o.BatchSize = None,
    generator_device: o.GeneratorDevice = None,
    profile: o.Profile = None,
    lora: o.Loras = None,
    download: o.Download = False,
) -> int:
    """Deterministic batch generation with Stable Diffusion, in the terminal."""
    config = load_config(keymap)
    recipe = o.make_recipe(
        model=model, steps=steps, guidance=guidance, size=size, negative=negative, scheduler=scheduler,
        dtype=dtype, device=device, batch_size=batch_size, generator_device=generator_device,
        profile=profile, lora=lora, base=config.recipe,
    )  # fmt: skip
    if not 1 <= images <= MAX_BATCH:
        raise InputError(f"{images} images do not fit the screen", f"Ask for 1 to {MAX_BATCH}")
    prompt = _one_prompt(words or [])
    if model is not None:
        o.model_of(recipe, download)
    reopened = session_to_resume(session) if resume or session is not None else None
    return start(Launch(recipe, config, prompt, images, reopened))


def _one_prompt(words: list[str]) -> str | None:
    if len(words) < 2:
        return words[0] if words else None
    meant = difflib.get_close_matches(words[0], COMMANDS, 1)
    if meant:
        raise InputError(f"“{words[0]}” is no command", f"Did you mean seedtui {meant[0]}")
    raise InputError(f"a prompt of {len(words)} words needs quotes", f'Write seedtui "{" ".join(words[:3])} ..."')
