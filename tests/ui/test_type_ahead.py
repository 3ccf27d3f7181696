"""Type-ahead: keys sent at once, on a busy machine, do what they do one by one."""

from __future__ import annotations

import contextlib
import random
import threading
import unicodedata
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.widgets import Input

from seedtui.engine.fake import FakeEngine
from seedtui.library.library import Library
from seedtui.ui.screens.find import FindScreen
from seedtui.ui.textual_internals import CONTROL_ESCAPE, tell_escape_from_alt


@contextlib.contextmanager
def busy() -> Iterator[None]:
    """Threads that leave the app little of the processor."""
    stop = threading.Event()

    def spin() -> None:
        while not stop.is_set():
            sum(range(2000))

    threads = [threading.Thread(target=spin) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def key(name: str) -> Key:
    name = name if len(name) > 1 or name.isalnum() else _character_to_key(name)
    with contextlib.suppress(KeyError):
        return Key(name, name if len(name) == 1 else unicodedata.lookup(name.replace("_", " ").upper()))
    return Key(name, None)


def send(d, keys: Sequence[str]) -> None:
    """All at once, as a terminal does."""
    for name in keys:
        d.app.post_message(key(name))


async def settled(d) -> None:
    ahead = d.app.type_ahead
    await d.until(lambda: not ahead._busy)
    await d.pilot.pause(0.05)


def state(d) -> dict[str, object]:
    app, view = d.app, d.app.state.round_view
    return {
        "screens": [type(screen).__name__ for screen in app.screen_stack],
        "focus": app.focused and (app.focused.id or type(app.focused).__name__),
        "rounds": [[r.full_prompt(shot) for shot in r.shots] for r in app.state.lineage.rounds],
        "shown": view and app.state.lineage.rounds.index(view.round),
        "pick": view and view.pick,
        "marks": len(app.state.marks),
        "zoomed": app.main.grid.zoomed,
        "texts": [_text(field) for screen in app.screen_stack for field in screen.query("Input, TextArea")],
    }


def _text(field) -> str:
    return field.value if isinstance(field, Input) else field.text


async def begun(d) -> None:
    """Two rounds that are done; later ones stay as they are."""
    await d.pilot.press("enter")
    await d.until(lambda: d.engine.rounds)
    d.engine.finish(d.engine.rounds[0])
    await d.done(1)
    await d.pilot.press("l", "r")
    await d.until(lambda: len(d.engine.rounds) == 2)
    d.engine.finish(d.engine.rounds[1])
    await d.done(2)


async def test_a_dialog_gets_the_keys_that_come_before_it(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await begun(d)
        with busy():
            send(d, [*"fhighly"])
            await settled(d)
        assert isinstance(d.app.screen, FindScreen) and d.app.screen.words.value == "highly"
        assert d.app.state.round_view.pick == 0
        with busy():
            send(d, ["enter", "l", "p", "end", *"xyz", "escape", "j"])
            await settled(d)
        assert d.app.main.prompt_bar.prompt.text.endswith("xyz") and len(d.app.screen_stack) == 1
        assert d.app.state.round_view.pick == 3


async def test_escape_by_its_control_character(desk):
    async with desk() as d:
        await d.pilot.press("ctrl+left_square_bracket")
        assert d.app.main.is_on(d.app.main.grid) or not d.app.main.is_typing


async def test_a_paste_keeps_its_place_among_the_keys(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await begun(d)
        d.app.post_message(key("f"))
        d.app.post_message(Paste("lab"))
        send(d, ["r"])
        await settled(d)
        assert d.app.screen.words.value == "labr"


async def test_a_command_is_chosen_from_what_was_typed(desk):
    async with desk(make=lambda n: FakeEngine(by_hand=True)) as d:
        await begun(d)
        send(d, ["ctrl+p", *"recipe", "enter"])
        await d.until(lambda: type(d.app.screen).__name__ == "RecipeScreen")


def test_escape_and_a_key_behind_it_are_two_keys() -> None:
    tell_escape_from_alt()

    def keys(sequence: str) -> list[str]:
        parser = XTermParser()
        return [event.key for event in (*parser.feed(sequence), *parser.feed("")) if isinstance(event, Key)]

    assert keys("\x1bl") == ["escape", "l"]
    assert keys("\x1b/") == ["escape", "slash"]
    assert keys("\x1b\r") == ["escape", "enter"]
    assert keys("\x1b[A") == ["up"]
    assert keys("\x1bphi\x1bl\x1b[A") == [CONTROL_ESCAPE, *"phi", CONTROL_ESCAPE, "l", "up"]
    assert keys("\x1b[108;3u") == ["alt+l"], "kitty says which it is"


@given(st.text("acdeghijklmnopqrstuvwxyz\x1b", min_size=1, max_size=60))
def test_no_key_is_lost_in_a_burst(typed: str) -> None:
    tell_escape_from_alt()
    parser = XTermParser()
    events = [event for event in (*parser.feed(typed), *parser.feed("")) if isinstance(event, Key)]
    assert "".join("\x1b" if event.key in ("escape", CONTROL_ESCAPE) else event.key for event in events) == typed


KEYS = [
    "f", "l", "h", "j", "k", "enter", "escape", "escape", "p", "a", "b", "backspace", "tab", "t", "T", "down", "up",
    "question_mark", "o", "w", "y", "c", "space", "z", "u", "left_square_bracket", "right_square_bracket", "slash",
    "r", "ctrl+o", "ctrl+r", "f1", "i", "R",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("number", range(8))
async def test_keys_at_once_are_as_keys_one_by_one(desk, tmp_path, number):
    rng = random.Random(number)
    keys = [rng.choice(KEYS) for _ in range(14)]
    states = []
    for at_once in (False, True):
        library = tmp_path / f"library{at_once}"
        async with desk(make=lambda n: FakeEngine(by_hand=True), library=lambda: Library(library)) as d:  # noqa: B023
            await begun(d)
            if at_once:
                with busy():
                    send(d, keys)
                    await settled(d)
            else:
                for one in keys:
                    send(d, [one])
                    await settled(d)
            states.append(state(d))
    assert states[1] == states[0], keys
