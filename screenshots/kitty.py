"""Makes `kitty.png` and `sheet.png`: the app with the starter model in kitty in tmux, where pictures are true pixels.

    SEEDTUI_TRIXIE=DIR .venv/bin/python -m screenshots.kitty [NAME ...]

DIR is an unpacked Debian 13 with kitty and tmux, whose programs only root can run
(`tests/e2e/trixie.sh DIR` unpacks it). Needs Xvfb and xdotool beside it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from screenshots.make import HERE, TMUX_CONF, Terminal
from tests.support.windows import Tree, VirtualScreen, kitty, virtual_screen


class KittyTerminal(Terminal):
    """The app in tmux in kitty, both of `tree`."""

    def __init__(self, screen: VirtualScreen, tree: Tree, columns: int, rows: int, home: Path) -> None:
        self._tree = tree
        self._socket = str(home / "tmux")
        conf = home / "tmux.conf"
        conf.write_text(TMUX_CONF)
        program = Path(sys.executable).with_name("seedtui")
        tmux = ["tmux", "-S", self._socket, "-f", str(conf), "new-session", "-s", "s"]
        command = kitty(columns, rows, *tmux, "env", f"SEEDTUI_HOME={home}", str(program), config={"font_size": "11"})
        self._window = screen.open(tree.command(*command), columns, rows)

    def shot(self, name: str) -> None:
        """Write the window as `name`.png, in all its colours."""
        self._until(self._still, "a picture that stays", 30)
        file = HERE / f"{name}.png"
        self._window.look().save(file, optimize=True)
        print(file)

    def close(self) -> None:
        self._tmux("kill-server")
        self._window.close()

    def _still(self) -> bool:
        """Whether nothing changes for a second: the terminal draws in its own time."""
        before = self._window.look()
        time.sleep(1)
        return before.tobytes() == self._window.look().tobytes()

    def _tmux(self, *words: str) -> str:
        command = self._tree.command("tmux", "-S", self._socket, *words)
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def refined(terminal: Terminal) -> None:
    """The guide's example up to its refined pictures."""
    terminal.wait("fp32")
    terminal.press("Enter")
    terminal.wait("images in")
    terminal.press("Down", "Enter")
    terminal.wait("makes")
    terminal.press("C-r")
    terminal.wait_gone("images in")
    terminal.wait("images in")
    terminal.press("Right")


def scouted(terminal: Terminal) -> None:
    """A scout round of 96 seeds, decoded and culled."""
    terminal.wait("fp32")
    terminal.press("p", "C-u", "a strawberry on a blue background", "Tab", "Tab", "H")
    terminal.wait("whole images")
    terminal.press("C-u", "0-95", "Down", "Down", "C-u", "decoded", "Enter")
    terminal.wait("seeds scouted", 600)
    terminal.press("L")
    terminal.wait("most different first")
    terminal.press("Home", "Space", "Right", "Right", "Space", "Down", "BSpace", "Down", "Space", "Right", "BSpace")


SCENES = {"kitty": refined, "sheet": scouted}


def main() -> None:
    tree = os.environ.get("SEEDTUI_TRIXIE")
    if not tree:
        raise SystemExit("SEEDTUI_TRIXIE names no Debian 13 tree")
    for name in sys.argv[1:] or SCENES:
        with virtual_screen() as screen, tempfile.TemporaryDirectory() as home:
            terminal = KittyTerminal(screen, Tree(Path(tree)), 120, 40, Path(home))
            try:
                SCENES[name](terminal)
                terminal.shot(name)
            finally:
                terminal.close()


if __name__ == "__main__":
    main()
