"""The program that shows images: which one, started without a shell, its errors told."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from seedtui.app.viewer import show_images, viewer_command
from seedtui.core.errors import InputError


def program(folder: Path, name: str, script: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_the_setting_is_a_command_line_without_a_shell(tmp_path: Path) -> None:
    program(tmp_path, "see", "")
    environ = {"PATH": str(tmp_path), "DISPLAY": ":0"}
    assert viewer_command("see -r '$(touch x)' ~", environ) == ("see", "-r", "$(touch x)", "~")


@pytest.mark.parametrize(
    ("setting", "environ", "words"),
    [
        ("nothing-like-it", {"DISPLAY": ":0"}, "no program “nothing-like-it”"),
        ("see 'open", {}, "cannot be read"),
        ("", {"SSH_CONNECTION": "1 2 3 4"}, "no display here over SSH"),
        ("", {}, "no display here to"),
        ("", {"DISPLAY": ":0"}, "no viewer"),
    ],
)
def test_without_a_viewer_it_says_what_to_do(tmp_path: Path, setting: str, environ: dict[str, str], words: str) -> None:
    with pytest.raises(InputError) as error:
        viewer_command(setting, {"PATH": str(tmp_path), **environ})
    assert words in error.value.problem.message and error.value.problem.hint


def test_on_a_desktop_it_is_the_desktops(tmp_path: Path) -> None:
    program(tmp_path, "xdg-open", "")
    assert viewer_command("", {"PATH": str(tmp_path), "WAYLAND_DISPLAY": "wayland-0"}) == ("xdg-open",)


def test_it_gets_the_files_and_goes_on_by_itself(tmp_path: Path) -> None:
    see = program(tmp_path, "see", f'echo noise; echo noise >&2; printf "%s\\n" "$@" > {tmp_path}/got; exec sleep 30')
    files = [tmp_path / "a b.png", tmp_path / "-c.png"]
    before = time.monotonic()
    show_images([str(see), "-x"], files)
    assert time.monotonic() - before < 20
    assert (tmp_path / "got").read_text().splitlines() == ["-x", *map(str, files)]


def test_its_failure_is_told(tmp_path: Path) -> None:
    see = program(tmp_path, "see", 'echo "first" >&2; echo "cannot open display" >&2; exit 3')
    with pytest.raises(InputError, match="cannot open display"):
        show_images([str(see)], [tmp_path / "a.png"])
    (tmp_path / "no").write_text("")
    with pytest.raises(InputError, match="cannot start"):
        show_images([str(tmp_path / "no")], [tmp_path / "a.png"])
