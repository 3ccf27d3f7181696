"""Asks a terminal in two rounds what it can draw. Pure: gives what to write, and takes what comes back.

The first round is of cheap questions. Only if they leave open how to draw pictures, the second has test pictures.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from seedtui.terminal.probe import answers as ask
from seedtui.terminal.probe.answers import Answers
from seedtui.terminal.probe.tmux import Place, through_tmux
from seedtui.terminal.probe.versions import keeps_pixels, knows_placeholders
from seedtui.terminal.probe.witness import COLUMNS, ROWS, drawn, witnesses

DEFAULT_SIXEL_CELL = (10.0, 20.0)
"""A cell's pixels if nobody knows them: those of a VT340, to which Windows Terminal scales all sixels."""

CLEAR = "\x1b[2J"
"""Clears the whole screen."""

_QUESTIONS = (ask.ASK_NAME, ask.ASK_GRAPHICS, ask.ASK_AREA, ask.ASK_CELL, ask.ASK_SIZE)


@dataclass
class Interview:
    """Write what `questions` gives and `hear` what comes back, until it gives nothing more; then see `answers`.

    `size` is that of the terminal or pane in columns and rows. `place` is where the pane lies in the outer terminal if
    all goes through tmux. `draw`: whether to send test pictures if it makes sense. `cell` is a cell's size in pixels in
    case the terminal does not tell.
    """

    size: tuple[int, int]
    place: Place | None = None
    draw: bool = True
    cell: tuple[float, float] | None = None
    _heard: list[bytes] = field(default_factory=list)

    def questions(self) -> str:
        """What to write next; empty once all is asked, or if the last questions are not answered."""
        if not self._heard:
            asked = self._first()
        elif self.is_answered and len(self._heard) == 1 and self._must_draw():
            said = ask.parse(self._heard[0])
            asked = witnesses(said.pixels or self.cell or DEFAULT_SIXEL_CELL, self.place)
            if self.place and keeps_pixels(said.name):
                asked += through_tmux(CLEAR)
            asked += self._last()
        else:
            return ""
        self._heard.append(b"")
        return asked

    def hear(self, data: bytes) -> None:
        """Take what has come back, in pieces or all at once."""
        self._heard[-1] += data

    @property
    def is_answered(self) -> bool:
        """Whether everything that was asked so far has been answered."""
        return bool(self._heard) and ask.parse(self._heard[-1]).done

    @property
    def has_asked(self) -> bool:
        """Whether anything was asked."""
        return bool(self._heard)

    @property
    def has_drawn(self) -> bool:
        """Whether test pictures were sent."""
        return len(self._heard) > 1

    def answers(self) -> Answers:
        """All that was heard so far."""
        said = ask.parse(b"".join(self._heard))
        if not self.has_drawn:
            return said
        reports = ask.parse(self._heard[1]).reports
        iterm2, sixel = drawn(reports, self.place.top if self.place else 0)
        return replace(said, done=self.is_answered, drew=True, iterm2=iterm2, sixel=sixel)

    def _first(self) -> str:
        if self.place is None:
            return "".join(_QUESTIONS) + self._last()
        return "".join(map(through_tmux, _QUESTIONS)) + self._last()

    def _last(self) -> str:
        """The question after which no more answers follow."""
        return ask.ASK_ATTRIBUTES if self.place is None else through_tmux(ask.ASK_STATUS)

    def _must_draw(self) -> bool:
        said = ask.parse(self._heard[0])
        known = bool(said.graphics) and knows_placeholders(said.name, said.version)
        return self.draw and not known and self.size[0] >= COLUMNS and self.size[1] >= ROWS
