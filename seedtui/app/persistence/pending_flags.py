"""Flags of images that are not written yet. Of one image's flag, only the newest value counts."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seedtui.library.journal.image_flags import Flag
    from seedtui.library.library import Library


class PendingFlags:
    """Filled from the app's thread, written in another: everything that came meanwhile, in one go."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rounds: dict[str, dict[Flag, dict[int, bool]]] = {}

    def put(self, round_id: str, flag: Flag, indexes: Iterable[int], value: bool) -> None:
        """Remember new values."""
        with self._lock:
            of_flag = self._rounds.setdefault(round_id, {}).setdefault(flag, {})
            of_flag.update(dict.fromkeys(indexes, value))

    def write(self, round_id: str, library: Library) -> None:
        """Write the values of a round. If that fails, they are still here.

        Raises:
            FileError: they cannot be written.
        """
        with self._lock:
            flags = self._rounds.pop(round_id, {})
        try:
            if flags:
                library.set_flags(round_id, flags)
        except BaseException:
            with self._lock:
                newer = self._rounds.get(round_id, {})
                self._rounds[round_id] = {f: {**flags.get(f, {}), **newer.get(f, {})} for f in {**flags, **newer}}
            raise
