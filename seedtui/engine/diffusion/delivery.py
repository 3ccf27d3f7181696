"""Sends finished images: makes the pixels, hash and record of each in a thread while the next call runs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec
from PIL.Image import Image

from seedtui.core.images.record import VERSION, ImageRecord, pixel_hash
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.calls import Call
from seedtui.core.rounds.rounds import Round, Shot
from seedtui.engine.diffusion.call.finish_call import FinishCall
from seedtui.engine.diffusion.call.watched_call import WatchedOutput
from seedtui.engine.wire import protocol as p


class Delivery:
    """A context manager that sends the images of one round from its own thread, and exits when all are sent.

    Raises:
        Exception: whatever `send` raised, on exit.
    """

    def __init__(self, send: Callable[[p.Message], None]) -> None:
        self._send = send
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="delivery")
        self._sent: list[Future[None]] = []

    def __enter__(self) -> Delivery:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(wait=True)
        for sent in self._sent:
            sent.result()

    def take(self, make: Callable[[], p.ImageReady]) -> None:
        """Send what `make` returns, after the images taken before."""
        self._sent.append(self._thread.submit(lambda: self._send(make())))


def image_ready(
    round_: Round, recipe: Recipe, info: p.ModelInfo, call: Call, slot: int, shot: Shot, made: WatchedOutput,
    finishing: FinishCall | None = None,
) -> p.ImageReady:  # fmt: skip
    """The event for an image of `call`, with the record for its PNG."""
    image = made.image.convert("RGB")
    pixels = image.tobytes()
    held, varied = any(one.holds for one in call.shots), any(one.variations for one in call.shots)
    encoded = recipe.prompt_encoding != "plain"
    form = finishing.form if finishing else info.form
    form = msgspec.structs.replace(
        form,
        output=made.output,
        held=form.held if held else (),
        embeds=form.embeds if encoded else (),
    )
    record = ImageRecord(
        version=VERSION
        if held or varied or recipe.spread or round_.finish or encoded or round_.stop or round_.axes
        else 1,
        kind=round_.kind,
        prompt=shot.prompt or round_.prompt,
        suffix=shot.suffix,
        seed=shot.seed,
        holds=shot.holds,
        variations=shot.variations,
        slot=slot,
        recipe=_sized(recipe, info, round_, image),
        environment=info.environment if encoded else msgspec.structs.replace(info.environment, compel=""),
        sha256=pixel_hash(pixels),
        round_id=round_.id,
        index=shot.index,
        parent=round_.parent,
        notes=made.notes,
        batch=call.batch,
        adjustments=made.adjustments,
        form=form,
        template=round_.prompt if shot.prompt not in ("", round_.prompt) else "",
        finish=finishing.finish if finishing else round_.finish,
        source=finishing.source.record if finishing else None,
        stop=round_.stop,
        axes=round_.axes,
    )
    return p.ImageReady(round_.id, shot.index, image.width, image.height, pixels, record)


def _sized(recipe: Recipe, info: p.ModelInfo, round_: Round, image: Image) -> Recipe:
    """The recipe with the size of the image; that of a small preview has the size of the whole image."""
    width, height = image.size
    if round_.stop is not None and not round_.stop.decoded:
        factor = info.latents.factor
        width, height = (
            recipe.width or info.width or width * factor,
            recipe.height or info.height or height * factor,
        )
    return msgspec.structs.replace(recipe, width=width, height=height)
