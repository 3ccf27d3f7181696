"""The messages that the app and its widgets send each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from textual.message import Message

from seedtui.app.events import BackendEvent
from seedtui.engine.wire.pool_protocol import ChangeWorker


class BackendMessage(Message):
    """A background thread reports an event."""

    def __init__(self, event: BackendEvent) -> None:
        super().__init__()
        self.event = event


class PickMoved(Message):
    """The user picks the image at `index` of the shown round."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index


class TilesNeeded(Message):
    """The pictures of these images of the shown round are on the screen, but not in memory."""

    def __init__(self, round_id: str, indexes: tuple[int, ...]) -> None:
        super().__init__()
        self.round_id, self.indexes = round_id, indexes


class TilesSeen(Message):
    """These images of a round have been on the screen for a moment."""

    def __init__(self, round_id: str, indexes: tuple[int, ...]) -> None:
        super().__init__()
        self.round_id, self.indexes = round_id, indexes


class ZoomAsked(Message):
    """The user zooms the pick, or goes back to all pictures."""


class RoundChosen(Message):
    """The user chooses a round to show."""

    def __init__(self, round_id: str) -> None:
        super().__init__()
        self.round_id = round_id


class QueueMoved(Message):
    """The user moves a waiting round `step` places back in the queue, forward if negative."""

    def __init__(self, round_id: str, step: int) -> None:
        super().__init__()
        self.round_id = round_id
        self.step = step


class CancelAsked(Message):
    """The user cancels that round."""

    def __init__(self, round_id: str) -> None:
        super().__init__()
        self.round_id = round_id


class WorkerAdded(Message):
    """The user adds a worker to the pool; `where` as in `pool_protocol.AddWorker`."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where


class WorkerChanged(Message):
    """The user drains, parks, restarts or removes a worker of the pool."""

    def __init__(self, change: ChangeWorker) -> None:
        super().__init__()
        self.change = change


class GenerateAsked(Message):
    """The user requests an explore round with the prompt and the seeds of the prompt line."""


class RefineAsked(Message):
    """The user requests a refine round as the suffix pane says."""


class CountAsked(Message):
    """A widget requests the token counts of these prompts."""

    def __init__(self, prompts: tuple[str, ...]) -> None:
        super().__init__()
        self.prompts = prompts


class SuffixSetsAsked(Message):
    """The user opens the list of suffix sets; `current` is the one in the editor."""

    def __init__(self, sets: Mapping[str, tuple[str, ...]], current: str, lines: tuple[str, ...]) -> None:
        super().__init__()
        self.sets, self.current, self.lines = sets, current, lines


class SuffixSetSaved(Message):
    """The user saves these lines as a suffix set."""

    def __init__(self, name: str, lines: tuple[str, ...]) -> None:
        super().__init__()
        self.name, self.lines = name, lines


class OpenAsked(Message):
    """The user continues from the image in this file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


class SearchAsked(Message):
    """The user searches for rounds with these words; `starred`: only those with a starred image."""

    def __init__(self, text: str, starred: bool) -> None:
        super().__init__()
        self.text, self.starred = text, starred
