"""Whatever lies where settings, a recipe or a picture should: one line that names it, and `doctor` always runs."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedtui.core.config.recipe_file import parse_recipe_file
from seedtui.core.config.settings import parse_config, with_keymap
from seedtui.core.errors import InputError, SeedtuiError
from seedtui.library.config_file import keep_setting, read_settings
from seedtui.library.paths import config_file, data_dir
from tests.support.no_files import NO_FILES, put_no_file

from .conftest import Command

TEXTS = {
    "huge number": b"keep_alive = " + b"9" * 5000,
    "huge seeds": b'prompt = "a"\nseeds = ' + b"9" * 5000,
    "huge hexadecimal": b"seeds = 0x" + b"f" * 5000,
    "nan": b"keep_alive = nan\n[recipe]\nguidance = inf",
    "negative zero": b"[recipe]\nguidance = -0.0\nsteps = 0",
    "date": b"keep_alive = 2026-01-01\nseeds = 10:00:00",
    "bad date": b"keep_alive = 0000-00-00",
    "deep": b"a = " + b"[" * 100_000,
    "deep key": b".".join([b"a"] * 50_000) + b" = 1",
    "deep table": b"[" + b".".join([b"keys"] * 60) + b"]\na = 1",
    "twice": b"a = 1\na = 2",
    "no text": b"\xff\xfe",
    "zero": b"theme = 'a\0b'",
    "half a character": b'theme = "\\ud800"',
    "hostile": b'"\\u001b]52;c;x" = "[/b]"',
    "too large": b"#" * 300_000,
    "tables for values": b"[theme]\n[recipe.steps]\n[suffix_sets.a]\n[keys.zoom]\n[prompt]\n[seeds]",
    "lists for values": b"theme = []\nkeys = []\nrecipe = []\nsuffix_sets = []\nprompt = []\nseeds = []\nmade = []",
    "lora": b"[recipe]\nlora = [1, [], {path = 3}]",
    "lora of nan": b'[recipe]\nlora = [{path = "/a.safetensors", weight = nan}]',
    "made": b'prompt = "a"\nseeds = "1"\n[made]\nslot = 1' + b"0" * 30,
    "size": b'[recipe]\nsize = "' + b"9" * 5000 + b'x1"',
}

WORDS = (
    "theme", "keep_alive", "recipe", "recipe.steps", "recipe.guidance", "recipe.size", "recipe.lora", "recipe.model",
    "suffix_sets", "suffix_sets.a", "keys", "keys.zoom", "model_folders", "prompt", "seeds", "suffixes", "made",
    "made.slot", '"\\u001b"', "images", "bytes_per_second", "'a.b'",
)  # fmt: skip
VALUES = (
    "1", "-1", "1e999", "nan", "inf", "true", "[]", "{}", "[[1]]", '""', "'a'", '"\\u0000"', "2026-01-01",
    "0x" + "f" * 99,
    "9" * 4301, "9" * 4000, "'''\na\n'''", "{path = 'a.safetensors'}", "['a.safetensors:nan']", "'0-3'", "[", "{", '"',
)  # fmt: skip
LINES = st.builds("{} = {}".format, st.sampled_from(WORDS), st.sampled_from(VALUES)) | st.builds(
    "[{}]".format, st.sampled_from(WORDS)
)
TOML = st.lists(LINES | st.text(st.characters(codec="utf-8"), max_size=20), max_size=6).map("\n".join)


@pytest.fixture
def config(home: Path) -> Path:
    config_file().parent.mkdir(parents=True)
    return config_file()


def assert_told(bare: Command, *words: str | Path) -> str:
    result = bare(*words)
    assert result.code == 2
    assert len(result.err.splitlines()) == 1
    assert "bug in seedtui" not in result.err
    assert len(result.err) < 1000
    return result.err


@pytest.mark.parametrize("kind", TEXTS)
def test_text_of_any_kind(bare: Command, config: Path, kind: str) -> None:
    config.write_bytes(TEXTS[kind])
    bare("config")
    assert "config.toml" in assert_told(bare, "models")
    doctor = bare("doctor", "--json")
    assert doctor.code == 1
    assert {line["name"]: line["state"] for line in doctor.lines}["config"] == "bad"
    config.unlink()
    for words in (("generate", "--recipe"), ("models", "--keymap"), ("export", "--recipe"), ("info",), ("show",)):
        (path := Path("odd.toml")).write_bytes(TEXTS[kind])
        assert_told(bare, *words, path)


@pytest.mark.parametrize("kind", [kind for kind in NO_FILES if kind != "nowhere"])
def test_what_is_no_file(bare: Command, config: Path, tmp_path: Path, kind: str) -> None:
    put_no_file(config, kind)
    assert "config.toml" in assert_told(bare, "models")
    assert bare("doctor", "--json").code == 1
    config.rmdir() if kind == "folder" else config.unlink()
    odd = put_no_file(tmp_path / "odd.png", kind)
    for words in (("generate", "--recipe"), ("export", "--recipe"), ("info",), ("show",), ("verify",), ("script",)):
        assert "odd.png" in assert_told(bare, *words, odd)
    assert "odd.png" in assert_told(bare, "refine", odd, "--suffix", "a")
    assert "odd.png" in assert_told(bare, "open", odd, "--json")


@pytest.mark.parametrize("kind", [kind for kind in NO_FILES if kind != "nowhere"])
def test_a_journal_that_is_no_file(bare: Command, home: Path, kind: str) -> None:
    data_dir().mkdir(parents=True)
    put_no_file(data_dir() / "library.db", kind)
    assert "library.db" in assert_told(bare, "sessions")
    assert bare("doctor").code in (0, 1)


@pytest.mark.parametrize("examples", [200, pytest.param(1000, marks=pytest.mark.slow)])
def test_settings_and_recipes_of_any_words(home: Path, examples: int) -> None:
    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(TOML)
    def check(text: str) -> None:
        for read in (
            lambda: parse_config(text, {}),
            lambda: with_keymap(parse_config("", {}), text, "keys.toml"),
            lambda: parse_recipe_file(text, "recipe.toml"),
            lambda: parse_config("", {f"SEEDTUI_{name}": text for name in ("STEPS", "SIZE", "LORA", "KEEP_ALIVE")}),
        ):
            with contextlib.suppress(InputError):
                json.dumps(repr(read()))

    check()


@pytest.mark.parametrize("examples", [50, pytest.param(300, marks=pytest.mark.slow)])
def test_one_setting_is_kept_in_any_file_or_the_file_stays(config: Path, examples: int) -> None:
    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(TOML.map(str.encode) | st.binary(max_size=60), st.sampled_from(["theme", "suffixes"]))
    def check(data: bytes, name: str) -> None:
        config.write_bytes(data)
        try:
            keep_setting((name,), "guide")
        except SeedtuiError:
            assert config.read_bytes() == data
        else:
            assert getattr(parse_config(read_settings(config), {}), name) == "guide"

    check()
