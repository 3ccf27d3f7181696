"""Compares pictures in a background thread, so that large ones do not block a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from seedtui.app.events import ControlCompared, VarietyMeasured, VerificationJudged
from seedtui.app.state.job import ImageRef
from seedtui.core.images.difference import compare
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.images.variety import sketch, variety
from seedtui.core.images.verification import judge


class Comparer:
    """Posts its results with `post`."""

    def __init__(self, post: Callable[[VerificationJudged | ControlCompared | VarietyMeasured], object]) -> None:
        self._post = post
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="comparer")

    def judge(self, image: ImageRef, picture: Picture, record: ImageRecord, again: Picture) -> None:
        """Compare `again` with the image of `record`; posts `VerificationJudged`."""
        self._thread.submit(lambda: self._post(VerificationJudged(image, judge(picture, record, again))))

    def compare_control(self, image: ImageRef, pick: Picture, control: Picture) -> None:
        """Measure how far a control is from its pick; posts `ControlCompared`."""
        self._thread.submit(lambda: self._post(ControlCompared(image, compare(pick, control))))

    def measure_variety(self, round_id: str, pictures: Sequence[Picture]) -> None:
        """Measure how different two or more pictures of a round are; posts `VarietyMeasured`."""

        def measure() -> None:
            value = variety([sketch(picture) for picture in pictures])
            if value is not None:
                self._post(VarietyMeasured(round_id, value))

        self._thread.submit(measure)

    def close(self) -> None:
        """Start no more comparisons."""
        self._thread.shutdown(wait=False, cancel_futures=True)
