"""The file that ``seedtui config --init`` writes: every setting as a comment, with its default."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from msgspec import Meta

from seedtui.core.config.settings import GUIDE, PLAIN, Config
from seedtui.core.prompts.prompt import SUFFIXES

_HEAD = """\
# Settings of seedtui. Remove the # from a line to change that setting.
# Environment variables override this file (SEEDTUI_STEPS=20); command-line options override both (--steps 20).
# `seedtui config` shows every value and where it comes from.
"""

_RECIPE = """
# Defaults for a round. Anything left out uses the pipeline's own default.
[recipe]
# model = "starter"           # starter, sd15, a Hub id, or a path
# steps = 30
# guidance = 7.5
# size = "512x512"
# negative = "blurry"
# scheduler = "euler-a"       # ddim, dpm++2m, dpm++2m-sde, euler, heun, unipc and others, or a class name
# dtype = "float16"           # float32, float16, bfloat16
# device = "cuda:1"           # cpu, cuda, cuda:1, xpu, mps
# batch_size = 4              # a different size changes the low bits
# generator_device = "cpu"    # where noise is drawn; cpu gives the same noise on every GPU
# profile = "fast"            # plain, fast, small, strict
# lora = ["~/ink.safetensors:0.8"]    # files, each with a weight
"""

_KEYS = """
# Key bindings of the app. Separate several keys with commas. Names of special keys: f5, ctrl+g, question_mark.
[keys]
"""


def commented_file(keys: Mapping[str, tuple[str, str]]) -> str:
    """The text of the file. `keys` maps the id of each action to its keys and its description."""
    lines = [_HEAD]
    for name in PLAIN:
        kind = get_type_hints(Config, include_extras=True)[name]
        lines.append(f"# {_words(kind)}.\n# {name} = {_toml(getattr(Config(), name))}\n")
    rows = "".join(f"#     {_toml(suffix)},\n" for suffix in SUFFIXES)
    sets = f"\n# Suffix sets by name; “{GUIDE}” is built in.\n[suffix_sets]\n# {GUIDE} = [\n{rows}# ]\n"
    return "\n".join(lines) + _RECIPE + sets + _KEYS + _key_lines(keys)


def _key_lines(keys: Mapping[str, tuple[str, str]]) -> str:
    lines = {f"# {_toml(id)} = {_toml(key)}": words for id, (key, words) in keys.items()}
    width = max(map(len, lines))
    return "".join(f"{line.ljust(width)}   # {words}\n" for line, words in lines.items())


def _words(kind: Any) -> str:
    parts = get_args(kind) if get_origin(kind) is Annotated else ()
    return next((part.description or "" for part in parts if isinstance(part, Meta)), "")


def _toml(value: object) -> str:
    """A string or number. JSON's form of both is valid TOML."""
    return json.dumps(value, ensure_ascii=False)
