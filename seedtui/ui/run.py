"""Starts the app in this terminal, with the real engine and the user's library."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from seedtui.app.launch import EarlyInput, Launch
from seedtui.core.config.settings import check_config

if TYPE_CHECKING:
    from seedtui.engine.client.connection import Engine
    from seedtui.library.library import Library


def run_app(launch: Launch) -> int:
    """Run until the user quits, in a new or a reopened session.

    The terminal is probed before Textual takes it over. The exit code is 2 after a bug, and 128 plus its
    number after a signal.

    Raises:
        InputError: a key or the theme in the settings cannot be used.
    """
    from seedtui.terminal.lifecycle import prepared_terminal, reporting
    from seedtui.terminal.probe.reports import reports_of

    config = launch.config
    for name in ("COLUMNS", "LINES"):  # a shell exports the size of an earlier moment, which Textual would keep
        os.environ.pop(name, None)
    with prepared_terminal(config.images, bytes_per_second=config.bytes_per_second) as (
        terminal,
        renderer,
        reattachment,
    ):
        from seedtui.ui.app import SeedtuiApp
        from seedtui.ui.keys.keymap import check_keys
        from seedtui.ui.theme import check_theme

        check_config(config, {"keys": check_keys, "theme": check_theme})

        reports = reports_of(terminal, os.environ)
        app = SeedtuiApp(
            lambda: _start_engine(launch),
            _open_library,
            renderer,
            launch,
            EarlyInput(terminal.typed, terminal.owes),
            reports=reports,
            reattachment=reattachment,
        )
        with reporting(reports):
            app.run(mouse=config.mouse)
        code = app.return_code or 0
        return code if code > 128 else 2 if code else 0


def _start_engine(launch: Launch) -> Engine:
    from seedtui.engine.pool.start import start_engine  # processes, pools and hosts: not before the first frame
    from seedtui.library.paths import runtime_dir, worker_log

    minutes = launch.config.keep_alive
    return start_engine(launch.pool, worker_log, runtime_dir(), minutes, device=launch.recipe.device, lives_on=True)


def _open_library() -> Library:
    import numpy  # noqa: F401  # whole, before Pillow imports a part of it while another thread is at the rest

    from seedtui.library.library import Library  # Pillow and SQLite: not before the first frame

    return Library.default()
