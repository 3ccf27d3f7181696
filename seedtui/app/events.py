"""What happens to the app: what its background threads have found out, and what its controllers have decided.

The first kind comes to `Controller.handle`, the second to `Store.dispatch`. What the engine says
(`seedtui.engine.wire.protocol.Event`) and some of the first kind are dispatched as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from seedtui.app.state.job import ImageRef, VerificationJob
from seedtui.app.state.round_view import RoundView
from seedtui.core.errors import Problem
from seedtui.core.images.difference import Difference
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.images.verification import Verdict
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Round
from seedtui.engine.wire import protocol as p
from seedtui.library.sessions import FoundRound, Session, SessionSummary

# --- from the background


@dataclass(frozen=True, slots=True, eq=False)
class EngineEvent:
    """The engine of that number said something."""

    engine_number: int
    event: p.Event


@dataclass(frozen=True, slots=True, eq=False)
class RoundJournaled:
    """The round is in the journal and may run."""

    round: Round


@dataclass(frozen=True, slots=True, eq=False)
class Saved:
    """What the engine made is on disk; or, after `SaveFailed`, in memory. It may be shown as done."""

    event: p.ImageReady | p.RoundDone | p.RoundCancelled | p.RoundFailed


@dataclass(frozen=True, slots=True, eq=False)
class SaveFailed:
    """The library could not be read or written; that many `pictures` are in memory only."""

    problem: Problem
    pictures: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class LibraryRepaired:
    """The library was damaged and works again; `words` say what was done."""

    words: str


@dataclass(frozen=True, slots=True, eq=False)
class SessionRead:
    """A session was read from the library; `shown` is the round to show, "" for the one that was shown last."""

    session: Session
    shown: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class SessionsRead:
    """All sessions, newest first."""

    sessions: tuple[SessionSummary, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FoundRead:
    """The rounds with the words of `text`, newest first."""

    text: str
    found: tuple[FoundRound, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PicturesRead:
    """Images of a round, by index, read from the library; those that are `gone` could not be."""

    round_id: str
    images: Mapping[int, tuple[Picture, ImageRecord]]
    gone: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class ImageReadAgain:
    """An image as its file has it now, to be verified; None and the `problem` if it cannot be read."""

    image: ImageRef
    subject: tuple[Picture, ImageRecord] | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, eq=False)
class VerificationJudged:
    """An image was made again and compared."""

    image: ImageRef
    verdict: Verdict


@dataclass(frozen=True, slots=True, eq=False)
class ControlCompared:
    """A control was compared with its pick; None if their sizes differ."""

    image: ImageRef
    difference: Difference | None


BackendEvent = (
    EngineEvent | RoundJournaled | Saved | SaveFailed | LibraryRepaired | SessionRead | SessionsRead | FoundRead
    | PicturesRead | ImageReadAgain | VerificationJudged | ControlCompared
)  # fmt: skip

# --- rounds


@dataclass(frozen=True, slots=True, eq=False)
class RoundAdded:
    """A new round, which waits and is shown."""

    round: Round


@dataclass(frozen=True, slots=True, eq=False)
class RoundShown:
    """That round is in the grid."""

    round_id: str


@dataclass(frozen=True, slots=True, eq=False)
class Picked:
    """The image at `index` of the shown round is the pick."""

    index: int


@dataclass(frozen=True, slots=True, eq=False)
class MarkToggled:
    """An image is marked for a comparison, or its mark is taken away."""

    image: ImageRef


@dataclass(frozen=True, slots=True, eq=False)
class QueueMoved:
    """A waiting round runs `step` places later, earlier if negative."""

    round_id: str
    step: int


@dataclass(frozen=True, slots=True, eq=False)
class RoundSent:
    """The worker has that round."""

    round_id: str


@dataclass(frozen=True, slots=True, eq=False)
class WorkerFreed:
    """The worker is done with that round, whose end is not on disk yet."""

    round_id: str


@dataclass(frozen=True, slots=True, eq=False)
class RoundTakenBack:
    """A waiting round will not run."""

    round_id: str


@dataclass(frozen=True, slots=True, eq=False)
class RoundWaitsAgain:
    """A round that stopped will run again."""

    round_id: str


@dataclass(frozen=True, slots=True, eq=False)
class RecordsRead:
    """Records of a round's images; those that are `gone` could not be read."""

    round_id: str
    records: Mapping[int, ImageRecord]
    gone: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class RecordsLetGo:
    """The records of these rounds are on disk only: they are read again when a round is shown."""

    round_ids: Set[str]


# --- the engine


@dataclass(frozen=True, slots=True, eq=False)
class RecipeChosen:
    """The next explore rounds are made with `recipe`."""

    recipe: Recipe


@dataclass(frozen=True, slots=True, eq=False)
class ModelWanted:
    """Whether the chosen recipe's model is to be loaded (again) once nothing runs or waits."""

    wanted: bool


@dataclass(frozen=True, slots=True, eq=False)
class ModelLoading:
    """The model of that name takes the place of the one that is loaded."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class EngineRestarted:
    """Another worker starts; what the former one had waits again."""


@dataclass(frozen=True, slots=True, eq=False)
class ProblemShown:
    """A problem is shown, or none any more."""

    problem: Problem | None


# --- sessions


@dataclass(frozen=True, slots=True, eq=False)
class SessionJoined:
    """The rounds of a session that is resumed come before those that were begun since."""

    session: Session


@dataclass(frozen=True, slots=True, eq=False)
class SessionOpened:
    """Another session takes the place of the one there is; None is a new one. `shown` as in `SessionRead`."""

    session: Session | None
    shown: str = ""


@dataclass(frozen=True, slots=True)
class RemovedRounds:
    """Rounds that were deleted, each with the place it had among all, and the round that was shown then."""

    rounds: tuple[tuple[int, RoundView], ...]
    shown: str

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(round_view.round.id for _, round_view in self.rounds)


@dataclass(frozen=True, slots=True, eq=False)
class RoundsRemoved:
    """These rounds are deleted. The nearest one that stays is shown."""

    removed: RemovedRounds


@dataclass(frozen=True, slots=True, eq=False)
class RoundsPutBack:
    """Deleted rounds are back where they were."""

    removed: RemovedRounds


@dataclass(frozen=True, slots=True, eq=False)
class Starred:
    """An image has a star, or has none any more."""

    image: ImageRef
    star: bool


# --- verification


@dataclass(frozen=True, slots=True, eq=False)
class VerificationAsked:
    """An image is to be verified."""

    job: VerificationJob


@dataclass(frozen=True, slots=True, eq=False)
class VerificationReady:
    """The image was read from the disk: its verification waits for the worker."""


@dataclass(frozen=True, slots=True, eq=False)
class VerificationLoading:
    """The worker loads the model of that name, to make the image again with it."""

    model: str


@dataclass(frozen=True, slots=True, eq=False)
class VerificationRunning:
    """The worker makes the image again; what `differs` here from where it was made."""

    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class VerificationMade:
    """The image was made again, and is being compared."""


@dataclass(frozen=True, slots=True, eq=False)
class VerificationEnded:
    """It is over: with a `verdict`, or without one; `words` say how in the status line."""

    verdict: Verdict | None
    words: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ReportPutAway:
    """The report of the last verification was read."""


StateEvent = (
    p.Event | ControlCompared | RoundAdded | RoundShown | Picked | MarkToggled | QueueMoved | RoundSent | WorkerFreed
    | RoundTakenBack | RoundWaitsAgain | RecordsRead | RecordsLetGo | RecipeChosen | ModelWanted | ModelLoading
    | EngineRestarted | ProblemShown | SessionJoined | SessionOpened | RoundsRemoved | RoundsPutBack | Starred
    | VerificationAsked | VerificationReady | VerificationLoading | VerificationRunning | VerificationMade
    | VerificationEnded | ReportPutAway
)  # fmt: skip
