"""A terminal is asked again while Textual reads the keys: its answers are no keys, and what is typed arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.message import Message

from seedtui.terminal.probe.answers import Answers
from seedtui.terminal.probe.interview import Interview
from seedtui.terminal.probe.tmux import Place
from seedtui.ui.keys import key_filter
from seedtui.ui.keys.key_filter import KeyFilter
from tests.support.virtual_terminal import Manners, VirtualTerminal
from tests.terminal.test_interview import unwrapped

KITTY = Manners()
XTERM = Manners("XTerm(398)", graphics="", attributes="?62;4c", sixel=True)
WEZTERM = Manners("WezTerm 20240203-110809-5046fc22", iterm2=True, sixel=True, below=True)
SILENT = Manners("", "", "")


class Asking(App[None]):
    """Keeps what comes through its filter. Its terminal has such `manners`; the user types around each answer."""

    def __init__(self, manners: Manners, typing: str = "") -> None:
        super().__init__()
        self.came: list[events.Event] = []
        self.filter = KeyFilter(self, self._keep, owes=False)
        self._typing = typing
        self._parser = XTermParser()
        self.terminal = VirtualTerminal(100, 30, manners, self.send)

    async def on_event(self, event: events.Event) -> None:
        await self.filter.on_event(event)

    async def _keep(self, event: events.Event) -> None:
        self.came.append(event)
        if not isinstance(event, events.Key):
            await super().on_event(event)

    def send(self, text: str) -> None:
        """What the terminal sends, read as Textual reads it."""
        if text:
            self._post(self._parser.feed(text))

    def on_mount(self) -> None:
        self.set_interval(0.02, lambda: self._post(self._parser.tick()))

    def _post(self, parsed: Iterable[Message]) -> None:
        for event in parsed:
            self.post_message(event)

    def write(self, sequences: str) -> None:
        self.send(self._typing)
        self.terminal.feed(unwrapped(sequences))
        self.send(self._typing)

    @property
    def keys(self) -> str:
        return "".join(event.character or "" for event in self.came if isinstance(event, events.Key))


async def asked(app: Asking) -> Answers:
    """What `app` hears."""
    interview = Interview((80, 24), Place(2, 3))
    over = asyncio.Event()
    async with app.run_test() as pilot:
        app.filter.ask(interview, app.write, over.set)
        assert not over.is_set()
        await asyncio.wait_for(over.wait(), 5)
        await pilot.pause(0.5)
    return interview.answers()


@pytest.mark.parametrize("typing", ["", "an owl [", "^[[6;"])
@pytest.mark.parametrize(
    ("manners", "name", "drew"),
    [(KITTY, "kitty", (None, None)), (XTERM, "XTerm", (False, True)), (WEZTERM, "WezTerm", (True, True))],
)
async def test_the_answers_are_heard_and_no_key_is_lost(
    manners: Manners, name: str, drew: tuple[bool | None, bool | None], typing: str
) -> None:
    app = Asking(manners, typing=typing)
    said = await asked(app)
    assert said.name == name and (said.iterm2, said.sixel) == drew and said.done
    assert app.keys == typing * 2 * (2 if said.drew else 1)
    assert not any(isinstance(event, events.CursorPosition) for event in app.came)


async def test_where_the_cursor_is_otherwise_is_passed_on() -> None:
    app = Asking(XTERM)
    async with app.run_test() as pilot:
        app.send("\x1b[5;7R")
        await pilot.pause()
    (event,) = [event for event in app.came if isinstance(event, events.CursorPosition)]
    assert (event.x, event.y) == (6, 4)


async def test_a_silent_terminal_is_given_up_and_its_late_answers_are_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_filter, "SECONDS", 0.1)
    app = Asking(SILENT)
    over: list[bool] = []
    interview = Interview((80, 24), Place(0, 0))
    async with app.run_test() as pilot:
        app.filter.ask(interview, app.write, lambda: over.append(True))
        await pilot.pause(0.3)
        assert over == [True] and not interview.is_answered
        app.send("\x1bP>|XTerm(398)\x1b\\\x1b[0n")
        await pilot.pause(0.5)
        app.send("an owl")
        await pilot.pause(0.3)
    assert app.keys == "an owl"
    assert over == [True]


async def test_the_newest_of_two_interviews_counts() -> None:
    app = Asking(SILENT)
    over: list[str] = []
    first, second = (Interview((80, 24), Place(0, 0)) for _ in range(2))
    say: Callable[[str], Callable[[], None]] = lambda word: lambda: over.append(word)  # noqa: E731
    async with app.run_test() as pilot:
        app.filter.ask(first, app.write, say("first"))
        app.filter.ask(second, app.write, say("second"))
        app.send("\x1bP>|kitty(0.41.1)\x1b\\\x1b_Gi=4207;OK\x1b\\\x1b[0n")
        await pilot.pause(0.3)
    assert over == ["second"] and second.answers().name == "kitty"
