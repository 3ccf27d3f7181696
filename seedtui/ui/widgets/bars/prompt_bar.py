"""The prompt line: the prompt, how many tokens it has, and the seeds."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Resize
from textual.getters import query_one
from textual.timer import Timer
from textual.widgets import Input, TextArea

from seedtui.core.prompts.prompt import EXAMPLE, cut_place
from seedtui.engine.wire.protocol import Tokens
from seedtui.ui.keys.table import bindings
from seedtui.ui.messages import CountAsked, GenerateAsked
from seedtui.ui.widgets.bars.prompt_editor import PromptEditor
from seedtui.ui.widgets.plain import PlainInput, PlainLabel

_PAUSE = 0.25
"""Seconds without a key before the tokens are counted, so that no letter waits for it."""

_TIGHT = 64
"""Columns below which the prompt needs those of its label."""


class SeedsInput(PlainInput):
    """An input whose Enter is in the footer."""

    BINDINGS = bindings("prompt line")


class PromptBar(Horizontal):
    """Enter in either field asks for a round. Without `prompt` and `typed`, the example is offered.

    `typed` is what the user typed before the app was up.
    """

    DEFAULT_CSS = """
    PromptBar { height: auto; padding: 0 1; }
    PromptBar Label { color: $text-muted; width: auto; }
    PromptBar Label.focused { color: $foreground; text-style: bold; }
    PromptBar Input { background: transparent; }
    PromptBar PromptEditor { margin: 0 1 0 2; }
    PromptBar #tokens { color: $text-disabled; margin: 0 1 0 0; }
    PromptBar #tokens.cut { color: $text-warning; }
    PromptBar #seeds { width: 16; margin: 0 0 0 2; }
    PromptBar.tight #name { display: none; }
    """

    prompt = query_one(PromptEditor)
    seeds = query_one("#seeds", Input)
    tokens = query_one("#tokens", PlainLabel)

    def __init__(self, prompt: str, seeds: str, typed: str = "") -> None:
        super().__init__()
        self._prompt, self._seeds, self._typed = prompt, seeds, typed
        self._counting: Timer | None = None

    def compose(self) -> ComposeResult:
        yield PlainLabel("prompt", id="name")
        yield PromptEditor(self._prompt, EXAMPLE, id="prompt")
        yield PlainLabel(id="tokens")
        yield PlainLabel("seeds")
        yield SeedsInput(self._seeds, placeholder="0-3", compact=True, id="seeds")

    def on_mount(self) -> None:
        if self._typed:
            self.prompt.put(self._typed)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < _TIGHT, "tight")

    @property
    def words(self) -> str:
        """The prompt to generate."""
        return self.prompt.words

    def take(self, prompt: str, seeds: str) -> None:
        """Replace both. What the user was writing can be found with Up, and with undo."""
        self.prompt.take(prompt)
        self.seeds.value = seeds
        self.settle()

    def offer(self, prompt: str) -> None:
        """Offer the prompt of another round, unless the user is writing one."""
        self.prompt.offer(prompt)
        self.count_tokens()

    def settle(self) -> None:
        """Mark the content as kept elsewhere too, so that it may be overwritten."""
        self.prompt.settle()
        self.prompt.add_past(newer=(self.words,))
        self._seeds = self.seeds.value

    @property
    def untouched(self) -> bool:
        """Whether nothing has been typed since `settle`."""
        return self.prompt.untouched and self.seeds.value == self._seeds

    # --- tokens

    def show_tokens(self, asked: tuple[str, ...], answer: Tokens) -> None:
        """The answer to a `CountAsked`."""
        count = dict(zip(asked, answer.counts, strict=False)).get(self.words)
        if count is None or self.prompt.walk:
            return
        of = f"/{answer.limit}" if answer.limit else ""
        self.tokens.update(f"{count.tokens}{of}" if count.tokens else "")
        self.tokens.set_class(bool(count.dropped), "cut")
        self.tokens.tooltip = f"The model does not read “{count.dropped}”" if count.dropped else "Tokens"
        self.prompt.show_cut(cut_place(self.prompt.text, count.dropped))

    def count_tokens(self) -> None:
        """Ask how many tokens the prompt has; the model may be another now."""
        self.post_message(CountAsked((self.words,)))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self._counting is not None:
            self._counting.stop()
        self._counting = self.set_timer(_PAUSE, self.count_tokens)

    def on_prompt_editor_walked(self, event: PromptEditor.Walked) -> None:
        event.stop()
        walk = self.prompt.walk
        if walk is None:
            self.count_tokens()
            return
        self.tokens.remove_class("cut")
        self.tokens.update(f"↑{walk.place + 1}/{len(walk.found)}" if walk.found else "no earlier prompt")

    @property
    def is_fresh(self) -> bool:
        """Whether the focus is on the prompt and nothing has been typed there: then ``?`` asks for help."""
        return self.screen.focused is self.prompt and self.prompt.untouched

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(GenerateAsked())
