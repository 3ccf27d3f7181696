"""Settings: what is read, what is above what, and how each mistake is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.config import toml
from seedtui.core.config.settings import (
    GUIDE,
    Config,
    all_keys,
    check_config,
    parse_config,
    value_of,
    variable_of,
    with_keymap,
)
from seedtui.core.config.template import commented_file
from seedtui.core.errors import InputError
from seedtui.core.prompts.prompt import SUFFIXES
from seedtui.core.recipes.lora import Lora
from seedtui.core.recipes.recipe import Recipe

FILE = """\
# mine
images = "half"
keep_alive = 30
suffixes = "portrait"

[recipe]
model = "sd15"
steps = 30
size = "512x768"
guidance = 7

[suffix_sets]
portrait = [
    ", studio light",
    ", 85mm",
]

[keys]
save = "w"
rounds.older = "a"
"rounds.newer" = "b"
"""


def test_a_file_is_read():
    config = parse_config(FILE, {})
    assert (config.images, config.keep_alive) == ("half", 30)
    assert config.recipe == Recipe(model="sd15", steps=30, width=512, height=768, guidance=7)
    assert config.suffix_set() == (", studio light", ", 85mm")
    assert config.all_suffix_sets[GUIDE] == SUFFIXES
    assert config.keys == {"save": "w", "rounds.older": "a", "rounds.newer": "b"}


def test_nothing_is_all_defaults():
    assert parse_config("", {}) == Config() == parse_config("# only words\n", {})
    assert Config().recipe == Recipe()
    assert Config().suffix_set() == SUFFIXES


def test_lora_files_with_their_weights():
    config = parse_config('[recipe]\nlora = ["/a/ink.safetensors:0.8", "/a/b.safetensors"]\n', {})
    assert config.recipe.lora == (Lora(path="/a/ink.safetensors", weight=0.8), Lora(path="/a/b.safetensors"))
    assert value_of(config, "recipe.lora") == ("/a/ink.safetensors:0.8", "/a/b.safetensors")
    over = parse_config("", {"SEEDTUI_LORA": "/c.safetensors:0.5; /d.safetensors"})
    assert [str(lora) for lora in over.recipe.lora] == ["/c.safetensors:0.5", "/d.safetensors"]


@pytest.mark.parametrize("wrong", ['"ink.pt"', '"a.safetensors", "a.safetensors"', '"a.safetensors:900"', "3"])
def test_what_is_no_lora_is_told_with_its_line(wrong: str):
    with pytest.raises(InputError, match=r"config.toml:2: recipe.lora: "):
        parse_config(f"[recipe]\nlora = [{wrong}]\n", {})


def test_the_environment_is_above_the_file_and_says_so():
    config = parse_config(FILE, {"SEEDTUI_STEPS": "12", "SEEDTUI_KEEP_ALIVE": "0.5", "SEEDTUI_IMAGES": ""})
    assert (config.recipe.steps, config.keep_alive, config.images) == (12, 0.5, "half")
    where = {key: origin.where for key, origin in config.origins.items()}
    assert where["recipe.steps"] == "SEEDTUI_STEPS"
    assert where["images"] == "config.toml:2"
    assert where["recipe.size"] == "config.toml:9"
    assert where["suffix_sets.portrait"] == "config.toml:13"
    assert where["keys.rounds.older"] == "config.toml:20"
    assert "theme" not in where


def test_every_setting_has_a_value_and_what_can_has_a_variable():
    config = parse_config(FILE, {})
    values = {key: value_of(config, key) for key in all_keys(config)}
    assert values["recipe.size"] == "512x768"
    assert values["keys.rounds.older"] == "a"
    assert variable_of("recipe.negative") == "SEEDTUI_NEGATIVE"
    assert variable_of("keys.save") == variable_of("suffix_sets.portrait") == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[recipe]\nstepz = 3", ["config.toml:2", "recipe.stepz", "unknown key", "Did you mean steps"]),
        ("\nimagess = 'quad'", ["config.toml:2", "imagess", "Did you mean images"]),
        ("steps = 3", ["config.toml:1", "steps", "unknown key", "Write it below [recipe]"]),
        ("workers = 2", ["config.toml:1", "workers", "unknown key", "Write it below [pool]"]),
        ("[recipe]\n\nsteps = 'many'", ["config.toml:3", "recipe.steps", "expected int"]),
        ("[recipe]\nsteps = 0", ["config.toml:2", "recipe.steps", "Use 1 to 1000"]),
        ("[recipe]\nsize = '512'", ["config.toml:2", "recipe.size", "512x512"]),
        ("[recipe]\nprofile = 'warp'", ["config.toml:2", "recipe.profile", "warp"]),
        ("[recipe]\nnegative = '''\na\nb'''\ndtype = 'int8'", ["config.toml:5", "recipe.dtype", "float16"]),
        ("bytes_per_second = -1", ["config.toml:1", "bytes_per_second", ">= 0"]),
        ("keep_alive = true", ["config.toml:1", "keep_alive"]),
        ("suffixes = 'x'", ["config.toml:1", "no suffix set “x”", "guide"]),
        ("recipe = 3", ["config.toml:1", "recipe", "expected a table"]),
        ("[suffix_sets]\na = 'b'", ["config.toml:2", "suffix_sets.a", "expected array"]),
        ('[suffix_sets]\na = ["b\\nc"]', ["config.toml:2", "suffix_sets.a", "one line"]),
        ("[keys]\nsave = 3", ["config.toml:2", "keys.save", "expected str"]),
        ("images = \n", ["config.toml:1", "invalid TOML"]),
        ("images = 'a'\nimages = 'b'", ["config.toml:2", "invalid TOML"]),
        ("[keys]\nrefine = 'a'\nrefine.now = 'b'", ["config.toml:3", "invalid TOML"]),
        ("a = [", ["config.toml:1", "invalid TOML"]),
    ],
)
def test_a_mistake_is_told_with_its_line_and_key(text: str, words: list[str]):
    with pytest.raises(InputError) as error:
        parse_config(text, {})
    assert all(word in str(error.value) for word in words), str(error.value)
    assert "`" not in str(error.value)


def test_a_wrong_variable_is_told_by_its_name():
    with pytest.raises(InputError, match="SEEDTUI_STEPS: expected int"):
        parse_config("", {"SEEDTUI_STEPS": "many"})


def test_what_others_know_is_asked_with_the_line():
    def no_half(config: Config, key: str) -> None:
        assert key == "images"
        raise InputError(f"{config.images} is bad")

    config = parse_config(FILE, {})
    with pytest.raises(InputError, match=r"^config.toml:2: images: half is bad"):
        check_config(config, {"images": no_half})
    check_config(parse_config("", {}), {"images": no_half})  # a default is not asked about


def test_a_keymap_file_is_above_the_config():
    config = with_keymap(parse_config(FILE, {}), '"save" = "e"\nrounds.tree = "y"', "mine.toml")
    assert config.keys == {"save": "e", "rounds.older": "a", "rounds.newer": "b", "rounds.tree": "y"}
    assert config.origins["keys.save"].where == "mine.toml:1"


def test_the_file_that_init_writes_changes_nothing_until_a_line_is_uncommented():
    text = commented_file({"save": ("s", "Save a copy"), "rounds.tree": ("t", "The tree")})
    assert parse_config(text, {}) == Config()
    lines = [line[2:] if " = " in line or line in ("# ]", "# [[hosts]]") or line.startswith("#     ") else line
             for line in text.splitlines() if "transformer" not in line]  # fmt: skip
    config = parse_config("\n".join(lines), {})
    assert set(config.origins) >= {"images", "theme", "recipe.steps", "recipe.size", "suffix_sets.guide", "keys.save"}
    (alone,) = (line[2:] for line in text.splitlines() if line.startswith("# transformer = "))  # it excludes others
    assert parse_config(f"[recipe]\n{alone}", {}).recipe.transformer.endswith("/flux-Q4_K_S.gguf")


@given(st.text(max_size=200))
def test_any_text_is_a_config_or_an_error_of_one_line(text: str):
    told = ""
    try:
        parse_config(text, {})
    except InputError as error:
        told = str(error)
    assert "\n" not in told


LOOKALIKES = ["", "# steps", "x = 'steps = 3'", "y = '''\nsteps = 4\n'''", "z = [\n'steps',\n]"]


@given(st.lists(st.sampled_from(LOOKALIKES), unique=True))
def test_the_line_of_a_key_is_found_among_words_that_look_like_it(before: list[str]):
    text = "\n".join([*before, "steps = 5"])
    assert toml.line_of(text, ("steps",)) == text.count("\n") + 1
    assert toml.line_of(text, ("absent",)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "keep_alive = " + "9" * 5000,
        "keep_alive = 0x" + "f" * 5000,
        ".".join("a" * 5000) + " = 1",
        "[" + '"."'.join("a" * 1000) + "]",
        "a = {" + "x.".join("a" * 1000) + "x = 1}",
        "a = " + "[" * 10_000,
        "a = " + "{a=" * 100 + "1" + "}" * 100,
        '"a\\uD800" = 1',
    ],
)
def test_what_no_settings_can_hold_is_told_with_the_file(text: str) -> None:
    with pytest.raises(InputError, match=r"^config\.toml"):
        parse_config(text, {})


def test_a_key_in_very_many_lines_is_told_without_its_line() -> None:
    with pytest.raises(InputError, match=r"^config\.toml: a: "):
        parse_config("# a\n" * 50_000 + "a = 1", {})


def test_notify_and_mouse_are_words_that_exist():
    assert parse_config('notify = "bell"\nmouse = false', {}).notify == "bell"
    assert parse_config("", {"SEEDTUI_MOUSE": "false"}).mouse is False
    with pytest.raises(InputError) as wrong:
        parse_config('notify = "loud"', {})
    assert str(wrong.value) == "config.toml:1: notify: unknown value “loud”. Use auto, bell or off."


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('mouse = "yes"', "mouse: unknown value “yes”. Use true or false."),
        ("hints = 1", "hints: unknown value “1”. Use true or false."),
        ("notify = true", "notify: unknown value “true”. Use auto, bell or off."),
    ],
)
def test_a_wrong_choice_names_those_there_are(line, says):
    with pytest.raises(InputError) as wrong:
        parse_config(line, {})
    assert str(wrong.value) == f"config.toml:1: {says}"
