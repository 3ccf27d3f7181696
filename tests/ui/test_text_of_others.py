"""Text of others in the app: seen whole with marks, kept to the letter, and never markup."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual.color import Color
from textual.events import Paste

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.text.display import visible
from seedtui.ui.line_gate import LineGate

MARKUP = "x[/b][red][@click=app.quit]y[/]"
PROMPT = "a castle,\nat night \x1b]2;x\x07\u202e" + MARKUP


def screen(app) -> str:
    """What a person reads on the whole screen."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


async def paste(d, text: str) -> None:
    d.app.screen.focused.post_message(Paste(text))
    await d.pilot.pause()


async def test_a_prompt_of_several_lines_is_seen_whole_and_kept_when_it_is_edited_and_run_again(desk) -> None:
    async with desk(prompt=PROMPT, size=(160, 40)) as d:
        await d.done(1)
        assert visible(PROMPT) in screen(d.app)
        await d.pilot.press("p", "end", "!", "enter")
        await d.done(2)
        assert [round_.prompt for round_ in d.engine.rounds] == [PROMPT, PROMPT + "!"]


async def test_all_lines_of_a_paste_are_kept(desk) -> None:
    async with desk() as d:
        await d.pilot.press("ctrl+e", "ctrl+u")
        await paste(d, "a castle,\r\nat night,\rmoonlight\n")
        prompt = d.app.main.prompt_bar.prompt
        assert prompt.text == "a castle,\nat night,\nmoonlight"
        await d.pilot.pause()
        assert prompt.size.height == 3 and all(words in screen(d.app) for words in prompt.text.split("\n"))
        await d.pilot.press("up", "up", "home", "right", "right", "shift+end")
        await paste(d, "\n")
        assert prompt.text == "a castle,\nat night,\nmoonlight"  # nothing but a line's end was pasted
        await paste(d, "b\x1b\nc")
        assert prompt.text == "a b\x1b\nc\nat night,\nmoonlight" and prompt.cursor_location == (1, 1)


async def test_markup_of_others_is_only_words(desk) -> None:
    async with desk(prompt=f"a {MARKUP}", recipe=Recipe(negative=MARKUP), size=(160, 40)) as d:
        await d.done(1)
        d.app.notify(MARKUP, title=MARKUP)
        await d.until(lambda: screen(d.app).count(MARKUP) >= 2, "in the title and the prompt line")
        d.app.controller.use(d.app.controller.state.recipe.with_changes(model=f"nope/{MARKUP}"))
        await d.pilot.press("o")
        await d.until(lambda: f"recipe · nope/{MARKUP}" in screen(d.app))


@given(st.lists(st.text(st.characters(exclude_categories=())), max_size=5))
def test_the_last_gate_keeps_a_line_as_wide_as_it_was(texts: list[str]) -> None:
    line = [Segment(text) for text in texts]
    gated = LineGate().apply(line, Color(0, 0, 0))
    assert Segment.get_line_length(gated) == Segment.get_line_length(line)
    said = "".join(segment.text for segment in gated)
    assert not any(c < " " or "\x7f" <= c <= "\x9f" or c in "\u202e\u2066\u200b\u2028" for c in said)
