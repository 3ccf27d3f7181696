"""An engine without a worker or a model, for tests and benchmarks: it draws plain colours, at once or step by step."""

from __future__ import annotations

import hashlib
import queue
from collections.abc import Iterator

import msgspec

from seedtui.core.errors import Problem
from seedtui.core.images.environment import Environment
from seedtui.core.images.finishing import source_of
from seedtui.core.images.record import VERSION, ImageRecord, pixel_hash
from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.recipe import FALLBACKS, Fallback
from seedtui.core.rounds.calls import calls
from seedtui.core.rounds.rounds import Round, Shot
from seedtui.engine.wire import protocol as p

SIDE = 16
STEPS = 4

MODEL = p.ModelInfo(
    name="starter", pipeline="FakePipeline", revision="r", dtype="float32", device="cpu", scheduler="DDIMScheduler",
    steps=STEPS, guidance=7.5, width=SIDE, height=SIDE, multiple=8, token_limit=38, takes_negative=True,
    environment=Environment(), form=CallForm(held=("prompt_embeds",)),
)  # fmt: skip


class FakeEngine:
    """`by_hand` leaves each round where it is until `finish`; `load_fails` refuses the model."""

    def __init__(self, *, by_hand: bool = False, load_fails: bool = False) -> None:
        self.requests: list[p.Request] = []
        self._events: queue.SimpleQueue[p.Event | None] = queue.SimpleQueue()
        self._by_hand = by_hand
        self.refuses = load_fails
        """It cannot load models."""
        self.killed = False
        self.deaf = False
        """It does not answer `Cancel`, as a worker that has just finished."""

    def send(self, request: p.Request) -> None:
        self.requests.append(request)
        match request:
            case p.Load() if self.refuses:
                self._events.put(p.LoadFailed(Problem("model", "model x is not on this machine", "Choose another")))
            case p.Load():
                self._events.put(p.Loading("unet", 1, 2))
                self._events.put(
                    p.Loaded(msgspec.structs.replace(MODEL, name=request.name, dtype=request.dtype or MODEL.dtype))
                )
            case p.Run(round):
                self._events.put(p.Step(round.id, 1, STEPS, 0.1, tuple(_preview(round, s) for s in round.shots)))
                if not self._by_hand:
                    self.finish(round)
            case p.Cancel(round_id) if not self.deaf:
                self._events.put(p.RoundCancelled(round_id, 1))
            case p.Decode(round):
                shot = round.shots[0]
                pixels = colour(round, shot) * (SIDE * SIDE)
                self._events.put(p.Decoded(round.id, shot.index, SIDE, SIDE, pixels))
            case p.Park():
                self._events.put(p.Parked(5_100_000_000))
            case p.CountTokens(ticket, prompts):
                self._events.put(p.Tokens(ticket, tuple(map(_count, prompts)), MODEL.token_limit))

    def events(self) -> Iterator[p.Event]:
        while (event := self._events.get()) is not None:
            yield event

    def close(self) -> None:
        self._events.put(None)

    def kill(self) -> None:
        self.killed = True
        self._events.put(None)

    @property
    def rounds(self) -> list[Round]:
        """The rounds that were asked for."""
        return [r.round for r in self.requests if isinstance(r, p.Run)]

    def finish(self, round_: Round, fallback: Fallback | None = None) -> None:
        """Send all images of a round; made so because memory was short, if `fallback` says so."""
        if fallback:
            self._events.put(p.Step(round_.id, 2, STEPS, 0.2, how="in two halves"))
        for made in images_of(round_, fallback):
            self._events.put(made)
        self._events.put(p.RoundDone(round_.id, 0.5))

    def say(self, event: p.Event) -> None:
        """Send that event."""
        self._events.put(event)

    def die(self) -> None:
        """As a worker that was killed."""
        self._events.put(p.WorkerDied(Problem("engine", "the worker was killed")))
        self._events.put(None)

    def fail(self, round_: Round) -> None:
        """As a round that ran out of memory."""
        self._events.put(p.RoundFailed(round_.id, Problem("engine", "out of memory", "Try a smaller size")))


def _preview(round_: Round, shot: Shot) -> p.Preview:
    return p.Preview(shot.index, 2, 2, colour(round_, shot) * 4)


def _count(prompt: str) -> p.TokenCount:
    """A word is a token."""
    beyond = prompt.split(None, MODEL.token_limit)[MODEL.token_limit :]
    return p.TokenCount(len(prompt.split()), "".join(beyond).strip())


def colour(round_: Round, shot: Shot) -> bytes:
    """Three bytes that follow from the seed, its variations, the holds, the whole prompt, and how it is finished."""
    noise = (shot.noise_seed, *shot.turns)
    finish = f" {round_.finish.strength}" if round_.finish else ""
    used = round_.recipe.steps or STEPS, round_.recipe.guidance or 7.5
    settings = f" {used}" if used != (STEPS, 7.5) else ""
    text = f"{noise} {shot.holds} {round_.full_prompt(shot)}{finish}{settings}"
    return hashlib.sha256(text.encode()).digest()[:3]


def image(round_: Round, index: int, fallback: Fallback | None = None) -> p.ImageReady:
    """What the engine sends for the image at `index` of a whole round."""
    return image_of(round_, round_.shots[index], fallback)


def images_of(round_: Round, fallback: Fallback | None = None) -> Iterator[p.ImageReady]:
    """What the engine sends for the images of a round with one recipe, with the calls they are part of."""
    for call in calls(round_):
        for slot, shot in call.wanted:
            made = image_of(round_, shot, fallback)
            record = msgspec.structs.replace(made.record, slot=slot, batch=call.batch)
            yield msgspec.structs.replace(made, record=record)


def image_of(round_: Round, shot: Shot, fallback: Fallback | None = None) -> p.ImageReady:
    """What the engine sends for one image."""
    recipe, index = round_.recipe, shot.index
    width, height = (recipe.width or SIDE, recipe.height or SIDE) if round_.finish else (SIDE, SIDE)
    pixels = colour(round_, shot) * (width * height)
    record = ImageRecord(
        version=VERSION if shot.holds or shot.variations or round_.stop or round_.axes else 1, kind=round_.kind,
        prompt=shot.prompt or round_.prompt, suffix=shot.suffix, seed=shot.seed,
        holds=shot.holds, variations=shot.variations,
        slot=index % round_.recipe.batch_size, finish=round_.finish, source=source_of(round_),
        recipe=round_.recipe.with_changes(
            model=MODEL.name, revision=MODEL.revision, device=MODEL.device, scheduler=MODEL.scheduler,
            steps=round_.recipe.steps or STEPS, guidance=round_.recipe.guidance or 7.5, width=width, height=height,
            dtype=round_.recipe.dtype or MODEL.dtype, fallback=fallback,
        ),
        environment=Environment(), sha256=pixel_hash(pixels), round_id=round_.id, index=index, parent=round_.parent,
        notes=(FALLBACKS[fallback],) if fallback else (), template=round_.prompt if shot.prompt else "",
        stop=round_.stop, axes=round_.axes,
    )  # fmt: skip
    return p.ImageReady(round_.id, index, width, height, pixels, record)
