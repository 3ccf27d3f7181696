"""The terminal before the app starts and after it ends, however it ends."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from seedtui.terminal.probe import tty
from seedtui.terminal.probe.answers import ASK_ATTRIBUTES, ASK_STATUS
from seedtui.terminal.probe.detect import detect
from seedtui.terminal.probe.modes import COLOUR_SYSTEMS, Terminal
from seedtui.terminal.probe.tmux import Tmux, through_tmux
from seedtui.terminal.renderers.factory import make_renderer
from seedtui.terminal.renderers.renderer import Renderer


@contextmanager
def prepared_terminal(
    setting: str = "", environ: Mapping[str, str] | None = None, bytes_per_second: float = 0
) -> Iterator[tuple[Terminal, Renderer]]:
    """The terminal, asked what it is, and the renderer for it. For the main thread, before Textual starts.

    `setting` is the user's word for the mode; ``auto`` or nothing lets the terminal decide. `bytes_per_second`
    is the most that may go to it, 0 for no limit. Textual learns the
    number of colours by a variable that it reads when it is imported: import it within the block. At the end the
    terminal's picture memory is freed and tmux is as it was; SIGTERM and SIGHUP end the block as
    `SystemExit`, so that this holds for them too.

    Raises:
        InputError: the user named a mode that there is not.
    """
    environ = os.environ if environ is None else environ
    tmux = Tmux.around(environ)
    renderer: Renderer | None = None
    try:
        with _signals_as_exit():
            terminal = detect(environ, setting, tmux)
            if tmux and terminal.mode != "kitty":
                tmux.restore()
            os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", COLOUR_SYSTEMS[terminal.colours])
            renderer = make_renderer(terminal, tmux, bytes_per_second)
            yield terminal, renderer
    finally:
        _clean_up(renderer, tmux)


def _clean_up(renderer: Renderer | None, tmux: Tmux | None) -> None:
    """Frees the pictures, and undoes what was set in tmux once it has let all through that was written before."""
    freed = renderer.release_all() if renderer else ""
    if freed or (tmux and renderer and renderer.name == "kitty"):
        tty.write_through(freed, through_tmux(ASK_STATUS) if tmux else ASK_ATTRIBUTES)
    if tmux:
        tmux.restore()


@contextmanager
def _signals_as_exit() -> Iterator[None]:
    """SIGTERM and SIGHUP raise `SystemExit` where they would kill without a word."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    ours = [s for s in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(s) == signal.SIG_DFL]
    for number in ours:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
