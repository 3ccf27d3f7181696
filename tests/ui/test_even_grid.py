import pytest

from seedtui.ui.widgets.grid.cell import Cell


@pytest.mark.parametrize("size", [(120, 40), (120, 41), (80, 24), (80, 25)])
async def test_all_pictures_are_equally_high(desk, size):
    async with desk(size=size) as d:
        await d.pilot.press("enter")
        await d.done(1)
        cells = list(d.app.query(Cell))
        assert len({cell.size.height for cell in cells}) == 1
        assert d.app.main.grid.size.height - sum(cell.size.height for cell in cells[::2]) in (0, 1)
        await d.pilot.press("z")
        await d.until(lambda: max(c.size.height for c in cells) == d.app.main.grid.size.height)
