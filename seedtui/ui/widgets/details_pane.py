"""How the pick was made: beside the pictures on a wide screen, in place of the tree on a narrower one."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.reactive import reactive

from seedtui.app.facts import Facts
from seedtui.core.text.display import visible
from seedtui.ui.widgets.plain import PlainScroll, PlainStatic

_NAME = len("transformers")
"""Columns of the longest name of a fact: always these, so that the values do not move when a picture is made."""


class FactTable(PlainStatic):
    """The whole prompt, then one fact a line; everything is wrapped, nothing cut."""

    COMPONENT_CLASSES = {"facts--name", "facts--suffix"}

    DEFAULT_CSS = """
    FactTable { height: auto; }
    FactTable > .facts--name { color: $text-muted; }
    FactTable > .facts--suffix { text-style: bold; }
    """

    facts: reactive[Facts | None] = reactive(None, layout=True)

    def render(self) -> Group:
        if self.facts is None:
            return Group()
        name, suffix = (self.get_component_rich_style(f"facts--{kind}", partial=True) for kind in ("name", "suffix"))
        prompt = Text.assemble(visible(self.facts.prompt), (visible(self.facts.suffix), suffix), overflow="fold")
        table = Table.grid(padding=(0, 1))
        table.add_column(width=_NAME, style=name, no_wrap=True)
        table.add_column(overflow="fold")
        for fact in self.facts.rows:
            table.add_row(fact.name, Text(visible(fact.value), overflow="fold"))
        return Group(prompt, Text(), table)


class DetailsPane(PlainScroll, can_focus=False):
    """It never takes the focus: the arrows move the pick, and the pane follows."""

    DEFAULT_CSS = """
    DetailsPane { border: round $border-blurred; border-title-color: $text-muted; border-subtitle-color: $text-muted;
                  padding: 0 1; scrollbar-size-vertical: 1; }
    """

    facts: reactive[Facts | None] = reactive(None)

    def compose(self) -> ComposeResult:
        yield FactTable()

    def watch_facts(self, old: Facts | None, facts: Facts | None) -> None:
        for table in self.query(FactTable):
            table.facts = facts
        missing = "" if facts is None or facts.made else "deleted" if facts.deleted else "not made yet"
        self.border_title = f"details · {missing}" if missing else "details"
        if old and facts and (old.prompt, old.suffix, old.rows[:1]) != (facts.prompt, facts.suffix, facts.rows[:1]):
            self.scroll_home(animate=False)  # another picture
