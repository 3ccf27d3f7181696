"""Files on disk, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from seedtui.files.errors import file_error
from seedtui.library.parts import part_file
from seedtui.library.private import private_folder


def write_file(path: Path, data: bytes) -> None:
    """Put `data` at `path`, in place of what is there: the old or the new is there at any moment, never half.

    Written aside in the same folder, synced, renamed, and the folder synced.

    Raises:
        FileError: the file cannot be written; `path` is then as it was.
    """
    with _writing(path), _written_aside(path.parent, data) as part:
        os.replace(part, path)
        sync_folder(path.parent)


def write_new_file(path: Path, data: bytes) -> bool:
    """`write_file`, but False, and nothing changed, if there is something at `path` already.

    Raises:
        FileError: the file cannot be written.
    """
    with _writing(path), _written_aside(path.parent, data) as part:
        return put_new(part, path)


def put_new(part: Path, path: Path) -> bool:
    """Let the finished file `part` be found at `path` in the same folder; False if there is something already.

    Raises:
        OSError: it cannot be.
    """
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError as error:
        # FAT and some network folders have no hard links; there a race between two apps stays possible.
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS):
            raise
        if path.exists():
            return False
        os.replace(part, path)
    sync_folder(path.parent)
    return True


def make_folder(folder: Path, *, private: bool = False) -> Path:
    """`folder` itself, made if it was not there; a `private` one is its user's alone.

    Raises:
        FileError: it cannot be made; the message says why.
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
    """`make_folder`, and a few bytes written in it and taken away again.

    Raises:
        FileError: it cannot be made or written; the message says why.
    """
    make_folder(folder)
    with _writing(folder), _written_aside(folder, b"\0" * 4096, sync=False):
        return folder


def unique_path(folder: Path, stem: str, ext: str = ".png", tag: str = "") -> Path:
    """A path in `folder` where nothing is: ``stem.png``, ``stem_tag.png``, then ``stem_tag-2.png`` and so on."""
    with _writing(folder):
        return next(path for path in name_choices(folder, stem, ext, tag) if not os.path.lexists(path))


def name_choices(folder: Path, stem: str, ext: str = ".png", tag: str = "") -> Iterator[Path]:
    """The paths that `unique_path` tries, in its order, without end."""
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
    """A hidden file in `folder` that holds `data`; gone afterwards, unless it was renamed."""
    with part_file(folder) as (part, file):
        file.write(data)
        file.flush()
        if sync:
            os.fsync(file.fileno())
        yield part


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot sync a folder; the file itself is synced and in place.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)
