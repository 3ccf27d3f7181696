"""The pick, or all marked pictures, are handed to a viewer and to the clipboard."""

from __future__ import annotations

from pathlib import Path

import pytest

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
