"""What happens in the app: what its background threads report, and what its controllers decide.

The first kind goes to `Controller.handle`, the second to `Store.dispatch`. The engine's events
(`seedtui.engine.wire.protocol.Event`) and some of the first kind are dispatched as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

import msgspec

from seedtui.app.state.job import ImageRef, ImageVerification
from seedtui.app.state.removed import RemovedImages, RemovedRounds
from seedtui.core.errors import Problem
from seedtui.core.images.difference import Difference
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.images.verification import Verdict
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Round
from seedtui.engine.wire import protocol as p
from seedtui.library.sessions import FoundRound, Session, SessionSummary


class _Event(msgspec.Struct, frozen=True, eq=False):
    """Structs rather than data classes: creating forty of those would take a twentieth of the first frame."""


# --- from the background


class EngineEvent(_Event, frozen=True, eq=False):
    """An event of the engine with that number."""

    engine_number: int
    event: p.Event


class RoundJournaled(_Event, frozen=True, eq=False):
    """The round is in the journal and may run."""

    round: Round


class Saved(_Event, frozen=True, eq=False):
    """What the engine made is on disk, or, after `SaveFailed`, in memory. It may be shown as done."""

    event: p.ImageReady | p.RoundDone | p.RoundCancelled | p.RoundFailed


class SaveFailed(_Event, frozen=True, eq=False):
    """The library could not be read or written; `pictures` is how many are only in memory."""

    problem: Problem
    pictures: int = 0


class LibraryRepaired(_Event, frozen=True, eq=False):
    """The library was damaged and has been repaired; `words` say how."""

    words: str


class SessionRead(_Event, frozen=True, eq=False):
    """A session was read from the library; `shown` is the round to show, "" for the last one shown."""

    session: Session
    shown: str = ""


class SessionsRead(_Event, frozen=True, eq=False):
    """All sessions, newest first."""

    sessions: tuple[SessionSummary, ...]


class FoundRead(_Event, frozen=True, eq=False):
    """The rounds that contain the words of `text`, newest first; with a starred image, if `starred`."""

    text: str
    starred: bool
    found: tuple[FoundRound, ...]


class PromptsRead(_Event, frozen=True, eq=False):
    """The distinct prompts of the newest rounds of all sessions, newest first."""

    prompts: tuple[str, ...]


class PicturesRead(_Event, frozen=True, eq=False):
    """Images of a round, by index, read from the library; those that are `gone` could not be read."""

    round_id: str
    images: Mapping[int, tuple[Picture, ImageRecord]]
    gone: frozenset[int] = frozenset()


class ImageCopied(_Event, frozen=True, eq=False):
    """An image that the session has already was copied into a round, and is on disk there."""

    image: p.ImageReady


class CopiesMade(_Event, frozen=True, eq=False):
    """Of the next part of a round, these images were copied: they need not be made."""

    round_id: str
    indexes: frozenset[int]


class ArrivalsDue(_Event, frozen=True, eq=False):
    """The images of large rounds that have come meanwhile are to be shown."""


class TilesRead(_Event, frozen=True, eq=False):
    """Small pictures of a large round, read from the library: tiles, and sketches of 8 x 8 pixels; by index."""

    round_id: str
    tiles: Mapping[int, Picture]
    sketches: Mapping[int, bytes]
    gone: frozenset[int] = frozenset()


class PathRead(_Event, frozen=True, eq=False):
    """The file of an image is at `path`."""

    image: ImageRef
    path: str


class ImageReadAgain(_Event, frozen=True, eq=False):
    """An image as its file has it now, to verify it; None and the `problem` if it cannot be read."""

    image: ImageRef
    subject: tuple[Picture, ImageRecord] | None
    problem: Problem | None = None


class VerificationJudged(_Event, frozen=True, eq=False):
    """An image was made again and compared."""

    image: ImageRef
    verdict: Verdict


class ControlCompared(_Event, frozen=True, eq=False):
    """A control was compared with its pick; None if their sizes differ."""

    image: ImageRef
    difference: Difference | None


class VarietyMeasured(_Event, frozen=True, eq=False):
    """How different the pictures of an explore round are, 0 to 1."""

    round_id: str
    variety: float


BackendEvent = (
    EngineEvent | RoundJournaled | Saved | SaveFailed | LibraryRepaired | SessionRead | SessionsRead | FoundRead
    | PromptsRead | PicturesRead | ImageCopied | CopiesMade | ArrivalsDue | TilesRead | PathRead
    | ImageReadAgain | VerificationJudged | ControlCompared | VarietyMeasured
)  # fmt: skip

# --- rounds


class RoundAdded(_Event, frozen=True, eq=False):
    """A new round waits, made at the time `created` in seconds since 1970, and is shown if nothing else is.

    `awaits`: its pick is not there yet.
    """

    round: Round
    shown: bool = True
    created: float = 0.0
    awaits: bool = False


class PickArrived(_Event, frozen=True, eq=False):
    """The pick that a waiting round refines is there: `round` is complete now, and may run."""

    round: Round


class RoundShown(_Event, frozen=True, eq=False):
    """That round is shown in the grid."""

    round_id: str


class Picked(_Event, frozen=True, eq=False):
    """The image at `index` of the shown round becomes the pick."""

    index: int


class Marked(_Event, frozen=True, eq=False):
    """These images are marked, after those that are already, or no longer marked."""

    images: tuple[ImageRef, ...]
    mark: bool = True


class QueueMoved(_Event, frozen=True, eq=False):
    """A waiting round moves `step` places back in the queue, forward if negative."""

    round_id: str
    step: int


class RoundSent(_Event, frozen=True, eq=False):
    """The worker has that round, to make so many `images` of it; 0 for all."""

    round_id: str
    images: int = 0


class CancelAsked(_Event, frozen=True, eq=False):
    """The running round is to stop."""

    round_id: str


class ImagesArrived(_Event, frozen=True, eq=False):
    """These images are on disk, in the order they came; of each round as many as have come."""

    images: tuple[p.ImageReady, ...]


class WorkerFreed(_Event, frozen=True, eq=False):
    """The worker has finished that round, whose end is not on disk yet."""

    round_id: str


class RoundTakenBack(_Event, frozen=True, eq=False):
    """A waiting round will not run."""

    round_id: str


class RoundWaitsAgain(_Event, frozen=True, eq=False):
    """A round that stopped will run again. `awaits` as in `RoundAdded`."""

    round_id: str
    awaits: bool = False


class RecordsRead(_Event, frozen=True, eq=False):
    """Records of a round's images; those that are `gone` could not be read."""

    round_id: str
    records: Mapping[int, ImageRecord]
    gone: frozenset[int] = frozenset()


class RecordsLetGo(_Event, frozen=True, eq=False):
    """The records of these rounds are on disk only: they are read again when the round is shown."""

    round_ids: Set[str]


# --- the engine


class RecipeChosen(_Event, frozen=True, eq=False):
    """The next explore rounds are made with `recipe`."""

    recipe: Recipe


class ModelWanted(_Event, frozen=True, eq=False):
    """Whether to load the chosen recipe's model (again) once nothing runs or waits."""

    wanted: bool


class ModelLoading(_Event, frozen=True, eq=False):
    """The model of that name is loading in place of the current one."""

    name: str


class EngineRestarted(_Event, frozen=True, eq=False):
    """Another worker is starting; the previous one's work waits again."""


# --- messages


class ProblemShown(_Event, frozen=True, eq=False):
    """A problem is shown, or cleared."""

    problem: Problem | None


class NoticeAdded(_Event, frozen=True, eq=False):
    """Something worth knowing, that needs no action: shown until it is closed or a round is added."""

    notice: Problem


class Done(_Event, frozen=True, eq=False):
    """A key has done something: `words` for the status line."""

    words: str


class MessagePutAway(_Event, frozen=True, eq=False):
    """A notice, or an answer to invalid input, was read."""


# --- sessions


class SessionJoined(_Event, frozen=True, eq=False):
    """A session was resumed: its rounds come before those begun since."""

    session: Session


class SessionOpened(_Event, frozen=True, eq=False):
    """Another session replaces the current one; None is a new one. `shown` as in `SessionRead`."""

    session: Session | None
    shown: str = ""


class RoundsRemoved(_Event, frozen=True, eq=False):
    """These rounds are deleted. The nearest remaining one is shown."""

    removed: RemovedRounds


class RoundsPutBack(_Event, frozen=True, eq=False):
    """Deleted rounds are back where they were."""

    removed: RemovedRounds


class ImagesRemoved(_Event, frozen=True, eq=False):
    """These images are deleted."""

    removed: RemovedImages


class ImagesPutBack(_Event, frozen=True, eq=False):
    """These images are no longer deleted."""

    removed: RemovedImages


class Starred(_Event, frozen=True, eq=False):
    """These images are starred, and so no longer rejected; or they are no longer starred."""

    images: tuple[ImageRef, ...]
    star: bool


class Rejected(_Event, frozen=True, eq=False):
    """These images of a round are rejected, and so no longer starred; or they are no longer rejected."""

    round_id: str
    indexes: frozenset[int]
    rejected: bool


class Seen(_Event, frozen=True, eq=False):
    """These images of a round have been on screen."""

    round_id: str
    indexes: frozenset[int]


# --- verification


class BatchAsked(_Event, frozen=True, eq=False):
    """These images are to be verified; none: those whose turn has not come are not."""

    images: tuple[ImageRef, ...] = ()


class VerificationAsked(_Event, frozen=True, eq=False):
    """An image is to be verified."""

    one: ImageVerification


class VerificationReady(_Event, frozen=True, eq=False):
    """The image was read from the disk: its verification, which has the id `run`, waits for the worker."""

    run: str


class VerificationLoading(_Event, frozen=True, eq=False):
    """The worker is loading the model of that name, to make the image of `run` again."""

    run: str
    model: str


class VerificationRunning(_Event, frozen=True, eq=False):
    """The worker is making the image of `run` again; `differs` is what differs here from the original setup."""

    run: str
    differs: tuple[str, ...]


class VerificationMade(_Event, frozen=True, eq=False):
    """The image of `run` was made again, perhaps for another one of its batch, and is being compared."""

    run: str
    differs: tuple[str, ...]


class VerificationEnded(_Event, frozen=True, eq=False):
    """The verification `run` is over, with a `verdict` or without; `words` are for the status line."""

    run: str
    verdict: Verdict | None
    words: str = ""


class ReportPutAway(_Event, frozen=True, eq=False):
    """The report of the last verification was read."""


StateEvent = (
    p.Event | ControlCompared | CopiesMade | PathRead | RoundAdded | PickArrived | RoundShown | Picked | Marked
    | QueueMoved | RoundSent | ImagesArrived | CancelAsked | WorkerFreed | RoundTakenBack | RoundWaitsAgain
    | RecordsRead | RecordsLetGo | RecipeChosen | ModelWanted | ModelLoading | EngineRestarted | ProblemShown
    | NoticeAdded | Done | MessagePutAway | SessionJoined | SessionOpened | RoundsRemoved | RoundsPutBack
    | ImagesRemoved | ImagesPutBack | Starred | Rejected | Seen | BatchAsked | VerificationAsked | VerificationReady
    | VerificationLoading | VerificationRunning | VerificationMade | VerificationEnded | ReportPutAway
)  # fmt: skip
