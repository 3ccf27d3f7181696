"""``seedtui config``, and that settings reach the commands, each above the one before."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seedtui.library.config_file import keep_setting
from seedtui.library.paths import config_file

Command = Callable[..., Any]


def write(text: str) -> Path:
    file = config_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def rows(bare: Command) -> dict[str, tuple[object, str]]:
    result = bare("config", "--json")
    assert result.code == 0
    return {line["key"]: (line["value"], line["from"]) for line in result.lines}


def test_each_value_and_where_it_comes_from(bare: Command, monkeypatch: pytest.MonkeyPatch):
    write('[recipe]\nsteps = 9\nguidance = 3\n[keys]\nsave = "f4"\n')
    monkeypatch.setenv("SEEDTUI_STEPS", "12")
    found = rows(bare)
    assert found["recipe.steps"] == (12, "SEEDTUI_STEPS")
    assert found["recipe.guidance"] == (3.0, "config.toml:3")
    assert found["recipe.model"] == ("starter", "default")
    assert found["keys.save"] == ("f4", "config.toml:5")
    table = bare("config").out
    assert "SEEDTUI_STEPS" in table and "config.toml:3" in table


def test_file_then_environment_then_command_line(
    seedtui: Command, models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
):
    write(f'[recipe]\nmodel = "{models["sd"]}"\nsteps = 2\nguidance = 2.5\nscheduler = "euler"\n')
    monkeypatch.setenv("SEEDTUI_STEPS", "3")
    made = seedtui("generate", "a cat", "--seeds", "0", "--guidance", "4", "--json", "--out", "out").lines[0]
    record = seedtui("info", made["path"], "--json").lines[0]
    recipe = record["recipe"]
    assert (recipe["steps"], recipe["guidance"], recipe["scheduler"]) == (3, 4.0, "EulerDiscreteScheduler")


def test_a_broken_config_is_one_line_and_stops_no_doctor(bare: Command):
    write('[recipe]\nsteps = "many"\n')
    for words in (["config"], ["generate", "a cat"], ["--images", "2"]):
        result = bare(*words)
        assert result.code == 2
        assert "config.toml:2: recipe.steps" in result.err and result.err.count("\n") == 1
    result = bare("doctor", "--json")
    check = next(line for line in result.lines if line["name"] == "config")
    assert check["state"] == "bad" and "config.toml:2" in check["value"]
    assert bare("config", "--path").code == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('images = "crayon"', "unknown way to draw “crayon”"),
        ('theme = "plaid"', "no theme"),
        ('[recipe]\nscheduler = "magic"', "scheduler"),
        ('[keys]\nsvae = "w"', "no action with that name"),
        ('[keys]\nsave = "g"', "already the key of generate"),
        ('[keys]\nsave = "g"\ngenerate = "g"', "already"),
        ('[keys]\nsave = "wuff"', "no key “wuff”"),
        ('[keys]\nsave = ""', "no key"),
        ('[keys]\nretry = "e"', "no longer type"),
        ('[keys]\n"quit.always" = "f9"', "cannot be moved"),
        ('[keys]\n"refine.run" = "f6"', "editor"),
        ('[keys]\nsave = "ctrl+c"', "quit.always"),
    ],
)
def test_what_the_app_can_not_use_is_told_with_its_line(bare: Command, text: str, words: str):
    write(text)
    result = bare("config")
    assert result.code == 2
    assert (
        words in result.err
        and f"config.toml:{1 + text.count(chr(10)) if 'generate =' not in text else 2}" in result.err
    )


def test_keys_can_change_places(bare: Command):
    write('[keys]\nsave = "g"\ngenerate = "s"\n')
    assert bare("config").code == 0


def test_files_that_are_no_config(bare: Command, home: Path):
    file = write("")
    file.write_bytes(b"\xff\xfe")
    assert "UTF-8" in bare("config").err
    file.write_bytes(b"#" * 300_000)
    assert "more than 262,144 bytes" in bare("config").err
    file.unlink()
    os.mkfifo(file)
    assert "pipe" in bare("config").err


def test_init_writes_a_file_once(bare: Command):
    result = bare("config", "--init")
    assert result.code == 0 and Path(result.out.strip()) == config_file()
    assert '# "save" = "s"' in config_file().read_text()
    assert all(where == "default" for _, where in rows(bare).values())
    assert bare("config", "--init").code == 2


def test_edit_opens_the_editor_and_looks_at_what_was_written(
    bare: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    editor = tmp_path / "editor"
    editor.write_text(f"#!{sys.executable}\nimport sys\nopen(sys.argv[-1], 'a').write('nonsense = 1\\n')\n")
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{editor} --wait")
    result = bare("config", "--edit")
    assert result.code == 2 and "nonsense" in result.err
    monkeypatch.setenv("EDITOR", str(tmp_path / "none"))
    assert "cannot start the editor" in bare("config", "--edit").err


def test_a_kept_value_leaves_the_rest_of_the_file(bare: Command, tmp_path: Path):
    file = write('# mine\ntheme = "nord"  # quiet\n\n[recipe]\nsteps = 9 # few\n')
    elsewhere = tmp_path / "dotfiles.toml"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    keep_setting(("theme",), "dracula")
    keep_setting(("suffix_sets", "my set"), [", a", ', "b"'])
    text = elsewhere.read_text()
    assert file.is_symlink()
    assert text.startswith('# mine\ntheme = "dracula"  # quiet\n\n[recipe]\nsteps = 9 # few\n')
    assert rows(bare)["suffix_sets.my set"][0] == [", a", ', "b"']


def test_nothing_is_written_into_a_broken_file(bare: Command):
    file = write("theme = \n")
    with pytest.raises(Exception, match=r"config\.toml:1"):
        keep_setting(("theme",), "nord")
    assert file.read_text() == "theme = \n"


def test_refine_takes_a_set_and_alternatives(seedtui: Command, pictures: list[Path]):
    write('suffixes = "a"\n[suffix_sets]\na = [", ink"]\nb = [", {oil|wood}", "#, off"]\n')

    def suffixes(*words: str) -> list[str]:
        result = seedtui("refine", pictures[0], *words, "--json", "--out", "out")
        return [line["suffix"] for line in result.lines] or [result.err]

    assert suffixes() == [", ink"]
    assert suffixes("--set", "b") == [", oil", ", wood"]
    assert suffixes("--suffix", ", {x|y}", "--suffix", ", {z}") == [", x", ", y", ", {z}"]
    assert "no suffix set “c”" in suffixes("--set", "c")[0]
    assert "The limit is 16" in suffixes("--suffix", "{a|b}" * 20)[0]
