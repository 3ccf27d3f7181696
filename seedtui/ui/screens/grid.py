"""Asks for a grid: the setting across and the one down, each with its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input

from seedtui.core.errors import InputError, SeedtuiError
from seedtui.core.rounds.axis import AXES
from seedtui.core.rounds.grid_form import GRID_FIELDS, GridWanted, wanted_from
from seedtui.core.rounds.rounds import Round
from seedtui.core.text.display import visible
from seedtui.core.text.formatting import counted
from seedtui.ui.keys.table import bindings
from seedtui.ui.widgets.field_row import FieldRow
from seedtui.ui.widgets.plain import PlainInput, PlainScroll, PlainStatic

_EMPTY = {"across": "guidance=3,5,7", "down": "seed=0-3", "seed": "0", "suffix": "none"}
_NOTES = {"seed": "for all images", "suffix": "for all images"}
_ABOUT = f"Settings: {', '.join(AXES)}. If values contain commas, separate them with |."


class GridScreen(ModalScreen["GridWanted | None"]):
    """Dismissed with the grid that the fields ask for, or None. `fields` are their texts, also when it is left.

    `round_for` makes the round, to see what it comes to; it raises a `SeedtuiError` where that is not possible.
    `presets` are axes that a key offers one after the other.
    """

    BINDINGS = bindings("grid")
    MANUAL_PAGE = "scouting"

    DEFAULT_CSS = """
    GridScreen { align: center middle; }
    GridScreen #box { width: 84; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
                      border: round $border; border-title-color: $text-muted; border-subtitle-color: $text-muted;
                      scrollbar-size-vertical: 1; }
    GridScreen FieldRow Label { width: 8; }
    GridScreen FieldRow Input { width: 1fr; margin: 0; }
    GridScreen #row-seed Input, GridScreen #row-suffix Input { width: 30; margin: 0 2 0 0; }
    GridScreen #row-across .note, GridScreen #row-down .note { display: none; }
    GridScreen #comes-to { margin: 1 0 0 0; }
    GridScreen #comes-to.wrong { color: $text-error; }
    GridScreen #about { height: auto; margin: 1 0 0 0; color: $text-muted; }
    """

    comes_to = query_one("#comes-to", PlainStatic)

    def __init__(
        self, title: str, fields: Mapping[str, str], presets: Sequence[str], round_for: Callable[[GridWanted], Round]
    ) -> None:  # fmt: skip
        super().__init__()
        self.fields = dict(fields)
        self._about, self._presets, self._round_for = title, presets, round_for
        self._wanted: GridWanted | None = None

    def compose(self) -> ComposeResult:
        with PlainScroll(id="box", can_focus=False) as box:
            box.border_title = visible(f"grid · {self._about}")
            box.name_keys("enter start · f3 other setting · ↑↓ fields · f1 help · esc close")
            for name in GRID_FIELDS:
                field = PlainInput(
                    self.fields[name], placeholder=_EMPTY[name], compact=True, select_on_focus=False, id=name
                )
                yield FieldRow(name, field)
            yield PlainStatic(id="comes-to")
            yield PlainStatic(_ABOUT, id="about")

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

    def action_preset(self) -> None:
        """Another setting, with values to begin with, in the field across or down that has the focus."""
        field = self.focused if isinstance(self.focused, Input) and self.focused.id in ("across", "down") else None
        field = field or self.query_one("#across", Input)
        other = self.fields["down" if field.id == "across" else "across"].partition("=")[0]
        offered = [axis for axis in self._presets if axis.partition("=")[0] != other]
        names = [axis.partition("=")[0] for axis in offered]
        now = field.value.partition("=")[0]
        field.value = offered[(names.index(now) + 1) % len(offered) if now in names else 0]
        field.focus()

    def _judge(self) -> None:
        """Say what the fields come to, or what is wrong with them."""
        inputs = list(self.query(Input))
        if len(inputs) < len(GRID_FIELDS):
            return
        self.fields = {field.id or "": field.value for field in inputs}
        problem, words, unused = "", "", frozenset[str]()
        try:
            self._wanted = wanted_from(self.fields)
            unused = self._wanted.unused
            words = _in_words(self._round_for(self._wanted))
        except SeedtuiError as error:
            self._wanted, problem = None, _sentence(error)
        for name in ("seed", "suffix"):
            self.query_one(f"#row-{name}", FieldRow).note("set by an axis" if name in unused else _NOTES[name])
        self.comes_to.update(Content(visible(problem or words)))
        self.comes_to.set_class(bool(problem), "wrong")


def _sentence(error: SeedtuiError) -> str:
    """What is wrong. The list of all settings stands below already."""
    told = error.problem
    return told.message if isinstance(error, InputError) and ", ".join(AXES) in told.hint else str(error)


def _in_words(round_: Round) -> str:
    across, down = round_.axes
    size = f"{across.size} × {down.size} = {counted(len(round_.shots), 'image')}"
    return f"{size}: {across.name.replace('_', ' ')} across, {down.name.replace('_', ' ')} down"
