"""The palette: finds actions by many words, shows their keys, and leaves out mere motions."""

import pytest

from seedtui.ui.keys.palette import Command, PaletteProvider, score


def found(d, query):
    ranked = [(score(query, command), command) for command in d.app.palette_commands()]
    return [c for rank, c in sorted(ranked, key=lambda pair: -pair[0]) if rank]


@pytest.mark.parametrize(
    ("query", "id"),
    [("steps", "Recipe"), ("negative", "Recipe"), ("size", "Recipe"), ("download", "Model"), ("seed", "Prompt"),
     ("cancel", "Cancel"), ("stop", "Cancel"), ("undo", "Undo"), ("history", "Sessions"), ("favourite", "Star"),
     ("stop round", "Cancel"), ("HELP", "Help")],
)  # fmt: skip
async def test_actions_are_found_by_what_people_call_them(desk, query, id):
    async with desk() as d:
        assert id in [command.label for command in found(d, query)]


async def test_each_shows_its_key_and_none_is_a_mere_motion(desk):
    async with desk() as d:
        keys = {command.label: command.keys for command in d.app.palette_commands()}
        assert keys["Recipe"] == "o" and keys["Help"] == "?" and keys["Cancel"] == "x"
        assert not [label for label in keys if "Pick" in label or "field" in label]


async def test_what_does_not_work_now_is_found_and_says_so(desk):
    async with desk() as d:
        await d.until(lambda: d.app.state.model)
        provider = PaletteProvider(d.app.main)
        listed = [hit.text async for hit in provider.discover()]
        assert "Cancel" not in listed and "Recipe" in listed
        hits = {hit.text: hit async for hit in provider.search("cancel")}
        assert "not now" in str(hits["Cancel"].prompt)
        hits["Cancel"].command()
        await d.until(lambda: [n for n in d.app._notifications if "cancel" in n.message])


async def test_a_choice_in_the_palette_acts(desk):
    async with desk() as d:
        await d.until(lambda: d.app.state.model)
        await d.pilot.press("ctrl+p")
        await d.pilot.pause(0.2)
        await d.pilot.press(*"negative")
        await d.pilot.pause(0.6)
        await d.pilot.press("enter")
        await d.until(lambda: type(d.app.screen).__name__ == "RecipeScreen")


def test_every_word_must_fit():
    command = Command("Verify", "v", "Make the pick again and compare every bit", "exact prove", True, list)
    assert score("ver", command) > score("prove", command) > score("bit", command) > 0
    assert score("verify zebra", command) == 0 == score("erify", command)
