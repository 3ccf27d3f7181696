"""What the app sends beside its screen, byte by byte: alone, in tmux, and when it is ended by a signal."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import uuid

import pytest

from tests.support.fake_terminal import FakeTerminal
from tests.support.programs import CHECKOUT, program
from tests.support.virtual_terminal import Manners

pytestmark = pytest.mark.slow

AWAY = "\x1b[O"
"""The terminal says that it has lost the focus."""


@pytest.fixture
def environ(tmp_path):
    return {"TERM": "xterm-256color", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(CHECKOUT)}


@pytest.fixture
def tmux(tmp_path):
    if not shutil.which("tmux"):
        pytest.skip("tmux is not installed")
    config = tmp_path / "tmux.conf"
    config.write_text("set -g focus-events on\nset -g set-titles on\nset -g set-titles-string '#{pane_title}'\n")
    command = ["tmux", "-L", f"seedtui-test-{uuid.uuid4().hex[:8]}", "-f", str(config)]
    yield command
    subprocess.run([*command, "kill-server"], capture_output=True, check=False)


def says(words):
    return lambda virtual: any(words in line for line in virtual.screen.display)


def a_round(terminal, end="\x03"):
    """All bytes of a round that ends while nobody looks, and of the end of the app."""
    terminal.wait(says("denoising"), 30)
    terminal.type(AWAY)
    terminal.wait(says("4 images in"), 30)
    terminal.settle(1.0)
    if isinstance(end, str):
        terminal.type(end)
    else:
        terminal.signal(end)
    terminal.finish()
    return terminal.raw


def titles(raw):
    return [words.decode() for words in re.findall(rb"\x1b\][02];([^\x1b\x07]*)(?:\x1b\\|\x07)", raw)]


@pytest.mark.parametrize("end", ["\x03", signal.SIGTERM])
def test_alone_all_is_set_and_put_back(environ, tmp_path, end):
    command = [*program("reporting_app"), str(tmp_path / "home")]
    with FakeTerminal(command, environ, Manners(version="ghostty 1.2.0")) as terminal:
        raw = a_round(terminal, end)
    assert raw.count(b"\x1b[22;0t") == raw.count(b"\x1b[23;0t") == 1
    assert raw.index(b"\x1b[22;0t") < raw.index(b"\x1b]2;") < raw.rindex(b"\x1b]2;") < raw.index(b"\x1b[23;0t")
    assert any(re.fullmatch(r"seedtui \d/6 · an ]2;owl in the snow", words) for words in titles(raw))
    assert titles(raw)[-1] == "seedtui"
    percents = [int(n) for n in re.findall(rb"\x1b\]9;4;1;(\d+)\x07", raw)]
    assert percents == sorted(percents) and len(percents) > 2
    assert raw.rindex(b"\x1b]9;4;0;0\x07") > raw.rindex(b"\x1b]9;4;1;")
    assert len(re.findall(rb"\x1b\]9;seedtui: 4 images in \d+ s \xc2\xb7 an \]2;owl in the snow\x07", raw)) == 1


def test_a_terminal_that_does_not_know_progress_gets_a_bell_and_no_osc_9(environ, tmp_path):
    command = [*program("reporting_app"), str(tmp_path / "home")]
    with FakeTerminal(command, environ, Manners(version="XTerm(379)", graphics="")) as terminal:
        raw = a_round(terminal)
    assert b"\x1b]9;" not in raw and b"\x1b]777" not in raw and b"\x1b]99" not in raw
    assert re.sub(rb"\x1b\][^\x07\x1b]*\x07", b"", raw).count(b"\x07") == 1
    assert titles(raw)[-1] == "seedtui"


def test_in_tmux_the_pane_has_the_title_and_the_rest_goes_through(environ, tmp_path, tmux):
    command = [*tmux, "new-session", *program("reporting_app"), str(tmp_path / "home")]
    with FakeTerminal(command, environ, Manners(version="ghostty 1.2.0")) as terminal:
        raw = a_round(terminal)
    assert any(words.startswith("seedtui ") and words.endswith("/6 · an ]2;owl in the snow") for words in titles(raw))
    assert re.search(rb"\x1b\]9;4;1;\d+\x07", raw) and b"\x1b]9;4;0;0\x07" in raw
    assert len(re.findall(rb"\x1b\]9;seedtui: 4 images in", raw)) == 1


def test_the_title_of_the_pane_is_put_back(environ, tmp_path, tmux):
    words = " ".join([*program("reporting_app"), str(tmp_path / "home")])
    shell = f"printf '\\033]2;before\\033\\\\'; {words}; sleep 60"
    title = lambda: subprocess.run(  # noqa: E731
        [*tmux, "display-message", "-p", "#{pane_title}"], capture_output=True, text=True, check=False
    ).stdout.strip()
    with FakeTerminal([*tmux, "new-session", shell], environ, Manners(version="XTerm(379)", graphics="")) as terminal:
        terminal.wait(says("denoising"), 30)
        terminal.wait(lambda _: title().startswith("seedtui "), 10)
        terminal.type("\x03")
        terminal.wait(says("left 0"), 20)
        terminal.wait(lambda _: title() == "before", 10)


@pytest.mark.parametrize(("setting", "taken"), [("true", True), ("false", False)])
def test_the_mouse_is_left_to_the_terminal_if_the_user_says_so(environ, tmp_path, setting, taken):
    command = [*program("reporting_app"), str(tmp_path / "home")]
    with FakeTerminal(command, environ | {"SEEDTUI_MOUSE": setting}, Manners(version="XTerm(379)")) as terminal:
        terminal.wait(says("denoising"), 30)
        assert (b"\x1b[?1000h" in terminal.raw) is taken
        terminal.type("\x03")
        terminal.finish()
