"""The catalogue of messages that the app and its widgets send each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from textual.message import Message

from seedtui.app.verification_state import ImageRef
from seedtui.core.errors import Problem
from seedtui.core.images.difference import Difference
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.images.verification import Verdict
from seedtui.core.rounds.rounds import Round
from seedtui.engine.wire import protocol as p
from seedtui.library.sessions import FoundRound, Session, SessionSummary


class EngineEvent(Message):
    """The engine said something; posted by the thread that reads it."""

    def __init__(self, engine_number: int, event: p.Event) -> None:
        super().__init__()
        self.engine_number = engine_number
        self.event = event


class PickMoved(Message):
    """The user wants the image at `index` of the shown round picked."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index


class RoundChosen(Message):
    """The user wants to see that round."""

    def __init__(self, round_id: str) -> None:
        super().__init__()
        self.round_id = round_id


class QueueMoved(Message):
    """The user wants a waiting round to run `step` places later, earlier if negative."""

    def __init__(self, round_id: str, step: int) -> None:
        super().__init__()
        self.round_id = round_id
        self.step = step


class CancelAsked(Message):
    """The user wants that round stopped, or taken back."""

    def __init__(self, round_id: str) -> None:
        super().__init__()
        self.round_id = round_id


class GenerateAsked(Message):
    """The user wants an explore round of what the prompt bar says."""


class RefineAsked(Message):
    """The user wants the pick refined with what the suffix pane says."""


class CountAsked(Message):
    """The suffix pane wants to know the tokens of these prompts."""

    def __init__(self, prompts: tuple[str, ...]) -> None:
        super().__init__()
        self.prompts = prompts


class SuffixSetsAsked(Message):
    """The user wants another of the suffix sets, or to save the lines as one; `current` is the one in the editor."""

    def __init__(self, sets: Mapping[str, tuple[str, ...]], current: str, lines: tuple[str, ...]) -> None:
        super().__init__()
        self.sets, self.current, self.lines = sets, current, lines


class SuffixSetSaved(Message):
    """The user saved these lines as a suffix set."""

    def __init__(self, name: str, lines: tuple[str, ...]) -> None:
        super().__init__()
        self.name, self.lines = name, lines


class OpenAsked(Message):
    """The user wants to go on from the image in this file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


class RoundJournaled(Message):
    """The round is in the journal and may run."""

    def __init__(self, round_: Round) -> None:
        super().__init__()
        self.round = round_


class Saved(Message):
    """What the engine made is on disk, and may be shown as done; or in memory, as `SaveFailed` has told."""

    def __init__(self, event: p.ImageReady | p.RoundDone | p.RoundCancelled | p.RoundFailed) -> None:
        super().__init__()
        self.event = event


class SaveFailed(Message):
    """The library could not be read or written; so many `pictures` are in memory alone."""

    def __init__(self, problem: Problem, pictures: int = 0) -> None:
        super().__init__()
        self.problem = problem
        self.pictures = pictures


class SessionRead(Message):
    """A session was read from the library; `shown` is the round to show, "" for the one that was shown last."""

    def __init__(self, session: Session, shown: str = "") -> None:
        super().__init__()
        self.session = session
        self.shown = shown


class SessionsRead(Message):
    """Which sessions there are, newest first."""

    def __init__(self, sessions: tuple[SessionSummary, ...]) -> None:
        super().__init__()
        self.sessions = sessions


class SearchAsked(Message):
    """The user looks for rounds with these words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class FoundRead(Message):
    """The rounds with the words of `text`, newest first."""

    def __init__(self, text: str, found: tuple[FoundRound, ...]) -> None:
        super().__init__()
        self.text = text
        self.found = found


class PicturesRead(Message):
    """Images of a round, by index, read from the library; those that are `gone` could not be."""

    def __init__(
        self, round_id: str, images: dict[int, tuple[Picture, ImageRecord]], gone: frozenset[int] = frozenset()
    ) -> None:
        super().__init__()
        self.round_id = round_id
        self.images = images
        self.gone = gone


class ImageReadAgain(Message):
    """An image as its file has it now, to be verified; None and the `problem` if it cannot be read."""

    def __init__(
        self, place: ImageRef, subject: tuple[Picture, ImageRecord] | None, problem: Problem | None = None
    ) -> None:
        super().__init__()
        self.place = place
        self.subject = subject
        self.problem = problem


class VerificationJudged(Message):
    """An image was made again, and this is what is to be said of it."""

    def __init__(self, place: ImageRef, verdict: Verdict) -> None:
        super().__init__()
        self.place = place
        self.verdict = verdict


class ControlCompared(Message):
    """A control was compared with its pick; None if their sizes differ."""

    def __init__(self, place: ImageRef, difference: Difference | None) -> None:
        super().__init__()
        self.place = place
        self.difference = difference
