"""The editor of the prompt: it wraps, walks through earlier prompts, and dims what the model will not read."""

from __future__ import annotations

import os
from collections.abc import Sequence

from rich.text import Text
from textual.content import Content
from textual.events import Paste
from textual.message import Message

from seedtui.core.prompts.history import HistoryWalk, begin_walk
from seedtui.core.text.display import visible_lines
from seedtui.core.text.pasted_paths import dropped_images
from seedtui.ui.keys.table import bindings
from seedtui.ui.messages import GenerateAsked, OpenAsked
from seedtui.ui.widgets.plain import PlainEditor


class PromptEditor(PlainEditor):
    """Enter generates. Pasting or dropping the path of an image opens the image.

    Where nothing is written, the prompt that is `offered` shows dim: typing begins another, Right or End takes it.
    ``?`` is no text where nothing has been typed yet: there it opens the help.
    Text that the user has not changed since `settle` is kept elsewhere, and may be replaced.
    """

    BINDINGS = [*bindings("prompt line"), *bindings("prompt editor")]

    DEFAULT_CSS = """
    PromptEditor { width: 1fr; height: auto; min-height: 1; max-height: 4; padding: 0; background: transparent;
                   scrollbar-size-vertical: 1; overflow-x: hidden; }
    """

    class Walked(Message):
        """The user stands on another earlier prompt, or found none."""

    def __init__(self, text: str, offered: str, **about: str) -> None:
        super().__init__(text, offered, **about)
        self._settled, self._offered = text, offered
        self._past: tuple[str, ...] = ()
        self._drafts: tuple[str, ...] = ()
        self._walk: HistoryWalk | None = None
        self._counted, self._cut = "", None  # type: str, int | None

    @property
    def words(self) -> str:
        """The prompt to generate: what is written, or what is offered where nothing is."""
        return self.text or self._offered

    def offer(self, prompt: str) -> None:
        """Offer another prompt, and show it unless the user is writing one."""
        if self.untouched:
            self.take("" if prompt != self.text else prompt)
        self._offered = prompt
        self.placeholder = Content(visible_lines(prompt))
        self.refresh(layout=True)

    # --- what is the user's own

    @property
    def untouched(self) -> bool:
        """Whether the user has written nothing since `settle`."""
        return self.text in ("", self._settled)

    def settle(self) -> None:
        """Mark the text as kept elsewhere too."""
        self._leave_walk()
        self._settled = self.text

    def take(self, prompt: str) -> None:
        """Replace the text by `prompt`. What the user wrote can be found with Up, and with undo."""
        if not self.untouched:
            self._remember(self.text)
        self.put(prompt)
        self.settle()

    # --- earlier prompts

    @property
    def walk(self) -> HistoryWalk | None:
        """The walk through earlier prompts, if the text is where it left it."""
        return self._walk if self._walk and self._walk.text == self.text else None

    def add_past(self, newer: Sequence[str] = (), older: Sequence[str] = ()) -> None:
        """Add prompts of rounds to those to walk through, newest first."""
        self._past = tuple(dict.fromkeys((*newer, *self._past, *older)))

    def action_cursor_up(self, select: bool = False) -> None:
        if not select and (self.walk or self.navigator.is_first_wrapped_line(self.cursor_location)):
            self._step(1)
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if not select and self.walk:
            self._step(-1)
        else:
            super().action_cursor_down(select)

    def _step(self, older: int) -> None:
        typed = "" if self.untouched else self.text
        walk = self.walk or begin_walk((*self._drafts, *self._past), self.text, typed)
        self._walk = walk = walk.step(older)
        self.put(walk.text)
        self.post_message(self.Walked())
        if walk.found and walk.place < 0:
            self._walk = None

    def _leave_walk(self) -> None:
        if self._walk is not None and self._walk.draft != self._settled and self._walk.draft != self.text:
            self._remember(self._walk.draft)
        self._walk = None

    def _remember(self, draft: str) -> None:
        if draft.strip():
            self._drafts = (draft, *(other for other in self._drafts if other != draft))

    # --- what the model reads

    def show_cut(self, place: int | None) -> None:
        """The model drops the text from `place` on; None if it drops nothing."""
        if (self.text, place) != (self._counted, self._cut):
            self._counted, self._cut = self.text, place
            self.draw_lines_again()

    def get_line(self, line_index: int) -> Text:
        line, cut = super().get_line(line_index), self._cut
        if cut is not None and self.text.startswith(self._counted[:cut]):
            start = sum(len(self.document.get_line(i)) + 1 for i in range(line_index))
            if start + len(line) > cut:
                line.stylize("dim", max(0, cut - start))
        return line

    # --- keys

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        return not (character == "?" and self.untouched) and super().check_consume_key(key, character)

    def action_submit(self) -> None:
        self.post_message(GenerateAsked())

    def action_line_break(self) -> None:
        self.replace("\n", *self.selection, maintain_selection_offset=False)

    def action_cursor_right(self, select: bool = False) -> None:
        if self.text:
            super().action_cursor_right(select)
        else:
            self.put(self._offered)

    def action_cursor_line_end(self, select: bool = False) -> None:
        if self.text:
            super().action_cursor_line_end(select)
        else:
            self.put(self._offered)

    def on_text_area_changed(self) -> None:
        if self._walk is not None and self.walk is None:
            self._leave_walk()

    def on_paste(self, event: Paste) -> None:
        image = next((path for path in dropped_images(event.text) if os.path.isfile(path)), None)
        if image is not None:
            event.prevent_default()
            event.stop()
            self.post_message(OpenAsked(image))
