"""No keys, pastes and sizes of the screen, in any order, end the app."""

from __future__ import annotations

import random

import pytest
from textual.events import Paste

TEXTS = (
    "a\nb\nc\nd\ne\nf", "山水画 " * 40, "e\u0301" * 30, "\U0001f468\u200d\U0001f469\u200d\U0001f467 " * 20, "x" * 400,
    "\x1b[31m\u202e", "\n\n\n", "one two three " * 12, "__pet__ {a|b}", "",
)  # fmt: skip
KEYS = (
    "left", "right", "up", "down", "home", "end", "ctrl+z", "ctrl+y", "ctrl+z", "ctrl+y", "backspace", "delete",
    "ctrl+w", "ctrl+u", "ctrl+k", "ctrl+j", "ctrl+d", "ctrl+x", "ctrl+shift+k", "shift+left", "shift+up", "f6", "f7",
    "ctrl+shift+right", "ctrl+left", "ctrl+right", "pageup", "pagedown", "a", "é", "?", "space",
)  # fmt: skip
SIZES = ((80, 24), (20, 8), (60, 20), (200, 60), (3, 3), (40, 12))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(6))
async def test_the_editor_bears_everything(desk, number):
    rng = random.Random(number)
    async with desk(size=SIZES[0]) as d:
        prompt = d.app.main.prompt_bar.prompt
        prompt.add_past(("older\nprompt\n1\n2\n3\n4\n5", "past " * 60, "short"))
        for _ in range(120):
            kind = rng.random()
            if kind < 0.2:
                prompt.post_message(Paste(rng.choice(TEXTS)))
            elif kind < 0.25:
                await d.pilot.resize_terminal(*rng.choice(SIZES))
            else:
                await d.pilot.press(rng.choice(KEYS))
            d.app.main.set_focus(prompt)
            await d.pilot.pause()
            assert d.app.is_running
