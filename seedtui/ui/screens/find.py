"""Finds rounds by their words, in all sessions."""

from __future__ import annotations

import time

from rich.text import Text
from textual.app import ComposeResult
from textual.events import Key, Paste
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input

from seedtui.core.text.display import visible
from seedtui.core.text.formatting import counted
from seedtui.library.sessions import FoundRound, SessionId
from seedtui.ui.keys.table import bindings
from seedtui.ui.keys.type_ahead import needs_no_list
from seedtui.ui.messages import SearchAsked
from seedtui.ui.widgets.line_list import LineList
from seedtui.ui.widgets.plain import PlainBox, PlainInput


class FoundList(LineList, can_focus=False):
    """Rounds that were found. The screen moves the cursor: the focus stays in the input."""

    COMPONENT_CLASSES = {"found--word", "found--quiet"}

    DEFAULT_CSS = """
    FoundList { border: none; padding: 0; height: 1fr; }
    FoundList > .found--word { text-style: bold underline; }
    FoundList > .found--quiet { color: $text-muted; }
    """

    def __init__(self, here: SessionId) -> None:
        super().__init__()
        self._here = here
        self._words: list[str] = []
        self.found: tuple[FoundRound, ...] = ()

    def show(self, text: str, found: tuple[FoundRound, ...]) -> None:
        """Draw what was found for `text`."""
        self._words, self.found = text.split(), found
        self.count = len(found)
        self.cursor = 0
        self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh()

    def line(self, row: int, width: int) -> Text:
        found = self.found[row]
        quiet = self.get_component_rich_style("found--quiet", partial=True)
        when = "" if found.session == self._here else time.strftime("%Y-%m-%d", time.localtime(found.created))
        text = Text(visible(found.prompt + found.suffix), no_wrap=True)
        text.highlight_words(
            self._words, self.get_component_rich_style("found--word", partial=True), case_sensitive=False
        )
        tail = Text(visible(f"  {found.title if not found.suffix else ''}".rstrip()), style=quiet)
        text.truncate(max(8, width - 12), overflow="ellipsis")
        text.append_text(tail)
        text.truncate(max(8, width - 12), overflow="ellipsis", pad=True)
        return text.append_text(Text(f"  {when or 'here':>10}", style=quiet))


class FindScreen(ModalScreen[FoundRound]):
    """Returns the chosen round, or None if the user closes it."""

    BINDINGS = bindings("find")
    MANUAL_PAGE = "files-and-recovery"

    DEFAULT_CSS = """
    FindScreen { align: center middle; }
    FindScreen Vertical { width: 100; max-width: 100%; height: 24; max-height: 100%; padding: 0 1;
                          border: round $border; border-title-color: $text-muted;
                          border-subtitle-color: $text-muted; }
    FindScreen Input, FindScreen Input:focus { background: transparent; margin: 0 0 1 0; }
    """

    words = query_one(Input)
    rows = query_one(FoundList)

    def __init__(self, here: SessionId) -> None:
        super().__init__()
        self._here = here
        self._starred = False
        self._shown: tuple[str, bool] | None = None

    def compose(self) -> ComposeResult:
        with PlainBox() as box:
            box.border_title = "find"
            box.name_keys("enter show · ctrl+t starred only · f1 help · esc close")
            yield PlainInput(placeholder="words of a prompt or a suffix, in any session", compact=True)
            yield FoundList(self._here)

    def on_mount(self) -> None:
        self._ask()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._ask()

    def show(self, text: str, starred: bool, found: tuple[FoundRound, ...]) -> None:
        """Show the answer to a `SearchAsked`, unless another was asked since."""
        if (text, starred) == (self.words.value, self._starred):
            self._shown = text, starred
            self.rows.show(text, found)
            more = "+" if len(found) >= 200 else ""
            what = "find · starred" if starred else "find"
            nothing = "no round has these words" if text.strip() else "none" if starred else ""
            count = f"{counted(len(found), 'round')}{more}" if found else nothing
            self.query_one(PlainBox).border_title = " · ".join(filter(None, (what, count)))

    def must_wait(self, event: Key | Paste) -> bool:
        """A key that chooses waits for the rounds that the words find."""
        return self._shown != (self.words.value, self._starred) and not needs_no_list(event)

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """The round under the cursor."""
        if self.rows.count:
            self.dismiss(self.rows.found[self.rows.cursor])

    def action_starred(self) -> None:
        """Only rounds with a starred image, or all again."""
        self._starred = not self._starred
        self._ask()

    def action_row(self, step: int) -> None:
        self.rows.action_move(step)

    def action_rows(self, pages: int) -> None:
        self.rows.action_page(pages)

    def _ask(self) -> None:
        self.post_message(SearchAsked(self.words.value, self._starred))
