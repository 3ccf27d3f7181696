"""The user's settings, from the text of a TOML file and from the environment. Every value is checked.

Pure: the caller reads the file. An invalid value raises an `InputError` that names the key and the line (or the
variable); it never silently becomes a default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta

from seedtui.core.config import toml
from seedtui.core.config.origin import Origin
from seedtui.core.config.pool_settings import POOL_ABOUT, hosts_from, with_pool
from seedtui.core.config.values import convert, typed
from seedtui.core.errors import InputError, quoted
from seedtui.core.pool.plan import Host, PoolPlan
from seedtui.core.prompts.ideas import IDEA_SETS
from seedtui.core.prompts.prompt import SUFFIXES, check_text
from seedtui.core.prompts.wildcards import WILDCARDS
from seedtui.core.recipes.gguf import parse_gguf
from seedtui.core.recipes.lora import Lora, loras_from
from seedtui.core.recipes.recipe import Recipe, parse_size
from seedtui.core.shares import parse_share

GUIDE = "guide"
"""The name of the built-in suffix set: the four suffixes of the guide."""

PREFIX = "SEEDTUI_"
MAX_NAME = 40
"""Maximum length of a suffix set's name, in characters."""

MAX_LINES = 64
"""Maximum number of lines in a suffix set."""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """All settings. The descriptions go into the file that ``seedtui config --init`` writes, and into the
    manual.

    `recipe` holds the defaults of a round, `pool` says who makes it. `origins` maps a key such as ``recipe.steps`` to
    where its value came from; keys that are not in it have their default.
    """

    images: Annotated[
        str,
        Meta(description="how pictures are drawn: auto, kitty, iterm2, sixel, quad, half, sextant, octant, ascii, off"),
    ] = "auto"
    bytes_per_second: Annotated[
        int, Meta(ge=0, description="limit for pictures sent to the terminal, in bytes per second; 0: no limit")
    ] = 0
    keep_alive: Annotated[
        float, Meta(ge=0, le=10_080, description="minutes to keep the model loaded after the app closes; 0: off")
    ] = 0
    theme: Annotated[str, Meta(description="colours: seedtui, seedtui-light, or a Textual theme (ctrl+p, Theme)")] = (
        "seedtui"
    )
    notify: Annotated[
        Literal["auto", "bell", "off"],
        Meta(description="when a long round ends while you are elsewhere: auto (a notification or a bell), bell, off"),
    ] = "auto"
    mouse: Annotated[bool, Meta(description="use the mouse; with false the terminal selects text with it as usual")] = (
        True
    )
    details: Annotated[
        bool, Meta(description="show how the pick was made beside the pictures (i), from 150 columns on")
    ] = True
    suffixes: Annotated[str, Meta(description="the suffix set to start with")] = GUIDE
    model_folders: Annotated[
        tuple[str, ...], Meta(description="folders to search for models (m); []: the current folder")
    ] = ()
    hints: Annotated[bool, Meta(description="show tips in the first rounds: true, false")] = True
    wildcards: Annotated[str, Meta(description="where __name__ becomes a value of a list: off, suffixes, prompts")] = (
        "suffixes"
    )
    wildcard_folder: Annotated[
        str, Meta(description="folder of the lists for wildcards, NAME.txt; empty: wildcards, beside the settings")
    ] = ""
    viewer: Annotated[
        str, Meta(description="command that shows images (O), such as feh or code -r; empty: what the desktop has")
    ] = ""
    scout_limit: Annotated[
        float, Meta(ge=0, description="the most saved state of one scout round, in GB; 0: save nothing")
    ] = 20
    scout_saved: Annotated[
        Literal["remove", "keep"],
        Meta(description="saved state, once all images are seen and the kept ones finished: remove, keep"),
    ] = "remove"
    rank_command: Annotated[
        str, Meta(description="command that scores images: it reads a path per line, and prints a number for each")
    ] = ""
    suffix_sets: Mapping[str, tuple[str, ...]] = {}
    recipe: Recipe = Recipe()
    pool: PoolPlan = PoolPlan()
    keys: Mapping[str, str] = {}
    origins: Mapping[str, Origin] = {}

    @property
    def all_suffix_sets(self) -> dict[str, tuple[str, ...]]:
        """The guide's set, the user's sets, and those of the suffix ideas. The user's win where a name is the same."""
        return {GUIDE: SUFFIXES, **self.suffix_sets} | {k: v for k, v in IDEA_SETS.items() if k not in self.suffix_sets}

    def suffix_set(self, name: str | None = None) -> tuple[str, ...]:
        """The lines of the set `name`, by default of the set that `suffixes` names.

        Raises:
            InputError: there is no such set.
        """
        name = self.suffixes if name is None else name
        if name not in self.all_suffix_sets:
            names = ", ".join(map(quoted, self.all_suffix_sets))
            raise InputError(f"there is no suffix set {quoted(name)}", f"Available sets: {names}")
        return self.all_suffix_sets[name]


PLAIN = (
    "images", "bytes_per_second", "keep_alive", "theme", "notify", "mouse", "details", "suffixes", "model_folders",
    "hints", "wildcards", "wildcard_folder", "viewer", "scout_limit", "scout_saved",
    "rank_command",
)  # fmt: skip
"""The keys outside tables."""

_NOT_SET = ("revision", "width", "height", "fallback", "transformer_sha256")
RECIPE = tuple(name for name in Recipe.__struct_fields__ if name not in _NOT_SET)
"""The keys of ``[recipe]``, except ``size``."""

TABLES = ("recipe", "pool", "hosts", "suffix_sets", "keys")

_PLAIN_TYPES = get_type_hints(Config, include_extras=True)
RECIPE_KEYS = ("size", *RECIPE)

RECIPE_ABOUT: dict[str, tuple[str, object]] = {
    "model": ("starter, sd15, a Hub ID, or a path", "sd15"),
    "steps": ("denoising steps, 1 to 1000", 30),
    "guidance": ("how closely to follow the prompt, 0 to 100", 7.5),
    "size": ("width and height in pixels", "512x768"),
    "negative": ("what the picture should not show", "blurry"),
    "prompt_encoding": ("plain; long: any length; weighted: (word:1.2), word+ and word- too; with compel", "weighted"),
    "scheduler": ("a short name, or the name of a Diffusers class", "euler-a"),
    "dtype": ("float32, float16, bfloat16", "float16"),
    "device": ("cpu, cuda, cuda:1, xpu, mps", "cuda:1"),
    "batch_size": ("images in one call, 1 to 16; another size changes low bits", 8),
    "generator_device": ("cpu: draw noise there, the same for every GPU; philox: as an NVIDIA card draws it", "cpu"),
    "profile": ("plain, fast, small, strict", "small"),
    "weights": ("full; float8, int8, nf4: less memory, similar pictures", "float8"),
    "offload": ("none; layers: each is on the GPU only while it computes", "layers"),
    "attention": ("the kernel: auto, math, flash, efficient, cudnn", "math"),
    "draft": ("none; cache: skips work where steps change little, for different pictures", "cache"),
    "transformer": ("a GGUF file to use in place of the model's transformer or UNet", "~/flux-Q4_K_S.gguf"),
    "lora": ("files, each with its weight", ["~/ink.safetensors:0.8"]),
    "spread": ("noise on the prompt, for seeds that look alike: 0% to 100%", "40%"),
    "spread_share": ("for which share of the steps the spread changes the prompt", "25%"),
}
"""What each key of ``[recipe]`` is, and an example."""

_SHARES = ("spread", "spread_share")

_RECIPE_TYPES = {
    **get_type_hints(Recipe, include_extras=True),
    **dict.fromkeys(_SHARES, float | str),
    "size": str,
    "lora": tuple[str | Lora, ...],
}


Check = Callable[[Config, str], object]
"""Checks one setting, named by its key; raises an `InputError` if it is invalid."""


def parse_config(text: str, environ: Mapping[str, str], file: str = "config.toml") -> Config:
    """The settings in `text`, overridden by those in `environ`.

    Raises:
        InputError: not TOML, an unknown key, or an invalid value.
    """
    reader = _Reader()
    for key, value in toml.parse(text, file).items():
        reader.take_top(Origin(file, text, (key,)), key, value)
    for key in (*PLAIN, *(f"recipe.{name}" for name in RECIPE_KEYS), *(f"pool.{name}" for name in POOL_ABOUT)):
        if word := environ.get(variable_of(key), "").strip():
            reader.take(Origin(variable_of(key)), key, word, strict=False)  # a variable's "20" counts as a number
    return check_config(reader.config(), {"suffixes": _check_suffixes, "wildcards": _check_wildcards})


def with_keymap(config: Config, text: str, file: str) -> Config:
    """`config` with the key bindings in `text`, which is TOML without a table: ``"refine.now" = "R"``.

    Raises:
        InputError: as in `parse_config`.
    """
    reader = _Reader(config)
    for path, value in _flat(toml.parse(text, file)):
        reader.take(Origin(file, text, path), f"keys.{'.'.join(path)}", value)
    return reader.config()


def check_config(config: Config, checks: Mapping[str, Check]) -> Config:
    """Return `config` if all values that were set pass `checks`, which are keyed by setting or table.

    For what this module cannot know, such as the names of themes.

    Raises:
        InputError: a check failed; the message has the key and the line.
    """
    for key, origin in config.origins.items():
        check = checks.get(key) or checks.get(key.partition(".")[0])
        try:
            if check:
                check(config, key)
        except InputError as error:
            raise origin.wrong(error) from error
    return config


def description_of(key: str) -> str:
    """What the setting `key` is, in a few words without a capital or a period."""
    table, _, name = key.rpartition(".")
    if table:
        return (POOL_ABOUT if table == "pool" else RECIPE_ABOUT)[name][0]
    return next(part.description for part in _PLAIN_TYPES[key].__metadata__ if isinstance(part, Meta)) or ""


def variable_of(key: str) -> str:
    """The environment variable that overrides the setting `key`, or "" if there is none."""
    table, _, name = key.rpartition(".")
    known = {"": PLAIN, "recipe": RECIPE_KEYS, "pool": tuple(POOL_ABOUT)}.get(table, ())
    return PREFIX + name.upper() if name in known else ""


def value_of(config: Config, key: str) -> Any:
    """The value of a setting such as ``recipe.steps``; None if the model decides."""
    table, _, name = key.partition(".")
    if key == "recipe.size":
        recipe = config.recipe
        return f"{recipe.width}x{recipe.height}" if recipe.width else None
    if key == "recipe.lora":
        return tuple(map(str, config.recipe.lora))
    if table == "suffix_sets":
        return config.all_suffix_sets[name]
    if table == "keys":
        return config.keys[name]
    if table == "pool":
        return getattr(config.pool, name)
    if table == "hosts":
        return _written(config.pool.hosts[int(name) - 1])
    return getattr(config.recipe, name) if name else getattr(config, key)


def all_keys(config: Config) -> tuple[str, ...]:
    """The key of every setting, in the order of the file that ``--init`` writes."""
    return (
        *PLAIN,
        *(f"recipe.{name}" for name in RECIPE_KEYS),
        *(f"pool.{name}" for name in POOL_ABOUT),
        *(f"hosts.{number}" for number in range(1, len(config.pool.hosts) + 1)),
        *(
            f"suffix_sets.{name}"
            for name in config.all_suffix_sets
            if name not in IDEA_SETS or name in config.suffix_sets
        ),
        *(f"keys.{name}" for name in config.keys),
    )


def check_set(name: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return `lines` if they can be a suffix set named `name`.

    Raises:
        InputError: the name or a line is invalid.
    """
    if not name.strip() or not name.isprintable() or len(name) > MAX_NAME:
        raise InputError(f"suffix set name {quoted(name)} is not valid", f"Use 1 to {MAX_NAME} characters")
    if len(lines) > MAX_LINES:
        raise InputError(f"a suffix set cannot have {len(lines)} lines", f"Use at most {MAX_LINES}")
    for line in lines:
        if len(line.splitlines()) > 1:
            raise InputError(f"suffix {quoted(line)} has more than one line", "Write one suffix per line")
        check_text(line, "suffix")
    return lines


class _Reader:
    """Takes and checks values one by one, so that an error names its own key."""

    def __init__(self, config: Config | None = None) -> None:
        config = config or Config()
        self._plain = {name: getattr(config, name) for name in PLAIN}
        self._recipe, self._pool = config.recipe, config.pool
        self._sets, self._keys = dict(config.suffix_sets), dict(config.keys)
        self._origins = dict(config.origins)

    def config(self) -> Config:
        return Config(
            **self._plain, recipe=self._recipe, pool=self._pool, suffix_sets=self._sets, keys=self._keys,
            origins=self._origins,
        )  # fmt: skip

    def take_top(self, origin: Origin, key: str, value: object) -> None:
        """Take a top-level key of the file, or a whole table."""
        if key not in TABLES:
            self.take(origin, key, value)
        elif key == "hosts":
            hosts = hosts_from(origin, value)
            self._pool = msgspec.structs.replace(self._pool, hosts=hosts)
            self._origins |= {f"hosts.{number}": origin.at(f"{number}") for number in range(1, len(hosts) + 1)}
        elif not isinstance(value, dict):
            raise origin.wrong(InputError("expected a table", f"Write [{key}] with its keys below"))
        else:
            for path, inner in _flat(value) if key == "keys" else [((name,), inner) for name, inner in value.items()]:
                self.take(origin.at(*path), f"{key}.{'.'.join(path)}", inner)

    def take(self, origin: Origin, key: str, value: object, strict: bool = True) -> None:
        table, _, name = key.partition(".")
        try:
            if not name:
                _check_table(key)
                self._plain[key] = typed({name: _PLAIN_TYPES[name] for name in PLAIN}, key, value, strict, TABLES)
            elif table == "recipe":
                self._recipe = recipe_with(self._recipe, name, value, RECIPE_KEYS, strict)
            elif table == "pool":
                before, self._pool = self._pool, with_pool(self._pool, name, value, strict)
                if self._pool.devices != before.devices:
                    key = "pool.devices"  # workers may name GPUs
            elif table == "suffix_sets":
                self._sets[name] = check_set(name, convert(value, tuple[str, ...], strict))
            else:
                self._keys[name] = convert(value, str, strict)
        except InputError as error:
            raise origin.wrong(error) from error
        self._origins[key] = origin


def _check_table(key: str) -> None:
    """Raise an InputError if `key`, outside the tables, is one of a table: then its header was forgotten."""
    for table, names in (("recipe", RECIPE_KEYS), ("pool", tuple(POOL_ABOUT))):
        if key in names:
            raise InputError("unknown key", f"Write it below [{table}]")


def _written(host: Host) -> dict[str, Any]:
    """The keys of `host` that differ from the defaults, as in the file."""
    default = Host(host.host)
    names = (name for name in Host.__struct_fields__ if getattr(host, name) != getattr(default, name))
    return {"host": host.host, **{name: getattr(host, name) for name in names}}


def _check_suffixes(config: Config, key: str) -> None:
    config.suffix_set()


def _check_wildcards(config: Config, key: str) -> None:
    if config.wildcards not in WILDCARDS:
        raise InputError(f"unknown value {quoted(config.wildcards)}", f"Use {', '.join(WILDCARDS)}")


def recipe_with(recipe: Recipe, name: str, value: object, names: tuple[str, ...], strict: bool = True) -> Recipe:
    """`recipe` with the setting `name`, one of `names`, set to `value`.

    A size is ``512x768``, a share ``40%`` or 0.4; a LoRA is text for `parse_lora` or a table of its fields.

    Raises:
        InputError: an unknown setting, or an invalid value.
    """
    if name == "lora" and isinstance(value, str) and not strict:
        value = [word.strip() for word in value.split(";")]  # the colon is taken: it precedes a weight
    given = typed({name: _RECIPE_TYPES[name] for name in names}, name, value, strict)
    if name == "size":
        width, height = parse_size(given)
        return recipe.with_changes(width=width, height=height)
    if name == "lora":
        given = loras_from(given)
    if name in _SHARES and isinstance(given, str):
        given = parse_share(given, name.replace("_", " "))
    if name == "transformer":
        given = parse_gguf(given)
    return recipe.with_changes(**{name: given})


def _flat(table: Mapping[str, Any], above: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Flatten nested tables. Ids have dots, so ``rounds.older = "a"`` means the same as ``"rounds.older" = "a"``."""
    found: list[tuple[tuple[str, ...], Any]] = []
    for name, value in table.items():
        found += _flat(value, (*above, name)) if isinstance(value, dict) else [((*above, name), value)]
    return found
