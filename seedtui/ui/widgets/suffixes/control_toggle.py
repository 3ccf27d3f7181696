"""The line of the suffix pane that adds the pick itself to its refinements."""

from __future__ import annotations

from textual.content import Content
from textual.events import Click
from textual.reactive import reactive

from seedtui.ui.widgets.plain import PlainStatic


class ControlToggle(PlainStatic):
    """`on` asks for the control; `possible` is False if the prompt is not the pick's."""

    DEFAULT_CSS = """
    ControlToggle { height: 1; margin: 0 0 1 0; color: $text-muted; }
    """

    on: reactive[bool] = reactive(False)
    possible: reactive[bool] = reactive(True)

    @property
    def counts(self) -> bool:
        """Whether there will be a control."""
        return self.on and self.possible

    def render(self) -> Content:
        if self.on and not self.possible:
            return Content("no control: the prompt was edited")
        if self.on:
            return Content.styled("● control: the pick, no suffix", "$foreground")
        return Content.assemble("○ control  ", ("ctrl+n", "bold"))

    async def on_click(self, event: Click) -> None:
        event.stop()
        await self.run_action("app.act('refine.control')")
