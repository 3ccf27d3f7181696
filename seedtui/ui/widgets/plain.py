"""Textual's widgets, except that text is never markup, and what a terminal would obey is shown as marks.

Names of models, prompts and errors may contain anything, even ``[/b]``. Use these in place of Textual's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast, overload

from rich.cells import cell_len
from textual import containers, widgets
from textual.content import Content
from textual.events import Paste
from textual.geometry import Size
from textual.visual import VisualType
from textual.widget import Widget

from seedtui.core.text.display import visible, visible_lines
from seedtui.ui.textual_internals import VisibleInput, VisibleTextArea


def keys_that_fit(words: str, width: int) -> str:
    """As many whole parts of ``enter open · d delete · esc close`` as fit into `width` cells, and always the last."""
    *parts, last = words.split(" · ")
    while parts and cell_len(" · ".join((*parts, last))) > width:
        parts.pop()
    return " · ".join((*parts, last))


class Plain:
    """A mixin, listed before the widget: its titles are not markup. Not a widget: Textual takes CSS from one base."""

    @overload
    def render_str(self, text_content: str) -> Content: ...
    @overload
    def render_str(self, text_content: Content) -> Content: ...
    def render_str(self, text_content: str | Content) -> Content:
        """Textual's hook: what a title that is a string becomes."""
        return text_content if isinstance(text_content, Content) else Content(visible(text_content))

    _keys: tuple[str, ...] = ()

    def name_keys(self, *words: str) -> None:
        """Name keys in the lower border, as ``enter open · esc close``: as many as fit, and always the last.

        Of several such `words`, the longest first, take the first ones that fit whole, or else the last ones.
        """
        self._keys = words
        self._fit_keys()

    def on_resize(self) -> None:
        self._fit_keys()

    def _fit_keys(self) -> None:
        widget = cast(Widget, self)
        if self._keys and widget.outer_size.width:
            room = widget.outer_size.width - 6
            whole = (words for words in self._keys if cell_len(words) <= room)
            widget.border_subtitle = keys_that_fit(next(whole, self._keys[-1]), room)


class PlainStatic(Plain, widgets.Static):
    """Text that changes."""

    def __init__(self, content: VisualType = "", **about: Any) -> None:
        super().__init__(_plain(content), markup=False, **about)

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        super().update(_plain(content), layout=layout)


class PlainLabel(Plain, widgets.Label):
    """A word beside a field."""

    def __init__(self, content: VisualType = "", **about: Any) -> None:
        super().__init__(_plain(content), markup=False, **about)

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        super().update(_plain(content), layout=layout)


class PlainBox(Plain, containers.Vertical):
    """A column of widgets."""


class PlainScroll(Plain, containers.VerticalScroll):
    """A column of widgets that may be longer than the screen."""


class PlainOptions(Plain, widgets.OptionList):
    """A list to choose from."""

    def __init__(self, *content: Any, **about: Any) -> None:
        super().__init__(*content, markup=False, **about)


class PlainSelect(Plain, widgets.Select[str]):
    """A choice of words."""

    def __init__(self, options: Iterable[tuple[str, str]], **about: Any) -> None:
        super().__init__([(Content(visible(words)), value) for words, value in options], **about)


class PlainInput(Plain, VisibleInput):
    """Its value may have line breaks, shown as marks; all lines of a paste are kept."""

    def __init__(self, value: str | None = None, placeholder: str = "", **about: Any) -> None:
        super().__init__(value, visible(placeholder), **about)

    def on_paste(self, event: Paste) -> None:
        event.stop()
        event.prevent_default()  # Textual's own keeps only the first line
        if text := _pasted(event.text):
            self.replace(text, *self.selection)


class PlainEditor(Plain, VisibleTextArea):
    """A text that wraps. Each step of its undo is a few words, a paste, or what `put` put there."""

    def __init__(self, text: str = "", placeholder: str = "", **about: Any) -> None:
        super().__init__(
            text, placeholder=Content(visible_lines(placeholder)), compact=True, highlight_cursor_line=False,
            max_checkpoints=500, **about,
        )  # fmt: skip
        self.match_cursor_bracket = False
        self.move_cursor(self.document.end)

    def on_paste(self, event: Paste) -> None:
        event.stop()
        event.prevent_default()
        if text := _pasted(event.text):
            self.replace(text, *self.selection, maintain_selection_offset=False)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        if self.text or not width:
            return super().get_content_height(container, viewport, width)
        return max(1, len(Content.from_text(self.placeholder).wrap(width)))

    def action_delete_to_start_of_line(self) -> None:
        """To the start of the line that was written: Textual's own stops where it wraps."""
        row, column = self.cursor_location
        if column:
            self.delete((row, 0), (row, column), maintain_selection_offset=False)
        else:
            self.action_delete_left()

    async def action_delete_to_end_of_line_or_delete_line(self) -> None:
        row, column = self.cursor_location
        if column < len(self.document.get_line(row)):
            self.delete((row, column), (row, len(self.document.get_line(row))), maintain_selection_offset=False)
        else:
            self.action_delete_right()

    def put(self, text: str) -> None:
        """Replace the text, with the cursor at its end; undo brings back what was there."""
        if text != self.text:
            self.history.checkpoint()
            self.replace(text, (0, 0), self.document.end, maintain_selection_offset=False)
            self.history.checkpoint()
        self.move_cursor(self.document.end)


def _pasted(text: str) -> str:
    """`text` of a paste, in which terminals end lines with carriage returns; without the end of its last line."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def _plain(content: VisualType) -> VisualType:
    return visible_lines(content) if isinstance(content, str) else content
