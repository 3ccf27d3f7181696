"""``info``, ``show``, ``models`` and ``doctor``: what they tell, and that they load nothing for it."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from seedtui.cli import diagnostics
from seedtui.core.text.display import visible
from seedtui.core.text.formatting import size_in_words
from seedtui.library.images.png import encode_png, read_png
from seedtui.terminal.probe.modes import Terminal

from .conftest import Command


def test_info_tells_the_record(bare: Command, pictures: list[Path]) -> None:
    _, record = read_png(pictures[2])
    (told,) = bare("info", pictures[2], "--json").lines
    assert told["file_intact"] is True
    assert msgspec.convert({k: v for k, v in told.items() if k in record.__struct_fields__}, type(record)) == record
    words = bare("info", pictures[2]).out
    for word in ("a cat", "PNDMScheduler", "slot 2 of 4", record.sha256, "float32"):
        assert word in words


def test_info_is_not_fooled(bare: Command, pictures: list[Path], tmp_path: Path) -> None:
    """Escape codes and markup in a record reach no terminal, and changed pixels are told."""
    picture, record = read_png(pictures[0])
    record = msgspec.structs.replace(record, prompt="[red]a\x1b[2Jb[/]", sha256="0" * 64)
    (tmp_path / "odd.png").write_bytes(encode_png(picture, record))
    words = bare("info", "odd.png").out
    assert "\x1b" not in words
    assert "[red]a␛[2Jb[/]" in words
    assert "the file was changed since" in words


def test_show_draws_any_png_in_letters_where_there_is_no_terminal(
    bare: Command, pictures: list[Path], tmp_path: Path
) -> None:
    Image.new("RGB", (40, 20), "white").save(tmp_path / "photo.png")
    result = bare("show", "--width", 20, pictures[1], "photo.png")
    assert result.code == 0
    lines = result.out.splitlines()
    assert f"{pictures[1]}  seed 1" in lines
    assert lines[-1] == "photo.png"
    assert all(len(line) <= 20 for line in lines if "png" not in line)
    assert "\x1b" not in result.out


def test_show_and_script_speak_json(bare: Command, pictures: list[Path]) -> None:
    (shown,) = bare("show", pictures[1], "--json").lines
    assert (shown["path"], shown["label"]) == (str(pictures[1]), "seed 1")
    (scripted,) = bare("script", pictures[1], "--json").lines
    assert scripted["program"] == bare("script", pictures[1]).out
    assert scripted["sha256"] == read_png(pictures[1])[1].sha256


def test_models_lists_the_starter_and_its_size(bare: Command) -> None:
    lines = bare("models", "--json").lines
    assert lines[0]["name"] == "starter"
    assert lines[0]["bytes"] > 1000
    assert Path(lines[0]["path"]).is_dir()
    assert "starter" in bare("models").out


def test_doctor_looks_at_everything(bare: Command) -> None:
    result = bare("doctor", "--json")
    told = {line["name"]: line for line in result.lines}
    assert {"seedtui", "python", "torch", "pillow", "gpu", "starter model", "data", "terminal"} <= told.keys()
    assert result.code == (1 if any(line["state"] == "bad" for line in told.values()) else 0)
    assert "starter model" in bare("doctor").out


@pytest.mark.parametrize(("found", "state"), [("10.4.0", "note"), ("12.1.0", "note"), ("12.1.1", "ok"), ("13.0", "ok")])
def test_doctor_knows_pillows_holes(monkeypatch: pytest.MonkeyPatch, found: str, state: str) -> None:
    monkeypatch.setattr(diagnostics, "version", lambda name: found)
    assert diagnostics.check_package("pillow").state == state


def test_doctor_sees_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert diagnostics.check_package("no-such-package").state == "bad"
    (tmp_path / "nvidia0").touch()
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(diagnostics, "version", lambda name: "2.13.0+cpu")
    gpus = diagnostics.find_gpus(tmp_path)
    assert diagnostics.check_gpu(gpus).state == "bad"
    monkeypatch.setattr(diagnostics, "version", lambda name: "2.13.0")
    assert diagnostics.check_gpu(gpus) == diagnostics.Check("gpu", "ok", "nvidia0")
    assert diagnostics.check_folder("data", tmp_path / "nvidia0" / "below").state == "bad"
    assert diagnostics.check_folder("data", tmp_path / "not" / "yet").state == "ok"
    assert not (tmp_path / "not").exists()


def test_doctor_tells_which_noise_is_the_cards_own(bare: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    check = diagnostics.check_noise(["Tesla T4", "Quadro X"])
    assert (check.state, check.value) == ("note", "Tesla T4: 40,960 numbers per wave")
    assert "--generator-device cpu" in check.hint
    assert diagnostics.check_noise(["Quadro X"]).value == "drawn on the GPU"
    monkeypatch.setenv("SEEDTUI_GENERATOR_DEVICE", "cpu")
    assert diagnostics.check_noise(["Tesla T4"]).state == "ok"


def test_doctor_tells_of_the_terminal() -> None:
    kitty = Terminal("kitty", "kitty 0.41 draws pictures", tmux=True, ssh=True, name="kitty", version="0.41")
    assert diagnostics.check_terminal(kitty).value.startswith("kitty 0.41 in tmux over SSH: kitty")
    assert diagnostics.check_terminal(None).state == "note"


@pytest.mark.parametrize(
    ("terminal", "environ", "state", "value", "hint"),
    [
        (Terminal("kitty", name="kitty", version="0.41", kitty="yes"), {}, "ok",
         "kitty graphics: yes; iTerm2 images: not tried; sixel: not tried", ""),
        (Terminal("sixel", name="Konsole", version="22", kitty="yes", iterm2="yes", sixel="yes", claims_sixel=True),
         {}, "ok", "yes, but without Unicode placeholders; iTerm2 images: drawn; sixel: drawn, claimed", ""),
        (Terminal("quad", kitty="no", iterm2="no", sixel="no", claims_sixel=False), {"TERM_PROGRAM": "vscode"},
         "note", "kitty graphics: no; iTerm2 images: not drawn; sixel: not drawn, not claimed", "enableImages"),
        (Terminal("quad", name="XTerm", kitty="no", iterm2="no", sixel="no answer"), {}, "note",
         "sixel: no answer to a test picture", "vt340"),
        (Terminal("quad", kitty="no answer"), {}, "note", "kitty graphics: no answer", "seedtui manual"),
        (Terminal("quad", named=True), {}, "note", "not asked", ""),
    ],
)  # fmt: skip
def test_doctor_tells_what_the_terminal_was_asked_and_answered(terminal, environ, state, value, hint) -> None:
    check = diagnostics.check_protocols(terminal, environ)
    assert check.state == state and value in check.value and hint in check.hint


def test_doctor_tells_the_size_of_a_cell() -> None:
    browser = Terminal("iterm2", cell=(8.43, 17.0), cell_from="terminal")
    assert diagnostics.check_terminal(browser).value.endswith("cells of 8.43x17 pixels")
    assert diagnostics.check_terminal(Terminal("quad")).value.endswith("cells of 8x16 pixels (assumed)")


def test_words_are_plain_and_json_is_one_line() -> None:
    assert visible("a\n\x1b[1mb\udce9") == "a⏎␛[1mb�"
    assert json.loads(json.dumps(visible("ä 猫"))) == "ä 猫"
    assert [size_in_words(n) for n in (0, 1500, 38_000_000, 10**15)] == ["0 bytes", "1.5 kB", "38 MB", "1000 TB"]


def test_a_terminal_that_the_machine_has_never_heard_of(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "xterm-kitty").touch()
    there = {"TERM": "xterm-kitty", "TERMINFO": str(tmp_path)}
    assert diagnostics.knows_terminal(there, system=())
    assert diagnostics.knows_terminal({"TERM": ""}, system=())
    assert not diagnostics.knows_terminal({**there, "TERM": "xterm-ghostty"}, system=())
    assert "kitten ssh" in diagnostics.check_terminfo("xterm-kitty").hint
    assert "kitten" not in diagnostics.check_terminfo("foot").hint
