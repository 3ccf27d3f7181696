"""Asks how to finish a picture: how much larger, how much of it is drawn again, and how it is scaled up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from textual.getters import query_one
from textual.widget import Widget

from seedtui.core.errors import SeedtuiError
from seedtui.core.rounds.finish import UPSCALERS
from seedtui.core.rounds.finish_form import FINISH_FIELDS, Wanted, wanted_from
from seedtui.core.rounds.rounds import Round
from seedtui.core.text.display import visible
from seedtui.core.text.formatting import counted
from seedtui.ui.keys.table import bindings
from seedtui.ui.screens.form import FormScreen
from seedtui.ui.widgets.plain import PlainStatic

_ABOUT = "The same model draws the last steps again, from this picture made larger. The original stays."
_ANOTHER = "Nothing of this picture is kept: another one, from the same seed."
_OWN_STEPS = "the picture's own"
_HINTS = {"size": "2x, 1.5x, or a size", "upscaler": f"{', '.join(UPSCALERS)}, or a .safetensors file"}


class FinishScreen(FormScreen[Wanted]):
    """`rounds` makes the rounds for the fields, to see what they come to; it raises a `SeedtuiError` where that is not
    possible.
    """

    BINDINGS = bindings("finish")
    MANUAL_PAGE = "refining"

    DEFAULT_CSS = """
    FinishScreen #says { height: 2; margin: 1 0 0 0; color: $text-muted; }
    FinishScreen #says.wrong { color: $text-error; }
    """

    says = query_one("#says", PlainStatic)

    def __init__(
        self, title: str, fields: Mapping[str, str], rounds: Callable[[Wanted], Sequence[Round]]
    ) -> None:  # fmt: skip
        super().__init__(f"bigger · {title}", fields, {**FINISH_FIELDS, "steps": _OWN_STEPS})
        self._rounds = rounds

    def below(self) -> Iterable[Widget]:
        yield PlainStatic(id="says")

    def judge(self) -> Wanted | None:
        wanted, wrong = wanted_from(self.fields)
        notes, problem = dict(_HINTS), next(iter(wrong.values()), "")
        if wanted is not None:
            try:
                notes |= _notes(self._rounds(wanted))
            except SeedtuiError as error:
                problem = str(error)
        for name in FINISH_FIELDS:
            self.note(name, notes.get(name, ""))
        another = wanted is not None and not wanted.how.keeps_source
        self.says.update(visible(problem or (_ANOTHER if another else _ABOUT)))
        self.says.set_class(bool(problem), "wrong")
        return None if problem else wanted


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
