"""A view of a model's folder that Diffusers can read, if it cannot read the folder itself."""

from __future__ import annotations

import codecs
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def readable(folder: Path, variant: str | None) -> Iterator[Path]:
    """`folder`, or, if that would not load, a temporary folder of links to its contents.

    Diffusers does not parse JSON with a byte order mark, and with a `variant` it fails on any entry of a component's
    folder that has no dot in its name.
    """
    inside = [*(file for file in folder.glob("*") if file.is_file()), *(e for e in folder.glob("*/*") if e.exists())]
    marked = {file for file in inside if file.suffix == ".json" and file.is_file() and _has_mark(file)}
    dotless = {entry for entry in inside if variant and "." not in entry.name and entry.parent != folder}
    if not marked and not dotless:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="seedtui-") as name:
        view = Path(name) / folder.name
        for entry in inside:
            place = view / entry.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            if entry in marked:
                place.write_bytes(entry.read_bytes().removeprefix(codecs.BOM_UTF8))
            elif entry not in dotless:
                _link(entry, place)
        yield view


@contextmanager
def named_plainly(file: Path) -> Iterator[Path]:
    """`file`, or a link to it with a lower-case suffix: Diffusers takes ``X.SAFETENSORS`` for a pickle."""
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
    except OSError:  # Windows, without the right to create links
        shutil.copyfile(file, place)
