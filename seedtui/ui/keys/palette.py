"""The command palette: what can be done in the present place, with its keys, found by many words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content


class Command(NamedTuple):
    """Something that the palette offers. `keys` as written for people; `words` are other words to find it by."""

    label: str
    keys: str
    help: str
    words: str
    enabled: bool
    run: Callable[[], object]


class Offers(Protocol):
    """The app, as far as the palette needs it."""

    def palette_commands(self) -> Iterable[Command]: ...


def score(query: str, command: Command) -> int:
    """How well `query` fits: 0 not at all. Each of its words must begin one of the label, the synonyms or the help."""
    places = [re.findall(r"\w+", text.lower()) for text in (command.help, command.words, command.label)]
    ranks = [
        max((rank for rank, words in enumerate(places, 1) if any(w.startswith(word) for w in words)), default=0)
        for word in query.lower().split()
    ]
    return min(ranks, default=0)


class PaletteProvider(Provider):
    """Asks the app for its `commands`; those that do not work now are listed only when searched for."""

    async def discover(self) -> Hits:
        for command in self._commands():
            if command.enabled:
                yield DiscoveryHit(self._display(command), command.run, command.label, command.help)

    async def search(self, query: str) -> Hits:
        for command in self._commands():
            if rank := score(query, command):
                yield Hit(rank + command.enabled / 2, self._display(command), command.run, command.label, command.help)

    def _commands(self) -> Iterable[Command]:
        return cast(Offers, self.app).palette_commands()

    def _display(self, command: Command) -> Content:
        keys = f"  {command.keys}" if command.keys else ""
        if command.enabled:
            return Content.assemble(command.label, (keys, "$text-muted not bold"))
        return Content.styled(f"{command.label}{keys}  not now", "$text-disabled not bold")
