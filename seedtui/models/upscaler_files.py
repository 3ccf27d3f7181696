"""Checks the file of an upscaler, for spandrel, before it is loaded. Does not import torch."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from seedtui.core.errors import FileError, ModelError, quoted
from seedtui.core.rounds.finish import Finish
from seedtui.files.reading import open_file
from seedtui.files.safetensors_header import read_header

_AGAIN = "Copy or download it again"


def check_upscaler(path: str) -> None:
    """Check that `path` is a file with weights, or "".

    Raises:
        ModelError: it is not.
    """
    if not path:
        return
    if not os.path.isfile(path):
        raise ModelError(f"there is no upscaler {quoted(path, 120)}", "Copy it there, or give another with --upscaler")
    try:
        read_header(Path(path))
    except FileError as error:
        raise ModelError(f"upscaler {quoted(path, 120)} cannot be read", _AGAIN) from error


def with_hash(finish: Finish) -> Finish:
    """`finish` with the SHA-256 of its upscaler's file, in hex, if it has one.

    Raises:
        ModelError: the file cannot be read, or its content is not what it was when the image was made.
    """
    if not finish.file:
        return finish
    check_upscaler(finish.file)
    try:
        with open_file(Path(finish.file)) as (stream, _):
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileError as error:
        raise ModelError(error.problem.message, error.problem.hint) from error
    if finish.sha256 not in ("", found):
        words = f"{quoted(finish.file, 120)} is another one: {finish.sha256[:12]} then, {found[:12]} here"
        raise ModelError(f"the upscaler {words}", "Give the original with --upscaler")
    return Finish(strength=finish.strength, upscaler=finish.upscaler, sha256=found)
