"""The keys that work now, as many as fit."""

from __future__ import annotations

from textual.binding import Binding
from textual.widgets import Footer


class KeyFooter(Footer):
    """Textual's footer rebuilds its keys whenever they might have changed; this one only when they did."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._keys: list[tuple[Binding, bool, str]] | None = None

    async def recompose(self) -> None:
        active = self.screen.active_bindings.values()
        keys = [(binding, enabled, tooltip) for _, binding, enabled, tooltip in active if binding.show]
        if keys != self._keys:
            self._keys = keys
            await super().recompose()
            self.mutate_reactive(Footer.compact)  # or it would keep every key it ever had, as a watcher
            self.call_after_refresh(self._hide_cut_keys)

    def on_resize(self) -> None:
        self.call_after_refresh(self._hide_cut_keys)

    def _hide_cut_keys(self) -> None:
        """Hide the keys at the end that do not fit in full."""
        edge = 0
        for key in self.children:
            edge += key.get_content_width(self.size, self.screen.size)
            key.visible = edge <= self.content_size.width
            edge += key.styles.padding.width + key.styles.margin.width
