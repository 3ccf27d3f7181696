"""Model downloads on the command line: shows the size, asks unless ``--download`` is given, shows progress."""

from __future__ import annotations

import sys
import threading

from seedtui.cli.messages import tell
from seedtui.core.errors import ModelError
from seedtui.core.text.formatting import size_in_words, time_in_words
from seedtui.models.hub import DownloadPlan, DownloadProgress, download, plan_download
from seedtui.models.resolve import NotHere


def fetch(missing: NotHere, agreed: bool, half: bool) -> None:
    """Download the missing model if the user agrees, or has already `agreed`. `half`: half-precision weights.

    Raises:
        ModelError: the user said no or cannot be asked, or the download failed.
    """
    can_ask = bool(sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty())
    if not agreed and not can_ask:
        raise ModelError(missing.problem.message, f"Add --download, or run: seedtui models --download {missing.hub_id}")
    plan = plan_download(missing.hub_id, half)
    tell(f"{_in_words(plan)}.")
    if not agreed and not _asked(plan):
        raise missing
    run(plan)


def run(plan: DownloadPlan) -> None:
    """Download `plan`, with a progress bar on a terminal. Ctrl+C stops it; complete files are kept.

    Raises:
        ModelError: it cannot be completed.
    """
    if not plan.size:
        return
    if not (sys.stderr and sys.stderr.isatty()):
        download(plan, lambda at: None, threading.Event())
        return
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    from seedtui.core.text.console import console

    columns = (TextColumn("downloading"), BarColumn(), TextColumn("{task.fields[words]}", markup=False))
    with Bar(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=plan.size, words="")
        download(plan, lambda at: bar.update(task, completed=at.done, words=_figures(at)), threading.Event())


def _in_words(plan: DownloadPlan) -> str:
    here = f", {size_in_words(plan.here)} already here" if plan.here else ""
    half = ", half precision" if plan.half else ""
    return f"{plan.hub_id}: {size_in_words(plan.size)} to download in {len(plan.files)} files{half}{here}"


def _asked(plan: DownloadPlan) -> bool:
    tell(f"Download? {size_in_words(plan.free)} free. [y/N] ", end="")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _figures(at: DownloadProgress) -> str:
    left = f" · {time_in_words(at.seconds_left)} left" if at.seconds_left else ""
    return f"{size_in_words(at.done)} of {size_in_words(at.total)} · {size_in_words(at.rate)}/s{left}"
