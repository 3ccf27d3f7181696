"""The file that ``seedtui config --init`` writes: every setting as a comment, with its default."""

from __future__ import annotations

import json
from collections.abc import Mapping

from seedtui.core.config.pool_settings import HOST_ABOUT, POOL_ABOUT
from seedtui.core.config.settings import GUIDE, PLAIN, RECIPE_ABOUT, Config, description_of
from seedtui.core.prompts.ideas import IDEA_SETS
from seedtui.core.prompts.prompt import SUFFIXES

_HEAD = """\
# Settings of seedtui. Remove the # from a line to change that setting.
# Environment variables override this file (SEEDTUI_STEPS=20); command-line options override both (--steps 20).
# `seedtui config` shows every value and where it comes from.
"""

_RECIPE = """
# Defaults for a round. Anything left out uses the pipeline's own default.
[recipe]
"""

_POOL = """
# Who makes the images: several workers, if this machine or others have the GPUs. --workers, --host and --ray override
# these. Without any of them, one worker does.
[pool]
"""

_HOSTS = """
# Other machines, reached with ssh: this table once for each. While there is any, this machine takes part only if
# workers or devices is set above.
# [[hosts]]
"""

_KEYS = """
# Key bindings of the app. Separate several keys with commas. Names of special keys: f5, ctrl+g, question_mark.
[keys]
"""


def commented_file(keys: Mapping[str, tuple[str, str]]) -> str:
    """The text of the file. `keys` maps the id of each action to its keys and its description."""
    lines = [_HEAD]
    for name in PLAIN:
        words = description_of(name)
        lines.append(f"# {words[:1].upper()}{words[1:]}.\n# {name} = {_toml(getattr(Config(), name))}\n")
    recipe, pool, hosts = map(_examples, (RECIPE_ABOUT, POOL_ABOUT, HOST_ABOUT))
    rows = "".join(f"#     {_toml(suffix)},\n" for suffix in SUFFIXES)
    built_in = ", ".join((GUIDE, *IDEA_SETS))
    sets = f"\n# Suffix sets by name. Built in: {built_in}.\n[suffix_sets]\n# {GUIDE} = [\n{rows}# ]\n"
    bound = _aligned({f"# {_toml(id)} = {_toml(key)}": words for id, (key, words) in keys.items()})
    return "\n".join(lines) + _RECIPE + recipe + _POOL + pool + _HOSTS + hosts + sets + _KEYS + bound


def _examples(about: Mapping[str, tuple[str, object]]) -> str:
    """A line for each key of a table, with its example."""
    return _aligned({f"# {name} = {_toml(example)}": words for name, (words, example) in about.items()})


def _aligned(lines: Mapping[str, str]) -> str:
    """`lines`, each with its words behind it as a comment, all in the same column."""
    width = max(map(len, lines))
    return "".join(f"{line.ljust(width)}   # {words}\n" for line, words in lines.items())


def _toml(value: object) -> str:
    """A string, number or list. JSON's form of both is valid TOML."""
    return json.dumps(value, ensure_ascii=False)
