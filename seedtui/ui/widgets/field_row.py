"""One line of a form: the name of a setting, its field, and a note beside it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Select

from seedtui.core.text.display import visible
from seedtui.ui.widgets.plain import PlainLabel, PlainStatic


class FieldRow(Horizontal):
    """`field` has the id of its setting, `label` is its name for people."""

    DEFAULT_CSS = """
    FieldRow { height: 1; }
    FieldRow Label { width: 12; color: $text-muted; }
    FieldRow:focus-within Label { color: $foreground; text-style: bold; }
    FieldRow Input, FieldRow Select { width: 24; background: $surface-lighten-1; margin: 0 2 0 0; }
    FieldRow .note { width: 1fr; height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    FieldRow .note.wrong { color: $text-error; }
    """

    def __init__(self, label: str, field: Input | Select[str]) -> None:
        super().__init__(id=f"row-{field.id}")
        self._label, self._field = label, field
        self._note = PlainStatic(id=f"note-{field.id}", classes="note")

    def compose(self) -> ComposeResult:
        yield PlainLabel(self._label)
        yield self._field
        yield self._note

    def note(self, words: str, *, wrong: bool = False) -> None:
        """Write `words` beside the field."""
        self._note.update(visible(words))
        self._note.set_class(wrong, "wrong")
