"""Reads how an image of another program was made, whichever program that is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from seedtui.core.errors import FileError
from seedtui.core.foreign.translate import ForeignSettings
from seedtui.files.errors import shown
from seedtui.library.foreign import known, stealth
from seedtui.library.foreign.comfyui import reader as comfyui
from seedtui.library.foreign.pixels import hidden_image
from seedtui.library.foreign.programs import (
    draw_things,
    easy_diffusion,
    fooocus,
    infotext,
    invokeai,
    novelai,
    services,
    swarmui,
)
from seedtui.library.foreign.texts import Texts, read_texts

_READERS: tuple[Callable[[Texts], ForeignSettings | None], ...] = (
    swarmui.read,
    fooocus.read,
    invokeai.read,
    draw_things.read,
    novelai.read,
    easy_diffusion.read,
    infotext.read,
    services.read,
    comfyui.read,
    known.read,
)
"""Readers that recognise their own images by a marker come before those that cannot."""

_KNOWN = (
    "Supported: AUTOMATIC1111, Forge, SD.Next, ComfyUI, InvokeAI, NovelAI, SwarmUI, Fooocus, Easy Diffusion, "
    "Draw Things and seedtui"
)


def read_foreign(path: Path, found: Texts | None = None) -> ForeignSettings:
    """The settings in the PNG, JPEG or WebP file `path` of another program. `found` are its texts, if already read.

    Raises:
        FileError: it cannot be read, has no settings in a known form, or too many.
    """
    found = read_texts(path) if found is None else found
    said, problems = _understood(found)
    if said is None:
        try:
            image = hidden_image(path)
            hidden = found._replace(texts=stealth.read(image)) if image else found._replace(texts={})
            said, more = _understood(hidden)
        except FileError as error:
            more = [error.problem.message]
        problems += more
    if said is None:
        reason = next(iter((*found.problems.values(), *problems)), "it does not say how it was made")
        raise FileError(f"cannot use {shown(path)}: {reason}", _KNOWN)
    return said


def _understood(found: Texts) -> tuple[ForeignSettings | None, list[str]]:
    """The settings from the first reader that finds a prompt, or else any settings; and the problems found."""
    second: ForeignSettings | None = None
    problems: list[str] = []
    for read in _READERS:
        try:
            said = read(found)
        except FileError as error:
            problems.append(error.problem.message)
            continue
        if said is not None and isinstance(said.prompt, str) and said.prompt.strip():
            return said, problems
        second = second or said
    return second, problems
