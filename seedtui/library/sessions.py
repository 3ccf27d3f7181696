"""What a library tells of its sessions: frozen values, read once, that nothing on disk changes afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple, NewType

import msgspec

from seedtui.core.rounds.lineage import Lineage
from seedtui.core.rounds.rounds import Round

SessionId = NewType("SessionId", str)
"""Begins with the local time it was made at, and is also the name of its folder of pictures."""

RoundStatus = Literal["running", "done", "cancelled", "failed", "unfinished"]
"""`unfinished`: its process ended, by a kill or a power cut, before it did; run again, it gives the same images."""


class SessionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One line in a list of sessions.

    `prompt` is the newest round's; `rounds` and `images` leave out what was deleted; `created` and
    `changed` (when its newest round began) are seconds since 1970.
    """

    id: SessionId
    prompt: str
    rounds: int
    images: int
    unfinished: int
    created: float
    changed: float


class StoredImage(msgspec.Struct, frozen=True, gc=False):
    """An image on disk. `file` is its path as a string: a session of 10,000 rounds has 40,000 of them."""

    file: str
    sha256: str
    starred: bool = False

    @property
    def path(self) -> Path:
        return Path(self.file)


class StoredRound(NamedTuple):
    """A round as the library has it: its pick is None if none was made, `kept` are the images that are there."""

    round: Round
    status: RoundStatus
    pick: int | None
    kept: frozenset[int]
    starred: frozenset[int]


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One session as it was when it was loaded, without what was deleted.

    `rounds` are by id, `images` by round id and index. `current` is the round that was on screen last, None in a
    new session. Pictures and records are read when `Library` is asked for them.
    """

    id: SessionId
    lineage: Lineage
    rounds: dict[str, StoredRound]
    images: dict[tuple[str, int], StoredImage]
    current: str | None = None

    @property
    def status(self) -> dict[str, RoundStatus]:
        """How each round stands, by id."""
        return {id_: stored.status for id_, stored in self.rounds.items()}

    @property
    def picks(self) -> dict[str, int]:
        """What was picked in rounds, by id."""
        return {id_: stored.pick for id_, stored in self.rounds.items() if stored.pick is not None}


class FoundRound(msgspec.Struct, frozen=True, kw_only=True):
    """A round whose prompt or suffixes hold what was searched for; `suffix` is the one that does, if one has to."""

    session: SessionId
    round_id: str
    prompt: str
    title: str
    created: float
    suffix: str = ""


class Rebuilt(msgspec.Struct, frozen=True):
    """What was found in a folder of PNGs: images that are ours, and `skipped` files that are not or are broken."""

    images: int = 0
    skipped: int = 0
