"""Shows the hints for the first rounds, and remembers which have been followed."""

from __future__ import annotations

import threading
from collections.abc import Callable

from seedtui.app.hints import COMPARES, HINTS, Hint, followed, next_hint
from seedtui.app.state.state import State
from seedtui.core.config.settings import Config
from seedtui.library.hints import keep_hints, read_hints
from seedtui.ui.keys.keymap import shown_keys


class Hints:
    """`show` gets the words of the hint, "" for none."""

    def __init__(self, config: Config, show: Callable[[str], None]) -> None:
        self._config, self._show = config, show
        known = read_hints() if config.hints else frozenset(HINTS)
        self._done = frozenset(HINTS) if known is None else known & frozenset(HINTS)
        self._kept = known or None  # a file says that this is not the first time, even if nothing was followed yet

    @property
    def welcomes(self) -> bool:
        """Whether the first hint, which is part of the welcome, is shown."""
        return "generate" not in self._done

    def look(self, state: State) -> None:
        """Show the hint that `state` calls for."""
        self._follow(followed(state))
        hint = next_hint(state, self._done)
        self._show(self._words(hint) if hint else "")

    def acted(self, id: str, state: State) -> None:
        """The action `id` has been used."""
        if id in COMPARES:
            self._follow(frozenset[Hint](("compare",)))
            self.look(state)

    def _follow(self, hints: frozenset[Hint]) -> None:
        self._done |= hints
        if self._config.hints and self._done != self._kept:
            self._kept = self._done
            threading.Thread(target=keep_hints, args=(self._done,)).start()  # the disk may be slow

    def _words(self, hint: Hint) -> str:
        refine, compare, verify = (shown_keys(id, self._config.keys) for id in ("refine", "compare", "verify"))
        return {
            "generate": "",  # in the welcome
            "refine": f"tip: arrows pick, {refine} refines the pick",
            "compare": f"tip: {compare} compares, {verify} verifies the pick",
        }[hint]
