"""A dialog with a form: fields one below the other, judged as they are edited."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input

from seedtui.core.text.display import visible
from seedtui.ui.widgets.field_row import FieldRow
from seedtui.ui.widgets.plain import PlainInput, PlainScroll

Wanted = TypeVar("Wanted")


class FormScreen(ModalScreen["Wanted | None"], Generic[Wanted]):
    """Dismissed with what the fields ask for, or None. `fields` are their texts, also when it is left.

    `title` is in the border. `empty` has the words in each field while it is empty, by its name.
    """

    DEFAULT_CSS = """
    FormScreen { align: center middle; }
    FormScreen #box { width: 80; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
                      border: round $border; border-title-color: $text-muted; border-subtitle-color: $text-muted;
                      scrollbar-size-vertical: 1; }
    FormScreen .wrong { color: $text-error; }
    """

    KEYS = "enter start · ↑↓ fields · f1 help · esc close"
    SELECT_ON_FOCUS = True

    def __init__(self, title: str, fields: Mapping[str, str], empty: Mapping[str, str]) -> None:
        super().__init__()
        self.fields = dict(fields)
        self._title, self._empty = title, empty
        self._wanted: Wanted | None = None

    def compose(self) -> ComposeResult:
        with PlainScroll(id="box", can_focus=False) as box:
            box.border_title = visible(self._title)
            box.name_keys(self.KEYS)
            for name, words in self._empty.items():
                field = PlainInput(
                    self.fields[name], placeholder=words, compact=True, select_on_focus=self.SELECT_ON_FOCUS, id=name
                )
                yield FieldRow(name, field)
            yield from self.below()

    @abstractmethod
    def below(self) -> Iterable[Widget]:
        """What stands below the fields."""

    @abstractmethod
    def judge(self) -> Wanted | None:
        """What `fields` ask for, None if that is not possible; says what they come to, or what is wrong."""

    def note(self, name: str, words: str) -> None:
        """Write `words` beside a field."""
        self.query_one(f"#row-{name}", FieldRow).note(words)

    def on_mount(self) -> None:
        self._judge()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._judge()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._judge()
        if self._wanted is not None:
            self.dismiss(self._wanted)

    def action_field(self, step: int) -> None:
        """The next field, or the previous one."""
        (self.focus_next if step > 0 else self.focus_previous)()

    def _judge(self) -> None:
        inputs = list(self.query(Input))
        if len(inputs) == len(self._empty):
            self.fields = {field.id or "": field.value for field in inputs}
            self._wanted = self.judge()
