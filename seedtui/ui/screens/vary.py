"""Asks how to vary a picture: how far, and towards which other seeds."""

from __future__ import annotations

from typing import NamedTuple

from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input

from seedtui.core.errors import InputError
from seedtui.core.rounds.variation import Variation, variations_of
from seedtui.core.text.display import visible
from seedtui.core.text.formatting import counted
from seedtui.ui.keys.table import bindings
from seedtui.ui.widgets.plain import PlainBox, PlainInput, PlainLabel


class VaryWords(NamedTuple):
    """What is written in the two fields."""

    strengths: str = "20%"
    seeds: str = "random:4"


LADDER = VaryWords("5% 10% 20% 50%", "random:1")
"""One other seed, nearer and nearer to it."""


class VaryScreen(ModalScreen[tuple[Variation, ...]]):
    """Returns the variations of each picture, None if the user closes it. `what` names the picture or pictures.

    At most `most` images fit into a round.
    """

    BINDINGS = bindings("vary")
    MANUAL_PAGE = "refining"

    DEFAULT_CSS = """
    VaryScreen { align: center middle; }
    VaryScreen Vertical { width: 66; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
                          border: round $border; border-title-color: $text-muted;
                          border-subtitle-color: $text-muted; }
    VaryScreen Label { width: 100%; color: $text-muted; }
    VaryScreen #seeds-label, VaryScreen #answer { margin: 1 0 0 0; }
    VaryScreen #answer.wrong { color: $text-error; }
    VaryScreen Input { background: $surface-lighten-1; }
    """

    strengths = query_one("#strengths", PlainInput)
    seeds = query_one("#seeds", PlainInput)
    answer = query_one("#answer", PlainLabel)

    def __init__(self, what: str, words: VaryWords, most: int) -> None:
        super().__init__()
        self._what, self._words, self._most = what, words, most

    def compose(self) -> ComposeResult:
        with PlainBox() as box:
            box.border_title = visible(f"vary {self._what}")
            box.name_keys("enter make them · f3 four strengths · tab other field · f1 help · esc close")
            yield PlainLabel("strength: 0% is the picture itself, 100% the other seed's")
            yield PlainInput(self._words.strengths, placeholder="20%", compact=True, id="strengths")
            yield PlainLabel("other seeds", id="seeds-label")
            yield PlainInput(self._words.seeds, placeholder="random:4", compact=True, id="seeds")
            yield PlainLabel(id="answer")

    def on_mount(self) -> None:
        self._tell()

    @property
    def words(self) -> VaryWords:
        """What is in the fields."""
        return VaryWords(self.strengths.value, self.seeds.value)

    def action_ladder(self) -> None:
        """Four strengths towards one seed, or back."""
        self.strengths.value, self.seeds.value = VaryWords() if self.words == LADDER else LADDER

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if found := self._tell():
            self.dismiss(found)

    def _tell(self) -> tuple[Variation, ...]:
        """Say what the fields would make; empty if they are invalid, and then say why."""
        found: tuple[Variation, ...] = ()
        try:
            found = variations_of(*self.words)
            if len(found) > self._most:
                raise InputError(f"{len(found)} images do not fit on a screen", f"Ask for at most {self._most}")
            words = f"makes {counted(len(found), 'variation')}"
        except InputError as error:
            found, words = (), str(error)
        self.answer.set_class(not found, "wrong")
        self.answer.update(Content(visible(words)))
        return found
