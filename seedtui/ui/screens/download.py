"""A download: first its size, to confirm; then its progress."""

from __future__ import annotations

import threading

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen

from seedtui.core.errors import ModelError, Problem
from seedtui.core.text.display import visible
from seedtui.core.text.formatting import size_in_words, time_in_words
from seedtui.models.hub import DownloadPlan, DownloadProgress, Stopped, download
from seedtui.ui.keys.table import bindings
from seedtui.ui.widgets.plain import PlainBox, PlainStatic


class DownloadScreen(ModalScreen["bool | Problem"]):
    """Dismissed with True when `plan` is done, False when it was cancelled, or the problem."""

    BINDINGS = bindings("download")
    MANUAL_PAGE = "models"

    DEFAULT_CSS = """
    DownloadScreen { align: center middle; }
    DownloadScreen #box { width: 74; max-width: 100%; height: auto; padding: 1 2; border: round $border;
                          border-title-color: $text-muted; border-subtitle-color: $text-muted; }
    DownloadScreen #how { margin: 1 0 0 0; height: 2; color: $text-muted; }
    """

    what = query_one("#what", PlainStatic)
    how = query_one("#how", PlainStatic)
    box = query_one("#box", PlainBox)

    def __init__(self, plan: DownloadPlan) -> None:
        super().__init__()
        self._plan = plan
        self._stopped = threading.Event()
        self._loads = False
        self._drawn = 0.0

    def compose(self) -> ComposeResult:
        plan = self._plan
        with PlainBox(id="box") as box:
            box.border_title = "download"
            box.name_keys("enter download · esc cancel")
            precision = " · half precision" if plan.half else ""
            here = f" · {size_in_words(plan.here)} already here" if plan.here else ""
            yield PlainStatic(
                Content.assemble(
                    (visible(plan.hub_id), "bold $foreground"), "\n",
                    f"{size_in_words(plan.size)} in {len(plan.files)} files{precision}{here}",
                ),
                id="what",
            )  # fmt: skip
            yield PlainStatic(f"safetensors only · {size_in_words(plan.free)} free on disk", id="how")

    def on_unmount(self) -> None:
        self._stopped.set()

    def action_begin(self) -> None:
        """Download."""
        if not self._loads:
            self._loads = True
            self.box.name_keys("esc stop")
            self.how.update("asking the Hub…")
            self._download()

    def action_stop(self) -> None:
        """Stop, or do not start; complete files are kept."""
        again = self._stopped.is_set()
        self._stopped.set()
        if again or not self._loads:  # the network may be slow: pressed twice, it closes at once
            self.dismiss(False)
        else:
            self.how.update("stopping…")

    @work(thread=True, group="download")
    def _download(self) -> None:
        try:
            download(self._plan, self._tell, self._stopped)
        except Stopped:
            self._end(False)
        except ModelError as error:
            self._end(error.problem)
        else:
            self._end(True)

    def _end(self, result: bool | Problem) -> None:
        if self.is_attached:
            self.app.call_from_thread(self.dismiss, result)

    def _tell(self, at: DownloadProgress) -> None:
        if at.seconds - self._drawn < 0.1 and at.done < at.total:
            return  # ten times a second is enough
        self._drawn = at.seconds
        if not self.is_attached:
            raise Stopped
        self.app.call_from_thread(self._draw, at)

    def _draw(self, at: DownloadProgress) -> None:
        if self._stopped.is_set():
            return
        share = at.done / at.total if at.total else 1.0
        left = f" · {time_in_words(at.seconds_left)} left" if at.seconds_left else ""
        speed = f" · {size_in_words(at.rate)}/s" if at.seconds > 0.5 else ""
        figures = f"{size_in_words(at.done)} of {size_in_words(at.total)}{speed}{left}"
        width = max(10, self.how.content_size.width)
        done = round(share * width)
        bar = Text.assemble(("━" * done, "bold"), ("━" * (width - done), "dim"), "\n", figures)
        self.how.update(bar)
