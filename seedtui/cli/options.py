"""The options that several commands take, and the recipe that results."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from seedtui.cli.declaration import FILE, Function, argument, one_of, option
from seedtui.core.config.settings import Config
from seedtui.core.errors import InputError, ModelError, quoted
from seedtui.core.pool.plan import ONE_WORKER, PoolPlan
from seedtui.core.recipes.gguf import parse_gguf
from seedtui.core.recipes.lora import Lora, parse_loras
from seedtui.core.recipes.recipe import (
    BACKENDS,
    BATCH_SIZE,
    DRAFTS,
    DTYPES,
    GENERATORS,
    OFFLOADS,
    PHILOX,
    PROFILES,
    PROMPT_ENCODINGS,
    SPREAD_SHARE,
    WEIGHTS,
    Recipe,
    parse_size,
)
from seedtui.core.recipes.schedulers import offered, scheduler_class
from seedtui.core.shares import parse_share
from seedtui.library.wildcards import WildcardFolder, wildcards_of
from seedtui.models.gguf_files import check_gguf_file
from seedtui.models.lora_files import check_files
from seedtui.models.resolve import ALIASES, STARTER, Model, NotHere, elsewhere, find_model

_DEVICE = "device"
"""The generator that needs no word in a recipe: that of the model's device."""

RECIPE_OPTIONS: dict[str, dict[str, Any]] = {
    "model": {
        "metavar": "NAME", "help": "starter, sd15, a Hub ID, a folder or a .safetensors file.",
        "shell_complete": one_of([STARTER, *ALIASES]),
    },
    "steps": {"metavar": "N", "type": int, "help": "Denoising steps."},
    "guidance": {"metavar": "X", "type": float, "help": "How closely to follow the prompt; 7.5 is usual."},
    "size": {"metavar": "WxH", "help": "Width and height in pixels, such as 512x768."},
    "negative": {"metavar": "TEXT", "help": "What the picture should not show."},
    "prompt_encoding": {
        "metavar": "NAME", "help": "plain; long: any length; weighted: (word:1.2), word+ and word- weigh words too.",
        "default_about": "plain", "shell_complete": one_of(PROMPT_ENCODINGS),
    },
    "scheduler": {
        "metavar": "NAME", "help": f"{', '.join(offered())}, or the name of a Diffusers class.",
        "shell_complete": one_of(offered()),
    },
    "dtype": {"metavar": "NAME", "help": "float32, float16 or bfloat16.", "shell_complete": one_of(DTYPES)},
    "device": {
        "metavar": "NAME", "help": "cpu, cuda, cuda:1, xpu or mps.", "default_about": "the best available",
        "shell_complete": one_of(["cpu", "cuda", "xpu", "mps"]),
    },
    "batch_size": {
        "metavar": "N", "type": int, "help": "Images in each call of the pipeline.", "default_about": f"{BATCH_SIZE}",
    },
    "generator_device": {
        "metavar": "NAME", "help": "Where noise is drawn: device, cpu, or philox (a card's noise, on the CPU).",
        "default_about": "device",
        "shell_complete": one_of([*GENERATORS, _DEVICE]),
    },
    "profile": {
        "metavar": "NAME", "help": "plain, fast, small or strict.", "default_about": "plain",
        "shell_complete": one_of(PROFILES),
    },
    "weights": {
        "metavar": "NAME", "help": "full, float8, int8 or nf4: less memory, similar pictures.", "default_about": "full",
        "shell_complete": one_of(WEIGHTS),
    },
    "offload": {
        "metavar": "NAME", "help": "layers: each is on the GPU only while it computes; or none.",
        "default_about": "none", "shell_complete": one_of(OFFLOADS),
    },
    "attention": {
        "metavar": "NAME", "help": "The attention kernel: auto, math, flash, efficient or cudnn.",
        "default_about": "auto", "shell_complete": one_of(BACKENDS),
    },
    "draft": {
        "metavar": "NAME", "help": "cache: skips work where steps change little, for different pictures; or none.",
        "default_about": "none", "shell_complete": one_of(DRAFTS),
    },
    "transformer": {
        "metavar": "FILE", "help": "A GGUF file to use as the model's transformer or UNet; none: the model's own.",
    },
    "lora": {
        "metavar": "FILE[:W]", "multiple": True,
        "help": "A LoRA file (.safetensors) and its weight. Repeatable. The word none removes all LoRAs.",
    },
    "spread": {
        "metavar": "SHARE", "help": "Noise on the prompt from each seed, 0% to 100%, where seeds look alike.",
        "default_about": "0%",
    },
    "spread_share": {
        "metavar": "SHARE", "help": "For how much of the steps --spread changes the prompt.",
        "default_about": f"{SPREAD_SHARE:.0%}",
    },
}  # fmt: skip
"""The settings of every recipe option, by the name of its parameter. `default_about` is shown where it holds."""

json = option("--json", is_flag=True, help="Print one JSON object per line.")
out = option(
    "--out", metavar="DIR", type=FILE, default=".",
    help="Folder for the images. Default: the current folder. Files are never overwritten.",
)  # fmt: skip
resume = option("--resume", is_flag=True, help="Do not make images again that are in DIR already.")
wildcards = option(
    "--wildcards", metavar="DIR", type=FILE,
    help="Folder of the lists for __name__ in the prompt and the suffixes, or off. Default: the settings.",
)  # fmt: skip
download = option("--download", is_flag=True, group="Recipe options", help="Download a missing model without asking.")


def image(about: str) -> Callable[[Function], Function]:
    """The argument IMAGE, one file."""
    return argument("image", metavar="IMAGE", type=FILE, about=about)


def images(about: str) -> Callable[[Function], Function]:
    """The argument IMAGE..., one file or more."""
    return argument("images", metavar="IMAGE...", type=FILE, nargs=-1, required=True, about=about)


class RecipeChanges(NamedTuple):
    """The recipe options given on a command line, by parameter."""

    given: dict[str, Any]

    def over(self, base: Recipe) -> Recipe:
        """`base` with the given values in place of its own.

        Raises:
            InputError: a value cannot be used, whatever the model.
            ModelError: a LoRA or GGUF file is missing or is not one.
        """
        values = dict(self.given)
        if values.get("generator_device") == _DEVICE:
            base = msgspec.structs.replace(base, generator_device=None)
            del values["generator_device"]
        if (generator := values.get("generator_device", PHILOX)) not in GENERATORS:
            raise InputError(
                f"unknown generator device {quoted(generator)}", f"Use {', '.join(GENERATORS)} or {_DEVICE}"
            )
        if "scheduler" in values:
            scheduler_class(values["scheduler"])
        if "size" in values:
            values["width"], values["height"] = parse_size(values.pop("size"))
        if "transformer" in values:
            values["transformer"] = parse_gguf(values["transformer"])
            values["transformer_sha256"] = ""
            check_gguf_file(values["transformer"])
        for name in {"spread", "spread_share"} & values.keys():
            values[name] = parse_share(values[name], name.replace("_", " "))
        if "lora" in values:
            values["lora"] = _loras(values["lora"])
        return base.with_changes(**values)


def recipe_options(*names: str, of_image: bool = False) -> Callable[[Function], Callable[..., Any]]:
    """Decorates a command that takes these recipe options, or all of them: what is given comes in as `changes`.

    `of_image`: they replace the settings of an image, which are the defaults then.
    """
    chosen = names or tuple(RECIPE_OPTIONS)

    def decorate(function: Function) -> Callable[..., Any]:
        @functools.wraps(function)
        def with_changes(**values: Any) -> Any:
            found = {name: values.pop(name) for name in chosen}
            given = {name: value for name, value in found.items() if value not in (None, ())}
            return function(changes=RecipeChanges(given), **values)

        for name in reversed(chosen):
            flag = f"--{name.replace('_', '-')}"
            settings = dict(RECIPE_OPTIONS[name])
            default = settings.pop("default_about", "")
            if default and not of_image:
                settings["help"] += f" Default: {default}."
            option(flag, name, group="Recipe options", **settings)(with_changes)
        return with_changes

    return decorate


def wildcards_from(given: Path | None, config: Config) -> WildcardFolder:
    """The wildcard lists as --wildcards says, or else the settings. The option resolves them in prompts too."""
    if given is None:
        return wildcards_of(config)
    return WildcardFolder(given, "off" if str(given) == "off" else "prompts")


def model_of(recipe: Recipe, download: bool = False, plan: PoolPlan = ONE_WORKER) -> Model:
    """The model that `recipe` names, if the recipe's settings fit it.

    A model that is only on the Hub is downloaded if `download` is set, or if the user, asked on a terminal, agrees.
    If this machine makes no images by `plan`, the model may be missing here: the workers check the settings.

    Raises:
        InputError: the size does not fit the model.
        ModelError: the model, a LoRA or the GGUF file is not on this machine, or is not one.
    """
    try:
        model = find_model(recipe.model)
    except ModelError as missing:
        if not plan.has_local:
            return elsewhere(recipe.model)
        if not isinstance(missing, NotHere):
            raise
        from seedtui.cli.download import fetch

        fetch(missing, download, recipe.dtype == "float16")
        model = find_model(recipe.model)
    recipe.check_multiple(model.multiple)
    check_files(recipe.lora)
    check_gguf_file(recipe.transformer, model.path)
    return model


def _loras(words: tuple[str, ...]) -> tuple[Lora, ...]:
    loras = parse_loras(words)
    check_files(loras)
    return loras
