"""Settings in the app: moved keys, kept themes."""

from __future__ import annotations

import pytest
from textual.widgets import Footer

from seedtui.core.config.settings import Config
from seedtui.core.errors import InputError
from seedtui.library.paths import config_file
from seedtui.ui.keys.keymap import check_keys, shown_keys


async def test_moved_keys_work_and_are_shown(desk):
    keys = {"generate": "s", "save": "g", "zoom": "f5,f7", "refine.run": "f9"}
    async with desk(prompt="a cat", config=Config(keys=keys), size=(200, 50)) as d:  # its footer has room for all
        await d.done(1)
        await d.pilot.press("s", "s")
        await d.done(2)
        await d.pilot.press("f7")
        await d.until(lambda: d.app.main.grid.zoomed)
        await d.pilot.press("z")
        await d.pilot.pause()
        assert d.app.main.grid.zoomed
        shown = {key.description: key.key_display for key in d.app.main.query_one(Footer).query("FooterKey")}
        assert (shown["generate"], shown["save"], shown["zoom"]) == ("s", "g", "f5")
        await d.pilot.press("f5", "enter")
        await d.pilot.press("f9")
        await d.done(3)
        assert d.engine.rounds[2].kind == "refine"
        await d.pilot.press("question_mark")
        await d.until(lambda: len(d.app.screen_stack) == 2)
        lines = str(d.app.screen.text.content).splitlines()
        assert any("f5  f7" in line and "zoom" in line for line in lines)
        assert any(line.startswith("s  ") and "make one image for each seed" in line for line in lines)


async def test_a_theme_is_kept_when_it_is_chosen(desk):
    async with desk(config=Config(theme="nord")) as d:
        await d.until(lambda: d.engines)
        assert d.app.theme == "nord" and not config_file().exists()
        d.app.theme = "dracula"
        await d.until(lambda: config_file().exists() and 'theme = "dracula"' in config_file().read_text())


async def test_a_theme_that_can_not_be_kept_is_told(desk):
    async with desk() as d:
        await d.until(lambda: d.app.state.model)
        config_file().parent.mkdir(parents=True)
        config_file().write_text("theme = \n")
        d.app.theme = "dracula"
        await d.until(lambda: d.app.state.problem)
        assert "config.toml:1" in d.app.state.problem.message
        assert config_file().read_text() == "theme = \n"


async def test_the_pane_starts_with_the_set_of_the_config(desk):
    config = Config(suffixes="mine", suffix_sets={"mine": (", a", ", b")})
    async with desk(prompt="a cat", config=config) as d:
        await d.done(1)
        await d.pilot.press("r")
        await d.done(2)
        assert [shot.suffix for shot in d.engine.rounds[1].shots] == [", a", ", b"]


async def test_a_key_that_came_later_yields_to_one_that_the_user_moved_there(desk):
    config = Config(keys={"zoom": "f1"})
    check_keys(config, "keys.zoom")
    async with desk(prompt="a cat", config=config) as d:
        await d.done(1)
        await d.pilot.press("f1")
        await d.until(lambda: d.app.main.grid.zoomed)
        assert shown_keys("manual", config.keys) == ""
    with pytest.raises(InputError, match="is already the key of"):
        check_keys(Config(keys={"zoom": "f1", "manual": "f1"}), "keys.zoom")
