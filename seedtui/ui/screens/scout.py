"""Asks what to scout: which seeds, and where they stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from textual.content import Content
from textual.getters import query_one
from textual.widget import Widget

from seedtui.core.errors import SeedtuiError
from seedtui.core.rounds.scout_form import SCOUT_FIELDS, ScoutWanted, scout_wanted
from seedtui.core.text.display import visible
from seedtui.ui.keys.table import bindings
from seedtui.ui.screens.form import FormScreen
from seedtui.ui.widgets.plain import PlainStatic

_NOTES = {
    "seeds": "such as 0-255, or random:256",
    "stop": "a share of the steps, or a step",
    "previews": "small, or decoded: sharper, but slower",
}
_ABOUT = "Each seed runs for part of its steps. Keep the good ones and finish just those: bit for bit as full runs."


class ScoutScreen(FormScreen[ScoutWanted]):
    """`cost` says what the fields come to; it raises a `SeedtuiError` where that is not possible."""

    BINDINGS = bindings("scout")
    MANUAL_PAGE = "scouting"

    DEFAULT_CSS = """
    ScoutScreen FieldRow Label { width: 10; }
    ScoutScreen #comes-to { height: auto; margin: 1 0 0 0; }
    ScoutScreen #about { height: auto; margin: 1 0 0 0; color: $text-muted; }
    """

    comes_to = query_one("#comes-to", PlainStatic)

    def __init__(self, title: str, fields: Mapping[str, str], cost: Callable[[ScoutWanted], str]) -> None:
        super().__init__(f"scout · {title}", fields, SCOUT_FIELDS)
        self._cost = cost

    def below(self) -> Iterable[Widget]:
        yield PlainStatic(id="comes-to")
        yield PlainStatic(_ABOUT, id="about")

    def on_mount(self) -> None:
        for name, words in _NOTES.items():
            self.note(name, words)

    def judge(self) -> ScoutWanted | None:
        wanted: ScoutWanted | None = None
        try:
            wanted = scout_wanted(self.fields)
            words = self._cost(wanted)
        except SeedtuiError as error:
            wanted, words = None, str(error)
        self.comes_to.update(Content(visible(words)))
        self.comes_to.set_class(wanted is None, "wrong")
        return wanted
