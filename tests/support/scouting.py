"""Runs rounds on a pipeline in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from seedtui.core.rounds.rounds import Pick, Round
from seedtui.core.rounds.scout import finishing
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.wire import protocol as p


def run(
    pipeline: Pipeline, round_: Round, saved: Path | None = None, cancelled: Callable[[], bool] = lambda: False
) -> list[p.Message]:  # fmt: skip
    """All events of the round."""
    events: list[p.Message] = []
    pipeline.run(round_, events.append, cancelled, saved=str(saved or ""))
    return events


def made(events: list[p.Message]) -> list[p.ImageReady]:
    """The images among `events`, all of a round that was made to its end."""
    assert isinstance(events[-1], p.RoundDone), events[-1]
    return [event for event in events if isinstance(event, p.ImageReady)]


def told(events: list[p.Message]) -> list[str]:
    """What the worker told the user."""
    return [event.words for event in events if isinstance(event, p.Told)]


def keeping(scouted: Round, *indices: int) -> Round:
    """The round that finishes these images of a scout round."""
    return finishing(scouted, [Pick(scouted.id, index) for index in indices])


def hashes(events: list[p.Message]) -> dict[int, str]:
    """The hash of each image by its seed."""
    return {image.record.seed: image.record.sha256 for image in made(events)}
