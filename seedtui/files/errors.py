"""File errors in plain words."""

from __future__ import annotations

import errno
from pathlib import Path

from seedtui.core.errors import FileError
from seedtui.core.text.display import visible

_REASONS = {
    errno.ENOENT: ("there is no such file or folder", "Check the path"),
    errno.ENOTDIR: ("part of the path is a file, not a folder", "Choose another folder"),
    errno.EEXIST: ("something with that name already exists", "Choose another name"),
    errno.EISDIR: ("it is a folder", "Give a file"),
    errno.EACCES: ("permission denied", "Check the owner and mode of the file and its folder"),
    errno.EPERM: ("permission denied", "Check the owner and mode of the file and its folder"),
    errno.EROFS: ("the file system is read-only", "Choose a folder that is writable"),
    errno.ENOSPC: ("the disk is full", "Free some space, then try again"),
    errno.EDQUOT: ("the disk quota is used up", "Free some space, then try again"),
    errno.EFBIG: ("the file would exceed the size limit", "Check ulimit -f"),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter path"),
    errno.ELOOP: ("its links form a loop", "Check the path"),
    errno.EMFILE: ("too many files are open", "Close other programs, then try again"),
}


def file_error(verb: str, path: Path, error: OSError | ValueError) -> FileError:
    """`error` in plain words: ``cannot write a/b.png: the disk is full``."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _REASONS:
        reason, hint = _REASONS[number]
    elif isinstance(error, ValueError):
        reason, hint = "the name contains characters that are not allowed in file names", "Check the path"
    else:
        reason, hint = (error.strerror if isinstance(error, OSError) else None) or str(error), ""
    return FileError(f"cannot {verb} {shown(path)}: {reason}", hint)


def shown(path: Path, limit: int = 120) -> str:
    """`path` for a message. Long paths are shortened in the middle, so that the reason after them stays readable."""
    text = visible(path)
    return text if len(text) <= limit else f"{text[: limit // 3]}…{text[-(limit - limit // 3 - 1) :]}"
