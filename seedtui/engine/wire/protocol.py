"""The messages between a client and the worker; `framing` sends them over a Unix socket.

A client sends `Load`, `Run`, `Decode`, `Cancel`, `Finish`, `CountTokens`, `Park`, `Ping` and `Quit`; the worker answers
with the events below.
"""

from __future__ import annotations

import functools
import hashlib
import json

import msgspec

from seedtui.core.errors import Problem
from seedtui.core.images.environment import Environment
from seedtui.core.images.record import ImageRecord, round_again
from seedtui.core.noise.latents import LatentShape
from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.lora import Lora, asked
from seedtui.core.recipes.recipe import Compute, PromptEncoding, Recipe
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.saved import AnswerShape
from seedtui.engine.wire.message import Message as Message
from seedtui.engine.wire.pool_protocol import AddWorker, ChangeWorker, Hello, Open, PoolChanged
from seedtui.models.pipeline_spec import PipelineSpec

# --- requests of a client


class Load(Message, frozen=True):
    """Load the model in `path`, a folder or a .safetensors file, replacing the loaded one.

    "" for the path if only other machines may have it, which look for it by its name.

    `name` is the user's name for it. With None for `dtype` or `device` the worker chooses. `threads` is the number of
    CPU threads, which affects the low bits; 0 for torch's default. `recipe` is that of the next rounds: its profile and
    LoRA files are prepared, so that the first round is as fast as later ones.
    """

    name: str
    path: str
    dtype: str | None = None
    device: str | None = None
    threads: int = 0
    recipe: Recipe | None = None

    @property
    def spec(self) -> PipelineSpec:
        """The request without what only speeds up the first round."""
        recipe = self.recipe or Recipe()
        return PipelineSpec(self.name, self.dtype, self.device, self.threads, recipe.compute, asked(recipe.lora))


class Run(Message, frozen=True):
    """Make the images of `round`. `source` has the RGB pixels of the image that a finish round is made from.

    Without them, or if they are not those of its record, the worker makes that image again first. `saved` is the folder
    in which a scout round saves what its images need to be finished; for an explore round, that of the scout round it
    finishes. "" for none: then nothing is saved, and everything is computed. `like` is the environment whose workers
    should make it, if a pool has such workers.
    """

    round: Round
    source: bytes = b""
    saved: str = ""
    like: Environment | None = None

    @staticmethod
    def again(record: ImageRecord) -> Run:
        """Make the image of `record` again, in a round without an id: the same for all images of one batch."""
        return Run(msgspec.structs.replace(round_again(record), id=""), like=record.environment)

    def with_id(self, id_: str) -> Run:
        """The same, with that id for its round."""
        return msgspec.structs.replace(self, round=msgspec.structs.replace(self.round, id=id_))


class Decode(Message, frozen=True):
    """Decode the image of a scout round, the only one of `round`, by the VAE, from what is saved in `saved`.

    The answer is `Decoded`; the image is the predicted final one, at full size.
    """

    round: Round
    saved: str


class SavedState(Message, frozen=True):
    """The file in which a scout round saved what the image of `seed` needs to be finished, on its way between machines.

    A worker on another machine sends it before the image, `place` being the id of the round; it gets it before a `Run`
    or `Decode`, whose place that is.
    """

    place: str
    seed: int
    data: bytes


class Cancel(Message, frozen=True):
    """Stop the round with that id at its next step; the pipeline stays loaded."""

    round_id: str


class Finish(Message, frozen=True):
    """In the round with that id, make only the call that contains the image `index`, and skip the others.

    The images of one call finish together, so all of them are made. A round of a single call is made in full.
    """

    round_id: str
    index: int


class CountTokens(Message, frozen=True):
    """Count the tokens of `prompts` for a recipe of this `encoding`; the answer carries the same `ticket`."""

    ticket: int
    prompts: tuple[str, ...]
    encoding: PromptEncoding = "plain"


class Park(Message, frozen=True):
    """After the rounds requested before, move the weights to the CPU and free the device's memory.

    The next round moves them back.
    """


class Ping(Message, frozen=True):
    """Answer with `Pong` at once."""


class Quit(Message, frozen=True):
    """End the worker."""


Request = (
    Load
    | Run
    | Decode
    | Cancel
    | Finish
    | CountTokens
    | Park
    | Ping
    | Quit
    | Open
    | AddWorker
    | ChangeWorker
    | SavedState
)

# --- the first message to a worker that outlives its clients, and what it wants


class Join(Message, frozen=True):
    """Become the worker's client. The answer is `Welcome` or `Taken`."""


class AskStatus(Message, frozen=True):
    """Ask what the worker is doing. The answer is `Status`."""


class Stop(Message, frozen=True):
    """End the worker, even if it has a client. The answer is the end of the stream."""


Greeting = Join | AskStatus | Stop

# --- events and answers of the worker


class Loading(Message, frozen=True):
    """`done` of `total` components are loaded; `part` is the current one, or what is being done."""

    part: str
    done: int
    total: int


class ModelInfo(Message, frozen=True, kw_only=True):
    """The loaded model and the pipeline's own defaults.

    Width and height, in pixels, must be multiples of `multiple`. `token_limit` is 0 if the prompt's tokens cannot be
    counted, or have no limit. `transformer_sha256` is the hash of the GGUF file in `compute`, "" without one.
    `latents` is the noise of one image, `answer` what the denoiser returns for it.
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
    compute: Compute = Compute()
    transformer_sha256: str = ""
    lora: tuple[Lora, ...] = ()
    form: CallForm = CallForm()
    latents: LatentShape = LatentShape()
    answer: AnswerShape = AnswerShape()


class Loaded(Message, frozen=True):
    """The model is ready. `spec` is the one that was requested, None if unknown."""

    model: ModelInfo
    spec: PipelineSpec | None = None


class LoadFailed(Message, frozen=True):
    """The model could not be loaded; the worker waits for another `Load`. `spec` as in `Loaded`."""

    problem: Problem
    spec: PipelineSpec | None = None


class Preview(msgspec.Struct, frozen=True):
    """A small preview of an unfinished image: raw RGB, `width` x `height` pixels."""

    index: int
    width: int
    height: int
    pixels: bytes


class Step(Message, frozen=True):
    """`step` of `steps` steps of the whole round are done, `seconds` after it began.

    `how` is "", or, if memory ran out, how the round continues, such as ``in two halves``.
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
    """All images of the round have been sent. `seconds` is how long the round took.

    `peak` is the peak memory use in bytes, of the device or, on a CPU, of the process. `replayed` is the share of the
    steps of the round that were not computed, because a scout round had saved them.
    """

    round_id: str
    seconds: float
    peak: int = 0
    replayed: float = 0.0


class Decoded(Message, frozen=True):
    """The answer to `Decode`: raw RGB pixels. `why` is "", or the reason why there are none."""

    round_id: str
    index: int
    width: int
    height: int
    pixels: bytes
    why: str = ""


class RoundCancelled(Message, frozen=True):
    """The round was stopped after `step` steps, `seconds` after the request. Finished images are kept."""

    round_id: str
    step: int
    seconds: float = 0.0


class RoundFailed(Message, frozen=True):
    """The round could not be run; the worker is ready for another."""

    round_id: str
    problem: Problem


class TokenCount(msgspec.Struct, frozen=True):
    """The number of tokens of a prompt without special tokens, and the text beyond the limit, which is ignored."""

    tokens: int
    dropped: str = ""


class Tokens(Message, frozen=True):
    """The answer to `CountTokens`: one count per prompt, in the same order; `limit` as in `ModelInfo`."""

    ticket: int
    counts: tuple[TokenCount, ...]
    limit: int


class Parked(Message, frozen=True):
    """The weights are now on the CPU, which freed `freed` bytes on the device.

    `why` is "", or the reason why nothing was moved.
    """

    freed: int
    why: str = ""


class Memory(Message, frozen=True):
    """The device's memory in bytes: used by this worker, used by other processes, and the total.

    `users` says whose processes these are, one line each: ``ana: python, 14 GB``.
    """

    ours: int
    others: int
    total: int
    users: tuple[str, ...] = ()


class Pong(Message, frozen=True):
    """The worker is alive. `quiet` is the number of seconds since its last sign of progress; 0 when idle."""

    quiet: float = 0.0


class Welcome(Message, frozen=True):
    """The answer to `Join`: accepted. The worker's output goes to the file `log`."""

    log: str


class Taken(Message, frozen=True):
    """The answer to `Join`: refused. The process `pid` has been the client for `seconds`."""

    pid: int
    seconds: float


class Status(Message, frozen=True, kw_only=True):
    """What a worker is doing.

    `client` is the pid of its client, 0 for none, and `seconds` is how long that has been so. `left` is the number of
    seconds until it ends if no client joins. `model` is "" if none is loaded. `bytes` is the memory of the process,
    without that of the device.
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
    """The worker has not answered for so many seconds. Created by the client, never sent. An `Answering` may follow."""

    problem: Problem
    seconds: float = 0.0


class Answering(Message, frozen=True):
    """A worker that was silent answers again. Created by the client, never sent."""


class Told(Message, frozen=True):
    """A message for the user about the worker or its model. Sent by the worker, or created by the client.

    `passing`: it needs no answer, and matters only now, as that one worker of a pool is gone. `of_workers`: it is about
    the workers of a pool, and who looks at them sees it there. `worker` is the name of the one that it is about, with
    which `words` begin; "" if it is about none.
    """

    words: str
    passing: bool = False
    of_workers: bool = False
    worker: str = ""


class WorkerDied(Message, frozen=True):
    """The worker is gone; `problem` is the crash report. Created by the client; from another machine, sent on.

    `lasting`: another one would end like this too, until somebody changes something.
    """

    problem: Problem
    lasting: bool = False


Event = (
    Loading | Loaded | LoadFailed | Step | ImageReady | RoundDone | Decoded | RoundCancelled | RoundFailed | Tokens
    | Parked | Memory | Pong | Silent | Answering | Told | WorkerDied | Hello | PoolChanged | SavedState
)  # fmt: skip


@functools.cache
def own_wire() -> str:
    """Twelve hex digits that depend on the fields of all our messages."""
    schemas = [msgspec.json.schema(kind) for kind in (Request, Event)]
    return hashlib.sha256(json.dumps(schemas, sort_keys=True).encode()).hexdigest()[:12]
