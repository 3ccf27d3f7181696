"""Makes `xtermjs.png`: the app with the starter model in tmux in xterm.js, which VS Code shows its terminal with.

    .venv/bin/python -m screenshots.xtermjs

Needs chromium, tmux, and xterm.js (`tests/e2e/xtermjs.sh` fetches it).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from screenshots.kitty import refined
from screenshots.make import HERE, TMUX_CONF, Terminal
from tests.support.browser_terminal import BrowserTerminal
from tests.support.chromium import Chromium, chromium


class XtermJs(Terminal):
    """The app in tmux in xterm.js."""

    def __init__(self, browser: Chromium, columns: int, rows: int, home: Path) -> None:
        self._socket = str(home / "tmux")
        conf = home / "tmux.conf"
        conf.write_text(TMUX_CONF)
        program = Path(sys.executable).with_name("seedtui")
        command = ["tmux", "-S", self._socket, "-f", str(conf), "new-session", "-s", "s", str(program)]
        environ = {"SEEDTUI_HOME": str(home), "SEEDTUI_HINTS": "false"}
        self._window = BrowserTerminal(browser, command, columns, rows, environ)

    def shot(self, name: str) -> None:
        """Write the page as `name`.png, in all its colours."""
        self._window.written.settle(1.5)
        file = HERE / f"{name}.png"
        self._window.look().save(file, optimize=True)
        print(file)

    def close(self) -> None:
        self._tmux("kill-server")
        self._window.close()

    def _tmux(self, *words: str) -> str:
        for _ in range(50):  # its server may not have begun
            done = subprocess.run(["tmux", "-S", self._socket, *words], capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return done.stdout
            time.sleep(0.2)
        raise SystemExit(done.stderr)


def main() -> None:
    with tempfile.TemporaryDirectory() as home, chromium(Path(home) / "browser") as browser:
        terminal = XtermJs(browser, 120, 40, Path(home))
        try:
            refined(terminal)
            terminal.shot("xtermjs")
        finally:
            terminal.close()


if __name__ == "__main__":
    main()
