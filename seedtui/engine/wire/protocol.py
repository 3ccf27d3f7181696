"""The messages between a client and the worker; `frames` carries them over a Unix socket.

A client sends `Load`, `Run`, `Cancel`, `Finish`, `CountTokens`, `Park`, `Ping` and `Quit`; the worker answers with the
events below.
"""

from __future__ import annotations

import msgspec

from seedtui.core.errors import Problem
from seedtui.core.images.environment import Environment
from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.lora import Lora, asked
from seedtui.core.recipes.recipe import Profile, Recipe
from seedtui.core.rounds.rounds import Round


class Message(msgspec.Struct, frozen=True, tag=True):
    """Base of all messages; the tag is the class's name."""


# --- what a client asks


class Load(Message, frozen=True):
    """Load the model in `path`, a folder or a .safetensors file, in place of the one that is loaded.

    `name` is what the user calls it; None for `dtype` or `device` leaves the choice to the worker. `threads` is
    how many the CPU works with, which moves low bits; 0 for as many as there are. `recipe` is what rounds will be
    like: its profile and LoRA files are made ready, so that the first round is as fast as the next.
    """

    name: str
    path: str
    dtype: str | None = None
    device: str | None = None
    threads: int = 0
    recipe: Recipe | None = None

    @property
    def model(self) -> Load:
        """The request without what only makes the first round faster: the same one is the same pipeline."""
        recipe = self.recipe or Recipe()
        return msgspec.structs.replace(self, recipe=Recipe(profile=recipe.profile, lora=asked(recipe.lora)))


class Run(Message, frozen=True):
    """Make the images of `round`."""

    round: Round


class Cancel(Message, frozen=True):
    """Stop the round of that id at its next step; the pipeline stays loaded."""

    round_id: str


class Finish(Message, frozen=True):
    """Of the round of that id make only the call with the image at `index`, and leave the rest out.

    The images of one call end together, so they all are made. A round of a single call is made whole.
    """

    round_id: str
    index: int


class CountTokens(Message, frozen=True):
    """Count the tokens of `prompts`; the answer carries the same `ticket`."""

    ticket: int
    prompts: tuple[str, ...]


class Park(Message, frozen=True):
    """Move the weights to the CPU and free the device's memory, behind the rounds that were asked for before.

    The next round moves them back.
    """


class Ping(Message, frozen=True):
    """Say that you are there, at once."""


class Quit(Message, frozen=True):
    """End the worker."""


Request = Load | Run | Cancel | Finish | CountTokens | Park | Ping | Quit

# --- what is said at the door of a worker that outlives its clients, before anything else


class Join(Message, frozen=True):
    """Take me as your client; `Welcome` or `Taken` is the answer."""


class AskStatus(Message, frozen=True):
    """What are you doing? `Status` is the answer."""


class Stop(Message, frozen=True):
    """End, whoever your client is; the end of the stream is the answer."""


Knock = Join | AskStatus | Stop

# --- what the worker tells


class Loading(Message, frozen=True):
    """`done` of `total` parts of the pipeline are loaded; `part` is the one at work (or what is being done)."""

    part: str
    done: int
    total: int


class ModelInfo(Message, frozen=True, kw_only=True):
    """The model that is loaded, and the pipeline's own defaults.

    `multiple` is what width and height, in pixels, must be multiples of. `token_limit` is 0 where there is
    no tokenizer to ask.
    """

    name: str
    pipeline: str
    revision: str
    dtype: str
    device: str
    scheduler: str
    steps: int
    guidance: float | None
    width: int
    height: int
    multiple: int
    token_limit: int
    takes_negative: bool
    environment: Environment
    profile: Profile = "plain"
    lora: tuple[Lora, ...] = ()
    form: CallForm = CallForm()


class Loaded(Message, frozen=True):
    """The model is ready."""

    model: ModelInfo


class LoadFailed(Message, frozen=True):
    """The model could not be loaded; the worker waits for another `Load`."""

    problem: Problem


class Preview(msgspec.Struct, frozen=True):
    """A small picture of what an unfinished image will be: raw RGB, `width` x `height` pixels."""

    index: int
    width: int
    height: int
    pixels: bytes


class Step(Message, frozen=True):
    """`step` of `steps` steps of the whole round are done, `seconds` after it began.

    `how` is "" as long as all goes as asked, else how it goes on, such as ``in two halves``.
    """

    round_id: str
    step: int
    steps: int
    seconds: float
    previews: tuple[Preview, ...] = ()
    how: str = ""


class ImageReady(Message, frozen=True):
    """One image of the round: raw RGB pixels, and the record that goes into its PNG."""

    round_id: str
    index: int
    width: int
    height: int
    pixels: bytes
    record: ImageRecord


class RoundDone(Message, frozen=True):
    """All images of the round were sent. `seconds` is how long it took.

    `peak` is the most memory it had taken, in bytes: the device's, or on a CPU the process's.
    """

    round_id: str
    seconds: float
    peak: int = 0


class RoundCancelled(Message, frozen=True):
    """The round was stopped after `step` steps, `seconds` after that was asked for; what was made is kept."""

    round_id: str
    step: int
    seconds: float = 0.0


class RoundFailed(Message, frozen=True):
    """The round could not be run; the worker is ready for another."""

    round_id: str
    problem: Problem


class TokenCount(msgspec.Struct, frozen=True):
    """Tokens of one prompt without begin and end marks, and the words beyond the limit that the model will not see."""

    tokens: int
    dropped: str = ""


class Tokens(Message, frozen=True):
    """The answer to `CountTokens`: one count a prompt, in its order; `limit` as in `ModelInfo`."""

    ticket: int
    counts: tuple[TokenCount, ...]
    limit: int


class Parked(Message, frozen=True):
    """The weights are on the CPU now; `freed` bytes of the device are free again.

    `why` says why nothing was to be done, if so.
    """

    freed: int
    why: str = ""


class Memory(Message, frozen=True):
    """Bytes of the device's memory: taken by this worker, by all others, and all there are."""

    ours: int
    others: int
    total: int


class Pong(Message, frozen=True):
    """The worker is there. `quiet` is for how many seconds no step has ended while there is work; 0 when idle."""

    quiet: float = 0.0


class Welcome(Message, frozen=True):
    """You are the client now. What the worker prints goes to the file `log`."""

    log: str


class Taken(Message, frozen=True):
    """Another client, the process `pid`, has been here for `seconds`."""

    pid: int
    seconds: float


class Status(Message, frozen=True, kw_only=True):
    """What a worker does. `client` is the process that has it, 0 for none, since `seconds`.

    `left`: seconds until it ends if nobody comes. `model` is "" while none is loaded; `bytes` is the memory of the
    process, without the device's.
    """

    pid: int
    version: str
    model: str
    dtype: str
    device: str
    doing: str
    client: int
    seconds: float
    left: float
    rounds: int
    bytes: int


Reply = Welcome | Taken | Status


class Silent(Message, frozen=True):
    """The worker does not answer. Made by the client, never sent; an `Answering` may follow."""

    problem: Problem


class Answering(Message, frozen=True):
    """A worker that was silent answers again. Made by the client, never sent."""


class Told(Message, frozen=True):
    """Something to know about the worker. Made by the client, never sent."""

    words: str


class WorkerDied(Message, frozen=True):
    """The worker is gone. Made by the client, never sent: `problem` tells why, with its last words."""

    problem: Problem


Event = (
    Loading | Loaded | LoadFailed | Step | ImageReady | RoundDone | RoundCancelled | RoundFailed | Tokens
    | Parked | Memory | Pong | Silent | Answering | Told | WorkerDied
)  # fmt: skip
