"""The previews of a scout round in a folder, and what it saved to finish them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from seedtui.core.errors import FileError, InputError
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.scout import finishing
from seedtui.core.rounds.seeds import seeds_in_words
from seedtui.files.errors import shown
from seedtui.library.images.folder import records_in

SAVED = "saved"
"""The subfolder with the saved state."""

_SAVED_FILE = re.compile(r"[0-9]{1,20}\.safetensors")
"""What the worker calls its files, by seed. Others are the user's."""


class Preview(NamedTuple):
    """The file of a preview, and its record."""

    path: Path
    record: ImageRecord


def previews_in(folder: Path) -> dict[int, Preview]:
    """The previews in `folder` by their seeds.

    Raises:
        FileError: it cannot be read.
        InputError: they are not of one scout round.
    """
    found: dict[int, Preview] = {}
    for path, record in records_in(folder):
        if record.kind == "scout":
            found.setdefault(record.seed, Preview(path, record))
            if _what(record) != _what(next(iter(found.values())).record):
                raise InputError(
                    f"{shown(folder)} has previews of several scout rounds", "Give each round a folder of its own"
                )
    return found


def check_same_scout(folder: Path, found: dict[int, Preview], round_: Round) -> None:
    """Check that the previews in `folder` have the prompt of `round_`.

    Raises:
        InputError: they do not.
    """
    first = next(iter(found.values()), None)
    if first and (first.record.template or first.record.prompt) not in (
        round_.prompt, *(shot.prompt for shot in round_.shots if shot.prompt)
    ):  # fmt: skip
        raise InputError(f"{shown(folder)} has previews of another prompt", "Use another --out")


def finish_round(folder: Path, found: dict[int, Preview], seeds: Sequence[int]) -> Round:
    """The round that finishes those seeds of the previews `found` in `folder`.

    Raises:
        InputError: there are no previews, or none of one of the seeds.
    """
    if not found:
        raise InputError(f"{shown(folder)} has no previews of a scout round", 'Make some: seedtui scout "a cat"')
    if missing := tuple(seed for seed in seeds if seed not in found):
        raise InputError(
            f"not scouted in {shown(folder)}: {seeds_in_words(missing)}",
            f"Its seeds are {seeds_in_words(tuple(sorted(found)))}",
        )
    records = [found[seed].record for seed in seeds]
    shots = tuple(msgspec.structs.replace(record.shot, index=i) for i, record in enumerate(records))
    first = records[0]
    scouted = Round(
        id=first.round_id, kind="scout", prompt=first.template or first.prompt, shots=shots,
        recipe=msgspec.structs.replace(first.recipe, fallback=None), stop=first.stop,
    )  # fmt: skip
    round_ = finishing(scouted, [msgspec.structs.replace(record.pick, index=i) for i, record in enumerate(records)])
    return msgspec.structs.replace(round_, parent=first.pick)


def saved_folder(folder: Path) -> str:
    """The subfolder of `folder` with the saved state, as the worker gets it.

    Raises:
        InputError: its path is not text.
    """
    path = str((folder / SAVED).absolute())
    try:
        path.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{shown(folder)}: the path contains bytes that are not text", "Use another --out") from error
    return path


def saved_size(folder: Path) -> int:
    """How many bytes the saved state in `folder` has; 0 without one."""
    return sum(_size(path) for path in _saved_files(folder))


def discard(folder: Path) -> int:
    """Remove the saved state in `folder`, and nothing else; how many bytes it had.

    Raises:
        FileError: it cannot be removed.
    """
    size = saved_size(folder)
    try:
        for path in _saved_files(folder):
            path.unlink()
        if (folder / SAVED).is_dir() and not any((folder / SAVED).iterdir()):
            (folder / SAVED).rmdir()
    except OSError as error:
        raise FileError(f"cannot remove {shown(folder / SAVED)}: {error.strerror}", "Remove it yourself") from error
    return size


def _saved_files(folder: Path) -> list[Path]:
    if (folder / SAVED).is_symlink():
        return []  # not ours to remove
    found = (folder / SAVED).glob("*.safetensors")
    return [path for path in found if _SAVED_FILE.fullmatch(path.name) and not path.is_dir()]


def _size(path: Path) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def _what(record: ImageRecord) -> object:
    """What all previews of a round share."""
    recipe = msgspec.structs.replace(record.recipe, fallback=None)
    return record.template or record.prompt, recipe, record.stop
