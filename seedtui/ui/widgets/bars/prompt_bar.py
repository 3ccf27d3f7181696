"""The prompt line: the prompt and the seeds."""

from __future__ import annotations

import os

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Paste
from textual.getters import query_one
from textual.widgets import Input

from seedtui.core.text.pasted_paths import dropped_images
from seedtui.ui.keys.table import bindings
from seedtui.ui.messages import GenerateAsked, OpenAsked
from seedtui.ui.widgets.plain import PlainInput, PlainLabel


class PromptInput(PlainInput):
    """An input whose Enter is in the footer. Pasting or dropping the path of an image opens the image.

    ``?`` is no text where nothing has been typed yet: there it opens the help.
    """

    BINDINGS = bindings("prompt line")

    def check_consume_key(self, key: str, character: str | None) -> bool:
        asks = character == "?" and isinstance(bar := self.parent, PromptBar) and bar.is_fresh
        return not asks and super().check_consume_key(key, character)

    def on_paste(self, event: Paste) -> None:
        image = next((path for path in dropped_images(event.text) if os.path.isfile(path)), None)
        if image is not None:
            event.prevent_default()
            event.stop()
            self.post_message(OpenAsked(image))


class PromptBar(Horizontal):
    """Two inputs; Enter in either asks for a round."""

    DEFAULT_CSS = """
    PromptBar { height: 1; padding: 0 1; }
    PromptBar Label { color: $text-muted; width: auto; }
    PromptBar Label.focused { color: $foreground; text-style: bold; }
    PromptBar Input { background: transparent; }
    PromptBar #prompt { width: 1fr; margin: 0 2; }
    PromptBar #seeds { width: 16; margin: 0 0 0 2; }
    """

    prompt = query_one("#prompt", Input)
    seeds = query_one("#seeds", Input)

    def __init__(self, prompt: str, seeds: str) -> None:
        super().__init__()
        self._prompt, self._seeds = prompt, seeds

    def compose(self) -> ComposeResult:
        yield PlainLabel("prompt")
        yield PromptInput(self._prompt, placeholder="what the picture should show", compact=True, id="prompt")
        yield PlainLabel("seeds")
        yield PromptInput(self._seeds, placeholder="0-3", compact=True, id="seeds")

    def fill(self, prompt: str, seeds: str) -> None:
        """Replace both."""
        self.prompt.value, self.seeds.value = prompt, seeds
        self.settle()

    def settle(self) -> None:
        """Mark the content as kept elsewhere too, so that it may be overwritten."""
        self._prompt, self._seeds = self.prompt.value, self.seeds.value

    @property
    def untouched(self) -> bool:
        """Whether nothing has been typed since `fill` or `settle`."""
        return (self.prompt.value, self.seeds.value) == (self._prompt, self._seeds)

    @property
    def is_fresh(self) -> bool:
        """Whether the focus is on the prompt and nothing has been typed there: then ``?`` asks for help."""
        return self.screen.focused is self.prompt and (self.untouched or not self.prompt.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(GenerateAsked())
