"""Writes files atomically."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from seedtui.files.errors import file_error
from seedtui.library.parts import part_file
from seedtui.library.private import private_folder


def write_file(path: Path, data: bytes, *, sync: bool = True) -> None:
    """Replace the file at `path` with `data`. At any moment either the old or the new content is there.

    It is written to another file in the same folder, synced, renamed, and the folder is synced. Without `sync`, a power
    failure may lose it.

    Raises:
        FileError: the file cannot be written; `path` is then unchanged.
    """
    with _writing(path), _written_aside(path.parent, data, sync) as part:
        os.replace(part, path)
        if sync:
            sync_folder(path.parent)


def write_new_file(path: Path, data: bytes) -> bool:
    """Like `write_file`, but if `path` already exists, return False and change nothing.

    Raises:
        FileError: the file cannot be written.
    """
    with _writing(path), _written_aside(path.parent, data) as part:
        return put_new(part, path)


def put_new(part: Path, path: Path) -> bool:
    """Give the finished file `part` the name `path` in the same folder; False if `path` already exists.

    Raises:
        OSError: this is not possible.
    """
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError as error:
        # FAT and some network file systems have no hard links; there, two apps can still race.
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS):
            raise
        if path.exists():
            return False
        os.replace(part, path)
    sync_folder(path.parent)
    return True


def make_folder(folder: Path, *, private: bool = False) -> Path:
    """Return `folder`, created if needed; a `private` one is accessible only to its user.

    Raises:
        FileError: it cannot be created.
    """
    with _writing(folder):
        try:
            if private:
                private_folder(folder)
            else:
                folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise NotADirectoryError(errno.ENOTDIR, "") from error
    return folder


def check_writable(folder: Path) -> Path:
    """Call `make_folder`, and check that a few bytes can be written in the folder.

    Raises:
        FileError: it cannot be created or is not writable.
    """
    make_folder(folder)
    with _writing(folder), _written_aside(folder, b"\0" * 4096, sync=False):
        return folder


def unique_path(folder: Path, stem: str, ext: str = ".png", tag: str = "") -> Path:
    """A path in `folder` that does not exist yet: ``stem.png``, ``stem_tag.png``, ``stem_tag-2.png`` and so on."""
    with _writing(folder):
        return next(path for path in name_choices(folder, stem, ext, tag) if not os.path.lexists(path))


def name_choices(folder: Path, stem: str, ext: str = ".png", tag: str = "") -> Iterator[Path]:
    """The infinite sequence of paths that `unique_path` tries."""
    yield folder / f"{stem}{ext}"
    if tag:
        stem = f"{stem}_{tag}"
        yield folder / f"{stem}{ext}"
    number = 2
    while True:
        yield folder / f"{stem}-{number}{ext}"
        number += 1


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise file_error("write", path, error) from error


@contextlib.contextmanager
def _written_aside(folder: Path, data: bytes, sync: bool = True) -> Iterator[Path]:
    """A hidden file in `folder` with `data`; removed afterwards unless it was renamed."""
    with part_file(folder) as (part, file):
        file.write(data)
        file.flush()
        if sync:
            os.fsync(file.fileno())
        yield part


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot sync a folder; the file itself is synced and in place.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)
