"""The image that a finish round begins with: as the client sent it, or made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import torch

from seedtui.core.images.finishing import source_of
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, pixel_hash, round_again
from seedtui.core.rounds.rounds import Round
from seedtui.engine.diffusion.call.finish_call import Source
from seedtui.engine.diffusion.progress import Cancelled, Send
from seedtui.engine.wire import protocol as p

HOW = "its source again"
DIFFERS = "its source does not come out the same here: it was finished from one that differs"


def source_image(
    round_: Round, pixels: bytes, run: Callable[[Round, Send, Callable[[], bool]], None], send: Send,
    cancelled: Callable[[], bool],
) -> Source | None:  # fmt: skip
    """The source of `round_`, None if it has none. `pixels` are those of the source, b"" or others if not known.

    Otherwise `run` makes it again; its steps are reported as those of `round_`.

    Raises:
        Cancelled: while it was made.
        InputError: its record is missing or cannot be read.
    """
    record = source_of(round_)
    if record is None:
        return None
    width, height = record.recipe.size
    if len(pixels) == width * height * 3 and pixel_hash(pixels) == record.sha256:
        return Source(Picture(width, height, pixels), record)
    found: list[p.ImageReady] = []

    def report(event: p.Message) -> None:
        match event:
            case p.ImageReady() if event.index == record.slot:
                found.append(event)
            case p.Step():
                send(msgspec.structs.replace(event, round_id=round_.id, previews=(), how=HOW))
            case p.RoundCancelled():
                raise Cancelled

    with _threads(record.environment.threads):
        run(_with_files_of(round_, round_again(record)), report, cancelled)
    made = found[0]
    picture = Picture(made.width, made.height, made.pixels)
    if made.record.sha256 == record.sha256:
        return Source(picture, record)
    return Source(picture, _as_made(made.record, record), (DIFFERS,))


def _with_files_of(round_: Round, again: Round) -> Round:
    """`again` with the files of `round_`, which may have moved since."""
    files = {"lora": round_.recipe.lora, "transformer": round_.recipe.transformer}
    return msgspec.structs.replace(again, recipe=msgspec.structs.replace(again.recipe, **files))


def _as_made(made: ImageRecord, asked: ImageRecord) -> ImageRecord:
    """The record of the image that was made, in the place of the one that was asked for."""
    return msgspec.structs.replace(made, index=asked.index, version=asked.version, template=asked.template)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """A context with so many CPU threads, unless that is 0: they decide low bits."""
    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
