"""Starts the app in this terminal, with the real engine and the user's library."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from seedtui.core.config.settings import Config, check_config
from seedtui.core.recipes.recipe import Recipe
from seedtui.library.sessions import SessionId

if TYPE_CHECKING:
    from seedtui.library.library import Library


def run_app(
    prompt: str | None, recipe: Recipe, images: int = 4, session: SessionId | None = None,
    config: Config | None = None, written: tuple[str, str] = ("", ""), notices: tuple[str, ...] = (),
) -> int:  # fmt: skip
    """Run until the user quits, in a new session or in one that is resumed.

    What the terminal can do is asked before Textual takes it. The exit code is 2 after a fault of
    ours, 128 and the number after a signal.

    Raises:
        InputError: a key or the theme in `config` cannot be used.
    """
    from seedtui.terminal.lifecycle import prepared_terminal

    config = config or Config()
    for name in ("COLUMNS", "LINES"):  # what a shell has exported is the size of then; Textual would keep to it
        os.environ.pop(name, None)
    with prepared_terminal(config.images, bytes_per_second=config.bytes_per_second) as (terminal, renderer):
        from seedtui.engine.client.keep_alive import start_worker
        from seedtui.library.paths import runtime_dir, worker_log
        from seedtui.ui.app import SeedtuiApp
        from seedtui.ui.keymap import check_keys
        from seedtui.ui.theme import check_theme

        check_config(config, {"keys": check_keys, "theme": check_theme})

        app = SeedtuiApp(
            lambda: start_worker(worker_log(), runtime_dir(), config.keep_alive),
            _open_library,
            renderer,
            recipe,
            prompt=prompt,
            images=images,
            typed=terminal.typed,
            owes=terminal.owes,
            session=session,
            config=config,
            written=written,
            notices=notices,
        )
        app.run()
        code = app.return_code or 0
        return code if code > 128 else 2 if code else 0


def _open_library() -> Library:
    import numpy  # noqa: F401  # whole, before Pillow imports a part of it while another thread is at the rest

    from seedtui.library.library import Library  # Pillow and SQLite: not before the first frame

    return Library.default()
