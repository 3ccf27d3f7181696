"""What scout rounds saved goes along to another machine, and comes back from there: files, as messages."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from seedtui.core.errors import FileError
from seedtui.core.rounds.saved import state_file
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.framing import MAX_FRAME
from seedtui.files.reading import read_bytes
from seedtui.library.files import make_folder, write_file

MOST = MAX_FRAME - 4096
"""Maximum size of a file in bytes: larger ones stay where they are, and the image is computed in full."""


def place_of(request: p.Run | p.Decode) -> str:
    """What tells the files for `request` from those for others."""
    if isinstance(request, p.Decode):
        return decode_place(request.round.id, request.round.shots[0].index)
    return request.round.id


def decode_place(round_id: str, index: int) -> str:
    """That of a `Decode` of the image `index`."""
    return f"{round_id} decode {index}"


def read_states(request: p.Run | p.Decode) -> Iterator[p.SavedState]:
    """The files in `request.saved` that are there for its images."""
    for seed in dict.fromkeys(shot.seed for shot in request.round.shots):
        if data := _read(state_file(Path(request.saved), seed)):
            yield p.SavedState(place_of(request), seed, data)


def write_state(folder: Path, state: p.SavedState) -> None:
    """Put a file into `folder`, unless it is there: two workers may have made the same image.

    Raises:
        FileError: the folder is not writable, or the disk is full.
    """
    path = state_file(make_folder(folder, private=True), state.seed)
    if not path.exists():
        write_file(path, state.data, sync=False)


class PassingStates:
    """Files on their way through this machine, in a private folder that goes with this object, if there are any.

    `take` and `lead` are called by one thread, `of_image` and `forget` by another.
    """

    def __init__(self) -> None:
        self._root: Path | None = None
        self._scouts: dict[str, dict[int, int]] = {}
        """The seeds of scout rounds, by their ids and the indices of images."""

    def close(self) -> None:
        """Remove what is left."""
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)

    def take(self, state: p.SavedState) -> None:
        """Keep a file of the client for the request that follows. Without it, the image is computed in full."""
        with contextlib.suppress(FileError):
            write_state(self._folder(state.place), state)

    def lead(self, request: p.Run | p.Decode) -> str:
        """The folder for `request` in place of the client's."""
        if request.round.stop is not None and isinstance(request, p.Run):
            seeds = {shot.index: shot.seed for shot in request.round.shots}
            self._scouts[request.round.id] = seeds
        return str(self._folder(place_of(request)))

    def of_image(self, image: p.ImageReady) -> p.SavedState | None:
        """What the image of a scout round needs to be finished, if the worker has saved it."""
        seed = self._scouts.get(image.round_id, {}).get(image.index)
        if seed is None:
            return None
        data = _read(state_file(self._folder(image.round_id), seed))
        return p.SavedState(image.round_id, seed, data) if data else None

    def forget(self, place: str) -> None:
        """The request is done."""
        self._scouts.pop(place, None)
        if self._root is not None:
            shutil.rmtree(self._folder(place), ignore_errors=True)

    def _folder(self, place: str) -> Path:
        if self._root is None:  # it comes with the first file, so always in the first thread
            self._root = Path(tempfile.mkdtemp(prefix="seedtui-"))
        return self._root / hashlib.sha256(place.encode()).hexdigest()[:16]


def _read(path: Path) -> bytes:
    try:
        return read_bytes(path, MOST)
    except FileError:
        return b""
