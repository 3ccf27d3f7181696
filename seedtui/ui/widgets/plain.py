"""Textual's widgets, except that text is never markup, and what a terminal would obey is shown as marks.

Names of models, prompts and errors may contain anything, even ``[/b]``. Use these in place of Textual's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, overload

from textual import containers, widgets
from textual.content import Content
from textual.events import Paste
from textual.visual import VisualType

from seedtui.core.text.display import visible, visible_lines
from seedtui.ui.textual_internals import VisibleInput


class Plain:
    """A mixin, listed before the widget: its titles are not markup. Not a widget: Textual takes CSS from one base."""

    @overload
    def render_str(self, text_content: str) -> Content: ...
    @overload
    def render_str(self, text_content: Content) -> Content: ...
    def render_str(self, text_content: str | Content) -> Content:
        """Textual's hook: what a title that is a string becomes."""
        return text_content if isinstance(text_content, Content) else Content(visible(text_content))


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
        text = event.text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
        if text:
            self.replace(text, *self.selection)


def _plain(content: VisualType) -> VisualType:
    return visible_lines(content) if isinstance(content, str) else content
