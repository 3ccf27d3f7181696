"""Asks for a grid: the setting across and the one down, each with its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from textual.content import Content
from textual.getters import query_one
from textual.widget import Widget
from textual.widgets import Input

from seedtui.core.errors import InputError, SeedtuiError
from seedtui.core.rounds.axis import AXES
from seedtui.core.rounds.grid_form import GRID_FIELDS, GridWanted, wanted_from
from seedtui.core.rounds.rounds import Round
from seedtui.core.text.display import visible
from seedtui.core.text.formatting import counted
from seedtui.ui.keys.table import bindings
from seedtui.ui.screens.form import FormScreen
from seedtui.ui.widgets.plain import PlainStatic

_NOTES = {"seed": "for all images", "suffix": "for all images"}
_ABOUT = f"Settings: {', '.join(AXES)}. If values contain commas, separate them with |."


class GridScreen(FormScreen[GridWanted]):
    """`round_for` makes the round for the fields, to see what it comes to; it raises a `SeedtuiError` where that is not
    possible. `presets` are axes that a key offers one after the other.
    """

    BINDINGS = bindings("grid")
    MANUAL_PAGE = "scouting"
    KEYS = "enter start · f3 other setting · ↑↓ fields · f1 help · esc close"
    SELECT_ON_FOCUS = False

    DEFAULT_CSS = """
    GridScreen #box { width: 84; }
    GridScreen FieldRow Label { width: 8; }
    GridScreen FieldRow Input { width: 1fr; margin: 0; }
    GridScreen #row-seed Input, GridScreen #row-suffix Input { width: 30; margin: 0 2 0 0; }
    GridScreen #row-across .note, GridScreen #row-down .note { display: none; }
    GridScreen #comes-to { margin: 1 0 0 0; }
    GridScreen #about { height: auto; margin: 1 0 0 0; color: $text-muted; }
    """

    comes_to = query_one("#comes-to", PlainStatic)

    def __init__(
        self, title: str, fields: Mapping[str, str], presets: Sequence[str], round_for: Callable[[GridWanted], Round]
    ) -> None:  # fmt: skip
        super().__init__(f"grid · {title}", fields, GRID_FIELDS)
        self._presets, self._round_for = presets, round_for

    def below(self) -> Iterable[Widget]:
        yield PlainStatic(id="comes-to")
        yield PlainStatic(_ABOUT, id="about")

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

    def judge(self) -> GridWanted | None:
        wanted: GridWanted | None = None
        unused = frozenset[str]()
        try:
            wanted = wanted_from(self.fields)
            unused = wanted.unused
            words = _in_words(self._round_for(wanted))
        except SeedtuiError as error:
            wanted, words = None, _sentence(error)
        for name, note in _NOTES.items():
            self.note(name, "set by an axis" if name in unused else note)
        self.comes_to.update(Content(visible(words)))
        self.comes_to.set_class(wanted is None, "wrong")
        return wanted


def _sentence(error: SeedtuiError) -> str:
    """What is wrong. The list of all settings stands below already."""
    told = error.problem
    return told.message if isinstance(error, InputError) and ", ".join(AXES) in told.hint else str(error)


def _in_words(round_: Round) -> str:
    across, down = round_.axes
    size = f"{across.size} × {down.size} = {counted(len(round_.shots), 'image')}"
    return f"{size}: {across.name.replace('_', ' ')} across, {down.name.replace('_', ' ')} down"
