"""Compares pictures in a background thread, so that large ones stop no key."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from seedtui.app.verification_state import ImageRef
from seedtui.core.images.difference import compare
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.images.verification import judge
from seedtui.ui.messages import ControlCompared, VerificationJudged


class Comparer:
    """What is found is told with `tell`."""

    def __init__(self, tell: Callable[[VerificationJudged | ControlCompared], object]) -> None:
        self._tell = tell
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="comparer")

    def judge(self, place: ImageRef, picture: Picture, record: ImageRecord, again: Picture) -> None:
        """Whether `again` is the image of `record`; `VerificationJudged` is told."""
        self._thread.submit(lambda: self._tell(VerificationJudged(place, judge(picture, record, again))))

    def compare_control(self, place: ImageRef, pick: Picture, control: Picture) -> None:
        """How far a control is from its pick; `ControlCompared` is told."""
        self._thread.submit(lambda: self._tell(ControlCompared(place, compare(pick, control))))

    def close(self) -> None:
        """Begin nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)
