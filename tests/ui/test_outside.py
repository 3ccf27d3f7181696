"""The pick, or all marked pictures, are handed to a viewer and to the clipboard."""

from __future__ import annotations

from base64 import standard_b64decode
from pathlib import Path

import pytest
from textual._xterm_parser import XTermParser

from seedtui.core.config.settings import Config
from seedtui.ui.screens.copy import CopyScreen


@pytest.fixture
def viewer(tmp_path: Path) -> Path:
    path = tmp_path / "see"
    path.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {tmp_path}/got\n')
    path.chmod(0o755)
    return path


async def test_the_pick_and_all_marked_are_opened(desk, tmp_path, viewer):
    async with desk(config=Config(viewer=str(viewer))) as d:
        await d.pilot.press("enter")
        await d.done(1)
        got = tmp_path / "got"
        await d.pilot.press("l", "O")
        await d.until(lambda: got.exists() and got.read_text().endswith("seed-1.png\n"))
        await d.pilot.press("a", "O")
        await d.until(lambda: len(got.read_text().splitlines()) == 5)


async def test_without_a_display_it_says_what_to_set(desk, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "1 2 3 4")
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("O")
        assert "SSH" in d.app.state.problem.message and "viewer" in d.app.state.problem.hint


async def test_an_image_is_copied_or_else_its_path(desk, tmp_path, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        await d.pilot.press("y", "i")
        await d.until(lambda: d.app.clipboard)
        assert d.app.clipboard == str(next((tmp_path / "library").rglob("*seed-0.png")))
        await d.pilot.press("a", "y", "i")
        assert isinstance(d.app.screen, CopyScreen), "several images are not one"


@pytest.mark.parametrize(("status", "copied"), [("DONE", True), ("EPERM", False)])
async def test_kitty_takes_the_image_and_its_answer_is_no_keys(desk, tmp_path, monkeypatch, status, copied):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-kitty")
    async with desk() as d:
        await d.pilot.press("enter")
        await d.done(1)
        written: list[str] = []
        monkeypatch.setattr(d.app.output, "write", written.append)
        await d.pilot.press("y", "i")
        await d.until(lambda: any("type=wdata\x1b" in packet for packet in written))
        parser = XTermParser()
        for event in (*parser.feed(f"\x1b]5522;type=write:status={status}\x1b\\"), *parser.feed("")):
            d.app.post_message(event)
        image = next((tmp_path / "library").rglob("*seed-0.png"))
        await d.until(lambda: "copied" in d.app.state.said.words if copied else d.app.clipboard)
        assert d.app.clipboard == ("" if copied else str(image))
        assert d.app.screen is d.app.main and len(d.app.state.round_views) == 1 and not d.app.state.marks
        sent = b"".join(standard_b64decode(p.split(";")[-1][:-2]) for p in written if "mime=" in p)
        assert sent == image.read_bytes()
