"""Everything that Textual writes to the screen passes through us: fails where a new Textual goes another way."""

from __future__ import annotations

import inspect

import pytest
from rich.segment import Segment
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.geometry import Region
from textual.strip import Strip

from seedtui.ui.textual_internals import write_through


def test_textual_writes_what_its_updates_render() -> None:
    assert "terminal_sequence = renderable.render_segments(console)" in inspect.getsource(App._display)
    kinds = {kind.__name__ for kind in CompositorUpdate.__subclasses__()}
    assert kinds == {"LayoutUpdate", "InlineUpdate", "ChopsUpdate"}, "inline apps are not ours"


def test_its_updates_render_what_we_say(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (LayoutUpdate, ChopsUpdate):
        monkeypatch.setattr(kind, "render_segments", kind.render_segments)  # as before, afterwards
    pieces: list[tuple[int, int, str]] = []

    def show(shown, render):
        found = list(shown)
        pieces.extend((x, y, "".join(segment.text for segment in segments)) for x, y, segments in found)
        return "ours"

    write_through(show)
    app = App()
    strip = Strip([Segment("hello")])
    assert LayoutUpdate([[strip], [strip]], Region(0, 0, 5, 2)).render_segments(app.console) == "ours"
    assert pieces == [(0, 0, "hello"), (0, 1, "hello")]
    pieces.clear()
    assert ChopsUpdate([{0: strip}], [(0, 1, 4)], [[5]]).render_segments(app.console) == "ours"
    assert pieces == [(1, 0, "ell")], "only what changed"
