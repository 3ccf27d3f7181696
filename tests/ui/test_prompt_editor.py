"""The prompt editor: nothing that was written is lost, all of it is seen, and what the model drops is marked."""

from __future__ import annotations

import pytest
from textual.events import Key, Paste

from seedtui.core.prompts.prompt import EXAMPLE
from seedtui.library.library import Library

LONG = " ".join(f"word{n}" for n in range(60))
"""Some 400 characters, more tokens than the fake engine reads."""


def editor(d):
    return d.app.main.prompt_bar.prompt


def lines(d) -> list[str]:
    """The lines of the screen."""
    strips = d.app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


async def write(d, text: str) -> None:
    before = editor(d).text
    editor(d).post_message(Paste(text))
    await d.until(lambda: editor(d).text != before)


async def generate(d, prompt: str, rounds: int) -> None:
    d.app.main.set_focus(editor(d))
    editor(d).put(prompt)
    await d.pilot.press("enter")
    await d.done(rounds)


async def test_the_example_is_offered_and_typing_begins_another_prompt(desk):
    async with desk() as d:
        assert editor(d).text == "" and any(EXAMPLE in line for line in lines(d))
        await d.pilot.press("x")
        assert editor(d).text == "x" and not any(EXAMPLE in line for line in lines(d))
        await d.pilot.press("backspace", "right")
        assert editor(d).text == EXAMPLE and editor(d).cursor_at_end_of_text
        await d.pilot.press("ctrl+z", "enter")
        await d.done(1)
        assert d.engine.rounds[0].prompt == EXAMPLE


@pytest.mark.parametrize(("size", "most"), [((120, 40), 4), ((80, 24), 2), ((60, 20), 2), ((40, 12), 1)])
async def test_the_prompt_grows_and_leaves_the_pictures_room(desk, size, most):
    async with desk(size=size) as d:
        await d.pilot.press("a")
        assert editor(d).size.height == 1
        await write(d, LONG)
        await d.until(lambda: editor(d).size.height == most)
        assert editor(d).cursor_at_end_of_text and any("word59" in line for line in lines(d))
        assert d.app.main.prompt_bar.region.bottom <= size[1]
        await d.pilot.press("enter")
        await d.done(1)
        assert d.engine.rounds[0].prompt == "a" + LONG


async def test_a_prompt_of_several_lines_is_one_prompt(desk):
    async with desk() as d:
        await write(d, "a castle\r\nat night\n")
        await d.pilot.press("ctrl+j", "!", "enter")
        await d.done(1)
        assert [r.prompt for r in d.engine.rounds] == ["a castle\nat night\n!"]


@pytest.mark.parametrize(
    "odd", ["a\u2028b\x0bc\x85d", "tab\tand \u202e\u200b end", "\x1b[31mred", "e\u0301te\U0001f600x"]
)
async def test_odd_characters_are_kept_to_the_letter_and_the_cursor_is_on_the_right_one(desk, odd):
    async with desk() as d:
        await write(d, odd)
        await d.pilot.press("home")
        for place in range(len(odd) + 1):
            assert editor(d).cursor_location == (0, place)
            x = editor(d).wrapped_document.location_to_offset((0, place)).x
            if place < len(odd) and editor(d).wrapped_document.location_to_offset((0, place + 1)).x > x:
                assert editor(d).wrapped_document.offset_to_location((x, 0)) == (0, place)
            await d.pilot.press("right")
        await d.pilot.press("end", "left", "X", "ctrl+z", "enter")
        await d.done(1)
        assert d.engine.rounds[0].prompt == odd


async def test_undo_and_redo(desk):
    async with desk() as d:
        await d.pilot.press(*"cat")
        await write(d, " at night")
        await d.pilot.press("ctrl+z")
        assert editor(d).text == "cat"
        await d.pilot.press("ctrl+z")
        assert editor(d).text == ""
        await d.pilot.press("ctrl+y", "ctrl+y")
        assert editor(d).text == "cat at night"


async def test_up_walks_through_the_prompts_of_all_sessions_and_down_brings_the_draft_back(desk, tmp_path):
    async with desk(prompt="a green boat") as d:
        await d.done(1)
    async with desk() as d:
        for number, prompt in enumerate(("a red boat", "a cat"), 1):
            await generate(d, prompt, number)
        await d.pilot.press("p")
        await d.until(lambda: "a green boat" in editor(d)._past)
        editor(d).put("")
        await d.pilot.press(*"boat", "up")
        assert editor(d).text == "a red boat"
        assert "↑1/2" in str(d.app.main.prompt_bar.tokens.render())
        await d.pilot.press("up")
        assert editor(d).text == "a green boat"
        await d.pilot.press("up", "down", "down")
        assert editor(d).text == "boat"
        await d.pilot.press("up", "!", "up")
        assert editor(d).text == "a red boat!"  # no earlier prompt has this
        await d.pilot.press("ctrl+u", "up")
        assert editor(d).text == "a red boat!"  # what was written, though it was never generated
        await d.pilot.press("up")
        assert editor(d).text == "boat"


async def test_letters_after_a_key_that_edits_come_after_it(desk):
    async with desk() as d:
        for key in (*"dog", "ctrl+u", *"cat", "left", "left", "X", "enter"):
            d.app.post_message(Key(key, key if len(key) == 1 else None))
        await d.done(1)
        assert d.engine.rounds[0].prompt == "cXat"


async def test_what_the_model_does_not_read_is_dim_and_the_count_says_so(desk):
    async with desk() as d:
        await d.until(lambda: d.app.state.model)
        await write(d, LONG)
        tokens = d.app.main.prompt_bar.tokens
        await d.until(lambda: "60/38" in str(tokens.render()))
        line = editor(d).get_line(0)
        dim = [line.plain[span.start : span.end] for span in line.spans if "dim" in str(span.style)]
        assert dim == [LONG[LONG.index("word38") :]] and tokens.has_class("cut")
        await d.pilot.press("ctrl+u", *"a cat")
        await d.until(lambda: "2/38" in str(tokens.render()))
        assert not editor(d).get_line(0).spans and not tokens.has_class("cut")


async def test_another_round_offers_its_prompt_and_never_overwrites_a_draft(desk):
    async with desk() as d:
        for number, prompt in enumerate(("a red boat", "a cat"), 1):
            await generate(d, prompt, number)
        assert editor(d).text == "a cat"
        await d.pilot.press("left_square_bracket")
        assert editor(d).text == "" and editor(d).words == "a red boat"
        await d.pilot.press("p", *"my draft", "escape", "right_square_bracket", "left_square_bracket")
        assert editor(d).text == "my draft"


async def test_a_long_prompt_is_seen_whole_in_the_suffix_pane(desk):
    async with desk(size=(120, 40)) as d:
        prompt = LONG[:250]
        await generate(d, prompt, 1)
        await d.pilot.press("enter")
        await d.pilot.pause()
        pane = d.app.main.suffix_pane
        assert pane.base.text == prompt and pane.base.size.height == 5
        assert all(len(line) == 120 for line in lines(d))


async def test_what_was_typed_before_the_app_was_up_is_the_users_own(desk, tmp_path):
    async with desk(prompt="a cat") as d:
        await d.done(1)
    with Library(tmp_path / "library") as library:
        assert library.prompts() == ("a cat",)
        assert library.prompts(0) == ()


async def test_undo_and_redo_of_more_lines_than_fit(desk):
    async with desk(size=(80, 24)) as d:
        many = "\n".join(f"line {n}" for n in range(12))
        await write(d, many)
        await d.pilot.press("!", "ctrl+z", "ctrl+z")
        assert editor(d).text == ""
        await d.pilot.press("ctrl+y", "ctrl+y", "ctrl+z", "ctrl+y")
        assert editor(d).text.startswith(many)
        assert any("line 11" in line for line in lines(d))


@pytest.mark.parametrize("key", ["ctrl+x", "ctrl+shift+k"])
async def test_the_line_of_the_cursor_is_cut_the_last_one_too(desk, key):
    async with desk() as d:
        await d.pilot.press(key)
        assert editor(d).text == ""
        await write(d, "one\ntwo")
        await d.pilot.press(key)
        assert editor(d).text == "one\n"
        await d.pilot.press(key, "up", key)
        assert editor(d).text == ""
        await d.pilot.press("ctrl+z", "ctrl+z")
        assert editor(d).text == "one\ntwo"
