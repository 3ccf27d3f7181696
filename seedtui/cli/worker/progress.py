"""Progress on stderr while the model loads and a round runs. Silent if stderr is not a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from seedtui.cli.worker.job_clock import JobClock
from seedtui.core.text.display import visible
from seedtui.core.text.formatting import time_in_words

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class ProgressLine:
    """A context manager, which removes the bar at its end."""

    def __init__(self) -> None:
        self._bar = _make_bar() if sys.stderr and sys.stderr.isatty() else None
        self._task = self._bar.add_task("starting", total=None, words="") if self._bar else None
        self._job: JobClock | None = None
        self._images = self._made = 0
        self._workers = ""

    def __enter__(self) -> ProgressLine:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def loading(self, part: str, done: int, total: int) -> None:
        """`done` of `total` parts of the model are loaded, `part` is loading."""
        self._show("loading", done, total, part.replace("_", " "))

    def plan(self, job: JobClock, images: int) -> None:
        """The steps to come are those of the parts of `job`, which makes so many `images`."""
        self._job, self._images, self._made = job, images, 0

    def made(self, images: int = 1) -> None:
        """More images of the job are there."""
        self._made += images

    def workers(self, working: int, workers: int) -> None:
        """So many of the `workers` of a pool make images now."""
        self._workers = f"{working} of {workers} workers"

    def step(self, step: int, steps: int, seconds: float) -> None:
        """`step` of `steps` are done after `seconds`, of the whole round or of the part of the job that runs."""
        rate = f"{step / seconds:.1f} it/s" if seconds else ""
        if self._job is None:
            left = f"{(steps - step) * seconds / step:.0f} s left" if step and seconds else ""
            words = " · ".join(filter(None, (f"{step}/{steps}", rate, left, self._workers)))
            self._show("denoising", step, steps, words)
            return
        self._job.at(step / steps if steps else 0.0, seconds)
        left = f"{time_in_words(self._job.left)} left" if self._job.left is not None else ""
        words = " · ".join(filter(None, (f"{self._made:,} of {self._images:,} images", rate, left, self._workers)))
        self._show("denoising", self._job.share, 1, words)

    def _show(self, what: str, done: float, total: float, words: str) -> None:
        if self._bar and self._task is not None:
            self._bar.update(self._task, description=what, completed=done, total=total or None, words=visible(words))


def _make_bar() -> Bar:
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    from seedtui.core.text.console import console

    # Printed lines go above the bar, but only if both are on the screen: otherwise stdout goes to a file or a pipe.
    both = bool(sys.stdout and sys.stdout.isatty())
    return Bar(
        TextColumn("{task.description:9}", markup=False), BarColumn(), TextColumn("{task.fields[words]}", markup=False),
        console=console(stderr=True), transient=True, redirect_stdout=both, redirect_stderr=True,
    )  # fmt: skip
