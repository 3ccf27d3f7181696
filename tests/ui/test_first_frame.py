"""What the first frame waits for."""

from __future__ import annotations

import pytest

from seedtui.ui.app import SeedtuiApp


@pytest.mark.parametrize("size", [(60, 14), (80, 24), (120, 40), (160, 40), (210, 60)])
async def test_the_whole_screen_is_styled_once(desk, monkeypatch, size):
    styled = []
    update = SeedtuiApp.update_styles

    def count(app, node, animate=True):
        if node is app.main and not app.main.query("KeyFooter FooterKey"):  # the footer is filled after the frame
            styled.append(node.classes)
        update(app, node, animate)

    monkeypatch.setattr(SeedtuiApp, "update_styles", count)
    async with desk(size=size) as d:
        width, height = size
        by_width = "-wide" if width >= 100 else "-narrow"
        by_height = "-high" if height >= 25 else "-low" if height >= 16 else "-lowest"
        assert d.app.main.has_class(by_width, by_height)
        assert d.app.main.has_class("-broad") == (width >= 150) and d.app.main.has_class("-vast") == (width >= 200)
        assert len(styled) <= 1 and all({by_width, by_height} <= classes for classes in styled)
