"""The editor of the suffixes, one per line; lines that are off are dim."""

from __future__ import annotations

from rich.text import Text
from textual.events import Key

from seedtui.core.prompts.suffixes import OFF, is_in_prompt, is_off
from seedtui.ui.messages import RefineAsked
from seedtui.ui.widgets.plain import PlainEditor


class BaseEditor(PlainEditor):
    """The prompt to refine. Enter refines."""

    async def on_key(self, event: Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(RefineAsked())


class SuffixEditor(PlainEditor):
    """Lines under the cursor or in the selection can be switched off and on.

    A line whose suffix is at the end of the prompt already does nothing.
    """

    _prompt = ""

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
        line, suffix = super().get_line(line_index), self.document.get_line(line_index)
        if is_off(suffix) or is_in_prompt(self._prompt, suffix):
            line.stylize("dim")
        return line

    def set_prompt(self, prompt: str) -> None:
        """The prompt that the suffixes are for."""
        if prompt != self._prompt:
            self._prompt = prompt
            self.draw_lines_again()
