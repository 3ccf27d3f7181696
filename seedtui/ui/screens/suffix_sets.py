"""The suffix sets: load one, or save the lines as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from seedtui.core.config.settings import GUIDE, check_set
from seedtui.core.errors import InputError
from seedtui.core.prompts.ideas import is_idea_set, needs_real_model
from seedtui.core.prompts.prompt import SUFFIXES, short_suffix
from seedtui.core.text.display import visible
from seedtui.ui.keys.table import bindings
from seedtui.ui.widgets.plain import PlainBox, PlainInput, PlainLabel, PlainOptions

_MARK = "°"
"""After a suffix that the starter does not know."""


class SetAnswer(NamedTuple):
    """The set `name`: to load into the editor, or, if `saved`, to save the editor's lines as."""

    name: str
    saved: bool


class SuffixSetsScreen(ModalScreen[SetAnswer]):
    """`sets` by name, `current` the one in the editor, `lines` what is in the editor now.

    `name` is what was typed and not saved before. A set is replaced only if its name is entered twice.
    """

    BINDINGS = bindings("suffix sets")
    MANUAL_PAGE = "refining"

    DEFAULT_CSS = """
    SuffixSetsScreen { align: center middle; }
    SuffixSetsScreen Vertical { width: 74; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
                                border: round $border; border-title-color: $text-muted;
                                border-subtitle-color: $text-muted; }
    SuffixSetsScreen OptionList, SuffixSetsScreen OptionList:focus {
                                height: auto; max-height: 16; border: none; text-wrap: nowrap; text-overflow: ellipsis;
                                padding: 0; background: $background;
                                scrollbar-size-vertical: 1; }
    SuffixSetsScreen .option-list--option-highlighted { background: $surface-lighten-2; color: $foreground; }
    SuffixSetsScreen Label { color: $text-muted; margin: 1 0 0 0; }
    SuffixSetsScreen #ideas { margin: 0; }
    SuffixSetsScreen Input { background: transparent; }
    SuffixSetsScreen #wrong { color: $text-error; margin: 0; display: none; }
    """

    names = query_one(PlainOptions)
    name_input = query_one(PlainInput)
    wrong = query_one("#wrong", PlainLabel)

    def __init__(
        self, sets: Mapping[str, tuple[str, ...]], current: str, lines: tuple[str, ...], name: str = ""
    ) -> None:
        super().__init__()
        self.typed_name = name
        self._asked = ""
        self._sets, self._current, self._lines = sets, current, lines
        ideas = [name for name in sets if self._is_idea(name)]
        shipped = [name for name in sets if name not in ideas and (name, sets[name]) == (GUIDE, SUFFIXES)]
        own = [name for name in sets if name not in (*ideas, *shipped)]
        self._groups = (own + shipped, ideas)
        self._order = [*own, *shipped, *ideas]

    def compose(self) -> ComposeResult:
        with PlainBox() as box:
            box.border_title = "suffix sets"
            box.name_keys("enter load · tab save under a name · f1 help · esc close")
            width = max(map(len, self._sets))
            own, ideas = ([Option(_row(name, width, self._sets[name])) for name in names] for names in self._groups)
            yield PlainOptions(*own, None, *ideas) if ideas else PlainOptions(*own)
            if ideas:
                yield PlainLabel(f"below the line: ideas · {_MARK} for other models than the starter", id="ideas")
            yield PlainLabel("save the lines as")
            current = "" if self._is_idea(self._current) else self._current
            yield PlainInput(self.typed_name or current, placeholder="a name", compact=True, select_on_focus=True)
            yield PlainLabel(id="wrong")

    def on_mount(self) -> None:
        self.names.highlighted = self._order.index(self._current) if self._current in self._sets else 0

    def action_other(self) -> None:
        self.set_focus(self.name_input if self.names.has_focus else self.names)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(SetAnswer(self._order[event.option_index], saved=False))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.typed_name = event.value
        self.wrong.display = False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        name = event.value.strip()
        try:
            check_set(name, self._lines)
            if self._is_idea(name):
                raise InputError(f"{name} comes with seedtui", "Enter another name")
            if not any(line.strip() for line in self._lines):
                raise InputError("there are no lines to save")
        except InputError as error:
            self._tell(str(error))
            return
        if self._sets.get(name, self._lines) != self._lines and self._asked != name:
            self._asked = name
            self._tell(f"{name} has other lines: enter again replaces them")
            return
        self.dismiss(SetAnswer(name, saved=True))

    def _is_idea(self, name: str) -> bool:
        return name in self._sets and is_idea_set(name, tuple(self._sets[name]))

    def _tell(self, words: str) -> None:
        self.wrong.update(visible(words))
        self.wrong.display = True


def _row(name: str, width: int, lines: tuple[str, ...]) -> Text:
    words = " · ".join(visible(short_suffix(line)) + _MARK * needs_real_model(line) for line in lines if line.strip())
    row = Text.assemble(visible(name).ljust(width + 2), (words, "dim"))
    row.no_wrap, row.overflow = True, "ellipsis"
    return row
