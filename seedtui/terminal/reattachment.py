"""Another terminal is attached to tmux while the app runs: it may draw pictures in another way."""

from __future__ import annotations

from collections.abc import Mapping

from seedtui.terminal.probe.detect import Detection, detect_again
from seedtui.terminal.probe.tmux import Tmux
from seedtui.terminal.renderers.factory import make_renderer
from seedtui.terminal.renderers.switchable import SwitchableRenderer


class Reattachment:
    """Finds out how to draw in the terminal that is attached to `tmux` now, and has `renderer` do it.

    `environ`, `setting` and `bytes_per_second` are as for `prepared_terminal`. Each call takes some milliseconds.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        setting: str,
        tmux: Tmux,
        bytes_per_second: float,
        renderer: SwitchableRenderer,
    ) -> None:
        self._environ, self._setting, self._tmux = environ, setting, tmux
        self._bytes_per_second, self._renderer = bytes_per_second, renderer

    def detection(self) -> Detection:
        """What to ask the terminal; see that its `interview`, if any, hears the answers, and then call `conclude`."""
        return detect_again(self._environ, self._setting, self._tmux)

    def conclude(self, detection: Detection) -> None:
        """Draw from now on as the answers say."""
        self._renderer.become(make_renderer(detection.concluded(), self._tmux, self._bytes_per_second))
