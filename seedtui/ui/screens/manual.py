"""The manual: its pages, their links, and a search through all pages."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.getters import query_one
from textual.screen import Screen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from seedtui.core.text.display import visible
from seedtui.core.text.formatting import counted
from seedtui.manual.pages import TOPICS, Hit, Place, links_of, place_of, read_page, search
from seedtui.ui.keys.table import bindings
from seedtui.ui.widgets.bars.key_footer import KeyFooter
from seedtui.ui.widgets.manual_page import ManualPage
from seedtui.ui.widgets.plain import PlainInput, PlainOptions, PlainStatic

_ROW = 32
"""Columns of a row of the list."""


class ManualScreen(Screen[None]):
    """Opens at the page about `topic`. The list has the pages and the current page's links, or the hits of a search.

    On a screen narrower than 100 columns the list folds away while not in use.
    """

    BINDINGS = bindings("manual")

    DEFAULT_CSS = """
    ManualScreen #title { height: 1; padding: 0 1; color: $text-muted; }
    ManualScreen #body { height: 1fr; }
    ManualScreen OptionList, ManualScreen OptionList:focus {
        width: 38; height: 1fr; border: round $border-blurred; border-title-color: $text-muted; padding: 0 1;
        background: $background; scrollbar-size-vertical: 1; }
    ManualScreen OptionList:focus { border: round $border; }
    ManualScreen OptionList > .option-list--option-highlighted { background: $surface-lighten-2; color: $foreground; }
    ManualScreen OptionList:focus > .option-list--option-highlighted { text-style: bold; background: $surface-lighten-2;
                                                                       color: $foreground; }
    ManualScreen.-narrow OptionList { display: none; }
    ManualScreen.-narrow OptionList.asked { display: block; }
    ManualScreen ManualPage { width: 1fr; height: 1fr; }
    ManualScreen #search { height: 1; padding: 0 1; display: none; background: $background; }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    title_line = query_one("#title", PlainStatic)
    rows = query_one(PlainOptions)
    page = query_one(ManualPage)
    words = query_one(PlainInput)

    def __init__(self, topic: str) -> None:
        super().__init__()
        self._first = Place(topic)
        self._visited: list[Place] = []
        self._places: list[Place] = []
        self._hits: list[Hit] = []

    def compose(self) -> ComposeResult:
        yield PlainStatic(id="title")
        with Horizontal(id="body"):
            yield PlainOptions()
            yield ManualPage()
        yield PlainInput(placeholder="search all pages", compact=True, id="search")
        yield KeyFooter()

    def on_mount(self) -> None:
        self.page.focus()
        self.call_after_refresh(self._go, self._first)  # by then the page has its size

    def on_manual_page_link_clicked(self, event: ManualPage.LinkClicked) -> None:
        event.stop()
        place = place_of(event.target)
        if place is None:
            self.notify(event.target, title="not a page of the manual")
        else:
            self._visit(place)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(event.option_index)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._hits = search(event.value)
        self._list()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._hits:
            self._choose(self.rows.highlighted or 0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "back":
            return bool(self._visited)
        if action == "hit":
            return bool(self._hits) and not self.words.has_focus
        return True

    def action_close(self) -> None:
        """End the search, if there is one; otherwise close the manual."""
        if self.words.display:
            self._end_search()
        else:
            self.dismiss()

    def action_search(self) -> None:
        """Search all pages."""
        self.words.display = True
        self.words.focus()
        self.rows.add_class("asked")

    def action_list(self) -> None:
        """Go to the list, or back to the text."""
        if self.rows.has_focus or self.words.has_focus:
            self._to_text()
        else:
            self.rows.add_class("asked")
            self.rows.focus()

    def action_back(self) -> None:
        """Go to the page before."""
        self._go(self._visited.pop())

    def action_row(self, step: int) -> None:
        """Move in the list while the words of a search are typed, else in the text."""
        if not self.words.has_focus:
            self.page.scroll_relative(y=step, animate=False)
        elif self._hits:
            self.rows.highlighted = min(max((self.rows.highlighted or 0) + step, 0), len(self._hits) - 1)

    def action_page(self, step: int) -> None:
        """Scroll by most of a screen."""
        self.page.scroll_relative(y=step * max(1, self.page.size.height - 2), animate=False)

    def action_hit(self, step: int) -> None:
        """Go to the next hit of the search, or the previous one."""
        at = ((self.rows.highlighted or 0) + step) % len(self._hits)
        self.rows.highlighted = at
        self._visit(self._hits[at].place, self.words.value)

    def _choose(self, row: int) -> None:
        self._visit(self._places[row], self.words.value)
        self._to_text()

    def _visit(self, place: Place, words: str = "") -> None:
        """Go to `place`, and remember the current one for the way back."""
        self._visited.append(Place(self.page.topic, line=self.page.line_on_top))
        self._go(place, words)

    def _go(self, place: Place, words: str = "") -> None:
        if place.topic != self.page.topic:
            self.title_line.update(Text.assemble(("manual", "bold"), f"   {read_page(place.topic).title}"))
        self.page.go(place, words)
        if not self.words.value.strip():
            self._list()
        self.refresh_bindings()

    def _list(self) -> None:
        """Fill the list: hits during a search, otherwise pages and links."""
        self.rows.clear_options()
        if self.words.value.strip():
            self._places = [hit.place for hit in self._hits]
            self.rows.border_title = counted(len(self._hits), "hit") if self._hits else "not found"
            self.rows.add_options([Option(_hit_row(hit)) for hit in self._hits])
            self.rows.highlighted = 0 if self._hits else None
            return
        links = links_of(read_page(self.page.topic))
        self._places = [*map(Place, TOPICS), *links.values()]
        self.rows.border_title = "pages"
        self.rows.add_options([Option(_row(read_page(topic).title)) for topic in TOPICS])
        if links:
            self.rows.add_option(None)
            self.rows.add_options([Option(_row(f"→ {words}")) for words in links])
        self.rows.highlighted = TOPICS.index(self.page.topic)

    def _to_text(self) -> None:
        self.rows.remove_class("asked")
        self.page.focus()

    def _end_search(self) -> None:
        self.words.value, self.words.display, self._hits = "", False, []
        self._list()
        self._to_text()


def _row(words: str) -> Text:
    return Text(visible(words), no_wrap=True, overflow="ellipsis")


def _hit_row(hit: Hit) -> Text:
    """The hit's page, and below it the hit among the whole words around it."""
    title = Text(f"{read_page(hit.place.topic).title}\n", style="dim")
    before = hit.before.lstrip()
    if len(before) > 12:
        before = f"…{before[-12:].partition(' ')[2]}"
    room = _ROW - len(before + hit.words)
    after = hit.after if len(hit.after) <= room else f"{hit.after[: max(room, 1)].rpartition(' ')[0]}…"
    row = Text.assemble(visible(before), (visible(hit.words), "bold"), visible(after))
    row.truncate(_ROW, overflow="ellipsis")
    return Text.assemble(title, row, no_wrap=True)
