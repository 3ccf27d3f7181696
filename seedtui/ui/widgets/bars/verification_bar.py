"""What a verification found, and how this setup differs from the original one."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive

from seedtui.app.state.job import ImageVerification
from seedtui.app.state.verification import VerificationReport
from seedtui.core.text.display import visible
from seedtui.ui.widgets.bars.fitting import in_lines
from seedtui.ui.widgets.plain import PlainStatic

LINES = 10
"""The most lines of the bar; long differences are shortened in the middle."""

_FRAME = 5
"""Columns beside the text: margins, border, padding."""


class VerificationBar(PlainStatic):
    """Shows what does not fit on the line below the picture; hidden if there is nothing to add."""

    DEFAULT_CSS = """
    VerificationBar { layer: notice; dock: bottom; width: 1fr; height: auto; margin: 0 1;
               padding: 0 1; border-left: outer $border; background: $surface-lighten-1; display: none; }
    VerificationBar.shown { display: block; }
    VerificationBar.bad { border-left: outer $warning; }
    """

    verification: reactive[ImageVerification | VerificationReport | None] = reactive(None)

    def watch_verification(self, verification: ImageVerification | VerificationReport | None) -> None:
        words = words_of(verification, self.screen.size.width)
        self.set_class(words is not None, "shown")
        self.set_class(isinstance(verification, VerificationReport) and not verification.verdict.exact, "bad")
        self.update(words or "")


def words_of(verification: ImageVerification | VerificationReport | None, columns: int) -> Content | None:
    """The text, on a screen of that width; None if there is nothing to add to the tick on the image."""
    match verification:
        case ImageVerification(label=label, differs=differs) if differs:
            return _words(f"Verifying {label}. ", differs, columns)
        case VerificationReport(label=label, verdict=verdict, differs=differs) if verdict.exact:
            return _words(f"{_capital(label)} is exact anyway. ", differs, columns, "esc close")
        case VerificationReport(label=label, verdict=verdict, differs=differs):
            return _words(f"{_capital(label)} {verdict.words}. ", differs, columns, "c compare  esc close")
    return None


def _words(first: str, differs: tuple[str, ...], columns: int, keys: str = "") -> Content:
    """`first`, what differs here, and the `keys` that work."""
    if differs:
        heading, all_ = "Differences from the original setup: ", visible(" · ".join(differs))
        shown, _ = in_lines(all_, "", f"{visible(first)}{heading}  {keys}", max(columns - _FRAME, 1), LINES)
        rest = Content.assemble(heading, (shown, "$text-muted"), "  ")
    else:
        rest = Content("The recorded setup is the same here: the image should be exact.  ")
    return Content.assemble(visible(first), rest, (keys, "bold"))


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
