"""What went wrong with a file, in plain words."""

from __future__ import annotations

import errno
from pathlib import Path

from seedtui.core.errors import FileError
from seedtui.core.text.display import visible

_REASONS = {
    errno.ENOENT: ("there is no such file or folder", "Check the path"),
    errno.ENOTDIR: ("a file is in the way, where a folder should be", "Name another folder"),
    errno.EEXIST: ("something of that name is in the way", "Name another place"),
    errno.EISDIR: ("it is a folder", "Name a file"),
    errno.EACCES: ("no permission", "Look at the owner and the mode of the file and its folder"),
    errno.EPERM: ("no permission", "Look at the owner and the mode of the file and its folder"),
    errno.EROFS: ("the file system is read-only", "Name a folder that can be written"),
    errno.ENOSPC: ("the disk is full", "Make room, then try again"),
    errno.EDQUOT: ("the disk quota is used up", "Make room, then try again"),
    errno.EFBIG: ("the file would be larger than is allowed here", "Look at ulimit -f"),
    errno.ENAMETOOLONG: ("the name is too long", "Name a shorter path"),
    errno.ELOOP: ("its links lead round in a circle", "Check the path"),
    errno.EMFILE: ("too many files are open", "Close other programs, then try again"),
}


def file_error(verb: str, path: Path, error: OSError | ValueError) -> FileError:
    """`error` in plain words: ``cannot write a/b.png: the disk is full``."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _REASONS:
        reason, hint = _REASONS[number]
    elif isinstance(error, ValueError):
        reason, hint = "the name holds characters that no file name can have", "Check the path"
    else:
        reason, hint = (error.strerror if isinstance(error, OSError) else None) or str(error), ""
    return FileError(f"cannot {verb} {shown(path)}: {reason}", hint)


def shown(path: Path, limit: int = 120) -> str:
    """`path` for a message: the middle of a long one left out, so that the reason after it is still read."""
    text = visible(path)
    return text if len(text) <= limit else f"{text[: limit // 3]}…{text[-(limit - limit // 3 - 1) :]}"
