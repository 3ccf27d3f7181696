"""Asks what to scout: which seeds, and where they stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input

from seedtui.core.errors import SeedtuiError
from seedtui.core.rounds.scout_form import SCOUT_FIELDS, ScoutWanted, scout_wanted
from seedtui.core.text.display import visible
from seedtui.ui.keys.table import bindings
from seedtui.ui.widgets.field_row import FieldRow
from seedtui.ui.widgets.plain import PlainInput, PlainScroll, PlainStatic

_NOTES = {
    "seeds": "such as 0-255, or random:256",
    "stop": "a share of the steps, or a step",
    "previews": "small, or decoded: sharper, but slower",
}
_ABOUT = "Each seed runs for part of its steps. Keep the good ones and finish just those: bit for bit as full runs."


class ScoutScreen(ModalScreen["ScoutWanted | None"]):
    """Dismissed with what the fields ask for, or None. `fields` are their texts, also when it is left.

    `cost` says what it comes to; it raises a `SeedtuiError` where that is not possible.
    """

    BINDINGS = bindings("scout")
    MANUAL_PAGE = "scouting"

    DEFAULT_CSS = """
    ScoutScreen { align: center middle; }
    ScoutScreen #box { width: 80; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
                       border: round $border; border-title-color: $text-muted; border-subtitle-color: $text-muted;
                       scrollbar-size-vertical: 1; }
    ScoutScreen FieldRow Label { width: 10; }
    ScoutScreen FieldRow Input { width: 24; margin: 0 2 0 0; }
    ScoutScreen #comes-to { height: auto; margin: 1 0 0 0; }
    ScoutScreen #comes-to.wrong { color: $text-error; }
    ScoutScreen #about { height: auto; margin: 1 0 0 0; color: $text-muted; }
    """

    comes_to = query_one("#comes-to", PlainStatic)

    def __init__(self, title: str, fields: Mapping[str, str], cost: Callable[[ScoutWanted], str]) -> None:
        super().__init__()
        self.fields = dict(fields)
        self._about, self._cost = title, cost
        self._wanted: ScoutWanted | None = None

    def compose(self) -> ComposeResult:
        with PlainScroll(id="box", can_focus=False) as box:
            box.border_title = visible(f"scout · {self._about}")
            box.name_keys("enter start · ↑↓ fields · f1 help · esc close")
            for name, usual in SCOUT_FIELDS.items():
                field = PlainInput(self.fields[name], placeholder=usual, compact=True, select_on_focus=True, id=name)
                yield FieldRow(name, field)
            yield PlainStatic(id="comes-to")
            yield PlainStatic(_ABOUT, id="about")

    def on_mount(self) -> None:
        for name, words in _NOTES.items():
            self.query_one(f"#row-{name}", FieldRow).note(words)
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
        """Say what the fields come to, or what is wrong with them."""
        inputs = list(self.query(Input))
        if len(inputs) < len(SCOUT_FIELDS):
            return
        self.fields = {field.id or "": field.value for field in inputs}
        try:
            wanted = scout_wanted(self.fields)
            words = self._cost(wanted)
        except SeedtuiError as error:
            self._wanted, words = None, str(error)
        else:
            self._wanted = wanted
        self.comes_to.update(Content(visible(words)))
        self.comes_to.set_class(self._wanted is None, "wrong")
