"""The editor of the suffixes, one per line; lines that are off are dim."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import TextArea

from seedtui.core.prompts.suffixes import OFF, is_off
from seedtui.core.text.display import visible


class SuffixEditor(TextArea):
    """Lines under the cursor or in the selection can be switched off and on."""

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self.document.lines)

    def toggle_lines(self) -> None:
        """Switch the selected lines: off if any is on, else on. The cursor stays on its character."""
        (first, _), (last, _) = sorted((self.selection.start, self.selection.end))
        lines = {number: self.document.get_line(number) for number in range(first, last + 1)}
        wanted = any(line.strip() and not is_off(line) for line in lines.values())
        for number, line in lines.items():
            if line.strip() and is_off(line) != wanted:
                self.replace(OFF if wanted else "", (number, 0), (number, 0 if wanted else len(OFF)))

    def get_line(self, line_index: int) -> Text:
        line = Text(visible(self.document.get_line(line_index)), end="")
        if is_off(line.plain):
            line.stylize("dim")
        return line
