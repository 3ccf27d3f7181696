"""The folders in which scout rounds save what their images need to be finished: one a round, in its session's."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Set
from pathlib import Path

FOLDER = "saved"

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


def saved_folder(session_folder: Path, round_id: str) -> Path:
    """The folder of a round; it may not exist. An id from elsewhere that is no name for one is replaced by its hash."""
    name = round_id if _ID.fullmatch(round_id) else hashlib.sha256(round_id.encode()).hexdigest()[:32]
    return session_folder / FOLDER / name


def remove_saved(session_folder: Path, *round_ids: str) -> None:
    """Remove what these rounds have saved. What cannot be removed stays until the session is opened again."""
    for round_id in round_ids:
        _remove(saved_folder(session_folder, round_id))
    _remove_if_empty(session_folder / FOLDER)


def remove_all_saved(session_folder: Path) -> None:
    """Remove what all rounds of a session have saved."""
    _remove(session_folder / FOLDER)


def saved_names(session_folder: Path) -> frozenset[str]:
    """The names of the folders that are there."""
    with contextlib.suppress(OSError), os.scandir(session_folder / FOLDER) as entries:
        return frozenset(entry.name for entry in entries)
    return frozenset()


def sweep_saved(session_folder: Path, names: Set[str], round_ids: Set[str]) -> None:
    """Of the folders `names`, remove those that belong to none of the rounds."""
    for name in names - {saved_folder(session_folder, round_id).name for round_id in round_ids}:
        _remove(session_folder / FOLDER / name)
    _remove_if_empty(session_folder / FOLDER)


def _remove(folder: Path) -> None:
    if not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
