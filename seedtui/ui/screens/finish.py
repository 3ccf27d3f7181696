"""Asks how to finish a picture: how much larger, how much of it is drawn again, and how it is scaled up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual.app import ComposeResult
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input

from seedtui.core.errors import SeedtuiError
from seedtui.core.rounds.finish import UPSCALERS
from seedtui.core.rounds.finish_form import FINISH_FIELDS, Wanted, wanted_from
from seedtui.core.rounds.rounds import Round
from seedtui.core.text.display import visible
from seedtui.core.text.formatting import counted
from seedtui.ui.keys.table import bindings
from seedtui.ui.widgets.field_row import FieldRow
from seedtui.ui.widgets.plain import PlainInput, PlainScroll, PlainStatic

_ABOUT = "The same model draws the last steps again, from this picture made larger. The original stays."
_ANOTHER = "Nothing of this picture is kept: another one, from the same seed."
_OWN_STEPS = "the picture's own"
_HINTS = {"size": "2x, 1.5x, or a size", "upscaler": f"{', '.join(UPSCALERS)}, or a .safetensors file"}


class FinishScreen(ModalScreen["Wanted | None"]):
    """Dismissed with what the fields ask for, or None. `fields` are their texts, also when it is left.

    `rounds` makes the rounds for them, to see what they come to; it raises a `SeedtuiError` where that is not possible.
    """

    BINDINGS = bindings("finish")
    MANUAL_PAGE = "refining"

    DEFAULT_CSS = """
    FinishScreen { align: center middle; }
    FinishScreen #box { width: 80; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
                        border: round $border; border-title-color: $text-muted; border-subtitle-color: $text-muted;
                        scrollbar-size-vertical: 1; }
    FinishScreen #says { height: 2; margin: 1 0 0 0; color: $text-muted; }
    FinishScreen #says.wrong { color: $text-error; }
    """

    says = query_one("#says", PlainStatic)

    def __init__(
        self, title: str, fields: Mapping[str, str], rounds: Callable[[Wanted], Sequence[Round]]
    ) -> None:  # fmt: skip
        super().__init__()
        self.fields = dict(fields)
        self._about, self._rounds = title, rounds
        self._wanted: Wanted | None = None

    def compose(self) -> ComposeResult:
        with PlainScroll(id="box", can_focus=False) as box:
            box.border_title = f"bigger · {self._about}"
            box.name_keys("enter start · ↑↓ fields · f1 help · esc close")
            for name in FINISH_FIELDS:
                empty = _OWN_STEPS if name == "steps" else FINISH_FIELDS[name]
                field = PlainInput(self.fields[name], placeholder=empty, compact=True, select_on_focus=True, id=name)
                yield FieldRow(name, field)
            yield PlainStatic(id="says")

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
        """Say what the fields come to, or what is wrong with them."""
        inputs = list(self.query(Input))
        if len(inputs) < len(FINISH_FIELDS):
            return
        self.fields = {field.id or "": field.value for field in inputs}
        wanted, wrong = wanted_from(self.fields)
        notes, problem = dict(_HINTS), next(iter(wrong.values()), "")
        if wanted is not None:
            try:
                notes |= _notes(self._rounds(wanted))
            except SeedtuiError as error:
                problem = str(error)
        self._wanted = None if problem else wanted
        for name in FINISH_FIELDS:
            self.query_one(f"#row-{name}", FieldRow).note(notes.get(name, ""))
        another = wanted is not None and not wanted.how.keeps_source
        self.says.update(visible(problem or (_ANOTHER if another else _ABOUT)))
        self.says.set_class(bool(problem), "wrong")


def _notes(rounds: Sequence[Round]) -> dict[str, str]:
    """What the fields come to for these rounds."""
    sizes = {(round_.recipe.width, round_.recipe.height) for round_ in rounds}
    steps = {round_.recipe.steps for round_ in rounds}
    found = {}
    if len(sizes) == 1:
        width, height = sizes.pop()
        found["size"] = f"→ {width}x{height} · or 1.5x, or a size"
    if len(rounds) > 1:
        found["size"] = f"{found.get('size', '').partition(' · ')[0]} {counted(len(rounds), 'picture')} in turn".strip()
    how = rounds[0].finish
    if how is not None and len(steps) == 1 and (count := steps.pop()):
        found["strength"] = f"{int(count * how.strength)} of {count} steps run again"
    return found
