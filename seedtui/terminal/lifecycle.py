"""Prepares the terminal before the app starts, and cleans up after it ends, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from seedtui.core.termination import raising_on_termination
from seedtui.terminal.output.reports import RESTORE_TITLE, SAVE_TITLE, progress
from seedtui.terminal.probe import tty
from seedtui.terminal.probe.answers import ASK_ATTRIBUTES, ASK_STATUS
from seedtui.terminal.probe.detect import detect
from seedtui.terminal.probe.modes import COLOUR_SYSTEMS, Terminal
from seedtui.terminal.probe.reports import Reports
from seedtui.terminal.probe.tmux import Tmux, through_tmux
from seedtui.terminal.reattachment import Reattachment
from seedtui.terminal.renderers.factory import make_renderer
from seedtui.terminal.renderers.switchable import SwitchableRenderer


@contextmanager
def prepared_terminal(
    setting: str = "", environ: Mapping[str, str] | None = None, bytes_per_second: float = 0
) -> Iterator[tuple[Terminal, SwitchableRenderer, Reattachment | None]]:
    """Query the terminal and yield it with its renderer, and in tmux what follows other terminals that are attached.

    Use this in the main thread, before Textual starts.

    `setting` is the mode that the user set; with ``auto`` or "" the terminal decides. `bytes_per_second` limits what is
    sent to the terminal, 0 for no limit. Textual gets the number of colours from a variable that it reads on import, so
    import it within the block. At the end, the terminal's picture memory is freed and tmux is restored. SIGTERM and
    SIGHUP end the block with `SystemExit`, so this also applies to them.

    Raises:
        InputError: the user set an unknown mode.
    """
    environ = os.environ if environ is None else environ
    tmux = Tmux.around(environ)
    renderer: SwitchableRenderer | None = None
    with tty.settings_kept():
        try:
            with raising_on_termination(lambda number: SystemExit(128 + number)):
                terminal = detect(environ, setting, tmux)
                if terminal.has_pixels:
                    tty.stop_echo()
                elif tmux:
                    tmux.restore()
                passes = tmux is None or terminal.has_pixels or tmux.passes_anyway
                terminal = replace(terminal, passes=passes)
                os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", COLOUR_SYSTEMS[terminal.colours])
                renderer = make_renderer(terminal, tmux, bytes_per_second)
                reattachment = Reattachment(environ, setting, tmux, bytes_per_second, renderer) if tmux else None
                yield terminal, renderer, reattachment
        finally:
            _clean_up(renderer, tmux)


@contextmanager
def reporting(reports: Reports) -> Iterator[None]:
    """A context in which the app may set the title and report progress: at its end, all is as before."""
    if not reports.title:
        yield
        return
    tty.write(SAVE_TITLE)
    try:
        yield
    finally:
        tty.write(progress(None, reports=reports) + RESTORE_TITLE)


def _clean_up(renderer: SwitchableRenderer | None, tmux: Tmux | None) -> None:
    """Free the pictures, take the answers that are due, and restore tmux once it has passed on everything before."""
    freed = renderer.release_all() if renderer else ""
    if renderer and (freed or renderer.link.in_tmux or renderer.link.paints):
        tty.write_through(freed, through_tmux(ASK_STATUS) if renderer.link.in_tmux else ASK_ATTRIBUTES)
    if tmux and renderer and renderer.link.in_tmux and renderer.link.paints:
        tmux.refresh()
    if tmux:
        tmux.restore()
