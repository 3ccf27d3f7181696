"""A library's sessions as frozen values: snapshots that later changes on disk do not affect."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple, NewType

import msgspec

from seedtui.core.rounds.lineage import Lineage
from seedtui.core.rounds.rounds import Round

SessionId = NewType("SessionId", str)
"""Begins with the local time of its creation. Also the name of the session's folder of pictures."""

RoundStatus = Literal["running", "done", "cancelled", "failed", "unfinished"]
"""`unfinished`: its process was killed, or lost power, before the round ended. Run again, it gives the same images."""


class SessionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One line in a list of sessions.

    `name` is the user's, "" for none. `prompt` is that of the newest round. `rounds`, `images` and `stars` (the starred
    images) do not count what was deleted. `created` and `changed` (when the newest round began) are seconds since 1970.
    """

    id: SessionId
    name: str = ""
    prompt: str
    rounds: int
    images: int
    stars: int = 0
    unfinished: int
    created: float
    changed: float


class StoredImage(msgspec.Struct, frozen=True, gc=False):
    """An image on disk. `file` is its path as a string, since a session of 10,000 rounds has 40,000 of them."""

    file: str
    sha256: str
    starred: bool = False

    @property
    def path(self) -> Path:
        return Path(self.file)


class StoredRound(NamedTuple):
    """A round in the library. `pick` is None if there is none; `on_disk` are the indices of the images that have a
    file, also of those that are `deleted`. A deleted image keeps its star. `seen` and `rejected` are for sheets.

    `created` is when it was first run, in seconds since 1970, and `seconds` how long it took; 0 if that is not known.
    """

    round: Round
    status: RoundStatus
    pick: int | None
    on_disk: frozenset[int]
    starred: frozenset[int]
    created: float = 0.0
    seconds: float = 0.0
    deleted: frozenset[int] = frozenset()
    seen: frozenset[int] = frozenset()
    rejected: frozenset[int] = frozenset()


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A session as it was when it was loaded, without deleted rounds. `images` has no deleted ones.

    `rounds` are by id, `images` by round id and index. `current` is the round that was shown last, None in a new
    session. Pictures and records are not included; `Library` reads them.
    """

    id: SessionId
    lineage: Lineage
    rounds: dict[str, StoredRound]
    images: dict[tuple[str, int], StoredImage]
    current: str | None = None

    @property
    def status(self) -> dict[str, RoundStatus]:
        """The status of each round, by id."""
        return {id_: stored.status for id_, stored in self.rounds.items()}

    @property
    def picks(self) -> dict[str, int]:
        """The pick of each round that has one, by id."""
        return {id_: stored.pick for id_, stored in self.rounds.items() if stored.pick is not None}


class FoundRound(msgspec.Struct, frozen=True, kw_only=True):
    """A search result. `suffix` is one that matches, if the prompt alone does not."""

    session: SessionId
    round_id: str
    prompt: str
    title: str
    created: float
    suffix: str = ""


class Rebuilt(msgspec.Struct, frozen=True):
    """What was found in a folder of PNGs: our `images`, and `skipped` files that are not ours or are broken."""

    images: int = 0
    skipped: int = 0
