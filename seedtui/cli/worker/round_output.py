"""Saves the images of a round and prints their lines, together with those that were there already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from seedtui.cli.messages import tell
from seedtui.cli.worker.image_line import print_line
from seedtui.cli.worker.variety_watch import VarietyWatch
from seedtui.core.images.made import as_cell, is_cell
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.pool.notes import unlike_note
from seedtui.core.rounds.rounds import Round
from seedtui.core.text.formatting import counted
from seedtui.engine.wire.protocol import ImageReady
from seedtui.library.images.png import read_png, read_record, read_size
from seedtui.library.images.saving import save_image

Fields = Callable[[int], dict[str, Any]]
"""Fields of the JSON line of the image at an index."""


class RoundOutput:
    """What becomes of the images of `round_`: files in `out`, and lines in the order of the round as far as possible.

    `paths` has the file of each image that is there, by its index. Only the paths are kept in memory. A `silent` one
    leaves its lines to `print_line`.
    """

    def __init__(
        self, round_: Round, out: Path, as_json: bool, fields: Fields = lambda index: {}, *, silent: bool = False
    ) -> None:  # fmt: skip
        self.round, self.out, self.paths = round_, out, dict[int, Path]()
        self._json, self._fields, self._silent = as_json, fields, silent
        self._waiting: set[int] = set()
        self._unlike: Counter[str] = Counter()
        self._variety = VarietyWatch(round_)

    def add_existing(self, index: int, path: Path) -> None:
        """The image at `index` is in `path` already. Its line is printed when its turn comes.

        A grid gets a file of its own for it, unless it is a cell of such a grid.

        Raises:
            FileError: it cannot be read or written.
        """
        if self.round.axes and not is_cell(read_record(path), self.round, index):
            picture, record = read_png(path)
            path = save_image(self.out, picture, as_cell(record, self.round, index))
        self.paths[index] = path
        self._waiting.add(index)

    def save(self, ready: ImageReady) -> Path:
        """Save an image, and print its line.

        Raises:
            FileError: it cannot be written.
        """
        self._print_waiting(ready.index)
        picture = Picture(ready.width, ready.height, ready.pixels)
        path = self.paths[ready.index] = save_image(self.out, picture, ready.record)
        label = self.round.label(self.round.shots[ready.index])
        for note in ready.record.notes:
            if note == unlike_note(ready.record.worker):
                self._unlike[ready.record.worker] += 1
            else:
                tell(f"{label}: {note}.")
        more = self._variety.after(picture)
        if not self._silent:
            self._print(path, ready.record, (ready.width, ready.height), more, ready.index)
        return path

    def end(self) -> None:
        """Print the lines that still wait, and what is to say of the whole round."""
        self._print_waiting(len(self.round.shots))
        if told := self._variety.told():
            tell(told)
        for worker, images in self._unlike.items():
            tell(f"{counted(images, 'image')} made on {worker}, unlike others of the round: low bits may differ.")

    def print_line(self, index: int, more: dict[str, Any]) -> None:
        """Print the line of the image at `index`, which is there, with `more` fields.

        Raises:
            FileError: its file cannot be read.
        """
        path = self.paths[index]
        self._print(path, read_record(path), read_size(path), more, index)

    def _print_waiting(self, before: int) -> None:
        for index in sorted(index for index in self._waiting if index < before):
            self._waiting.remove(index)
            if not self._silent:
                self.print_line(index, {"existing": True})

    def _print(
        self, path: Path, record: ImageRecord, size: tuple[int, int], more: dict[str, Any], index: int
    ) -> None:  # fmt: skip
        fields = {"index": index, **self._fields(index), **more} if self._json else None
        score = f" · {more['score']:.4g}" if "score" in more else ""
        there = " · existed already" if more.get("existing") else ""
        print_line(path, record, size, f"{self.round.label(self.round.shots[index])}{score}{there}", fields)
