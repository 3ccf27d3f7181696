"""A view of a model's folder that Diffusers can read, where it stumbles over the folder itself."""

from __future__ import annotations

import codecs
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def readable(folder: Path, variant: str | None) -> Iterator[Path]:
    """`folder`; or, where that would not load, a folder of links to its files, as long as the context lasts.

    Settings that begin with a byte order mark are no JSON to Diffusers, and files without a dot in their names are an
    error to it where a `variant` is asked for.
    """
    files = [file for pattern in ("*", "*/*") for file in folder.glob(pattern) if file.is_file()]
    marked = {file for file in files if file.suffix == ".json" and _has_mark(file)}
    dotless = {file for file in files if variant and "." not in file.name and file.parent != folder}
    if not marked and not dotless:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="seedtui-") as name:
        view = Path(name) / folder.name
        for file in files:
            place = view / file.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            if file in marked:
                place.write_bytes(file.read_bytes().removeprefix(codecs.BOM_UTF8))
            elif file not in dotless:
                _link(file, place)
        yield view


@contextmanager
def named_plainly(file: Path) -> Iterator[Path]:
    """`file`, or a link to it whose name ends in lower case: Diffusers takes ``X.SAFETENSORS`` for a pickle."""
    if file.suffix == ".safetensors":
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="seedtui-") as name:
        link = Path(name) / f"{file.stem}.safetensors"
        _link(file, link)
        yield link


def _has_mark(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(3) == codecs.BOM_UTF8


def _link(file: Path, place: Path) -> None:
    try:
        place.symlink_to(file.resolve())
    except OSError:  # Windows, without the right to make links
        shutil.copyfile(file, place)
