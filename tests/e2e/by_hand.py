"""Shows the app's pictures in terminals that no test runs: Konsole, and foot in weston. Look at the screenshots.

    .venv/bin/python -m tests.e2e.by_hand FOLDER [konsole] [foot] [konsole-tmux] [foot-tmux]

Writes TERMINAL-SITUATION.png into FOLDER, and says how alike the pictures are, and how many cells are wrong in them
and beside them.
Needs Xvfb and xdotool, and konsole with dbus, or foot with weston: apt-get install konsole dbus foot weston
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.programs import program
from tests.support.stage import BLOCKS, Server, Stage
from tests.support.windows import VirtualScreen, Window, until, virtual_screen

COLUMNS, ROWS = 130, 47
CELL = (8, 17)

_PROFILE = f"""
[Appearance]
Font=DejaVu Sans Mono,10
[General]
Name=by-hand
Parent=FALLBACK/
TerminalColumns={COLUMNS}
TerminalRows={ROWS}
TerminalMargin=0
[Scrolling]
ScrollBarPosition=2
"""

_FOOT = """
font=DejaVu Sans Mono:pixelsize=13
dpi-aware=no
pad=0x0
line-height=17px
[csd]
preferred=none
"""


@contextmanager
def konsole(screen: VirtualScreen, home: Path, command: list[str]) -> Iterator[Window]:
    profile = home / "share" / "konsole" / "by-hand.profile"
    profile.parent.mkdir(parents=True)
    profile.write_text(_PROFILE)
    words = ["dbus-run-session", "konsole", "--nofork", "--hide-menubar", "--hide-tabbar", "--profile", "by-hand"]
    environ = {"XDG_DATA_HOME": f"{home}/share", "XDG_CONFIG_HOME": f"{home}/config", "XDG_RUNTIME_DIR": f"{home}/run"}
    (home / "run").mkdir(mode=0o700)
    window = screen.open([*words, "-e", *command], COLUMNS, ROWS, {**environ, "SEEDTUI_HOME": str(home)})
    # Its tool bar stays, above the cells.
    window.corner = (3, window.pixels[1] - ROWS * CELL[1])
    try:
        yield window
    finally:
        window.close()


@contextmanager
def foot(screen: VirtualScreen, home: Path, command: list[str]) -> Iterator[Window]:
    (home / "foot.ini").write_text(_FOOT)
    (home / "run").mkdir(mode=0o700)
    environ = {"XDG_RUNTIME_DIR": f"{home}/run", "SEEDTUI_HOME": str(home)}
    size = [f"--width={COLUMNS * CELL[0]}", f"--height={ROWS * CELL[1]}"]
    # Its only window fills the screen.
    weston = ["weston", "--backend=x11-backend.so", "--shell=kiosk-shell.so", "--socket=by-hand", "--no-config", *size]
    window = screen.open(weston, COLUMNS, ROWS, environ)
    until((home / "run" / "by-hand").exists, "weston's socket")
    words = ["env", "WAYLAND_DISPLAY=by-hand", *(f"{name}={value}" for name, value in environ.items())]
    process = subprocess.Popen([*words, "foot", f"--config={home}/foot.ini", *command])
    try:
        yield window
    finally:
        process.terminate()
        window.close()
        process.wait()


TERMINALS = {"konsole": konsole, "foot": foot}


def situations(stage: Stage) -> Iterator[str]:
    """Brings the app into one situation after another."""
    window = stage.window
    until((stage.home / "layout.json").exists, "the app", 60)
    with suppress(TimeoutError):
        until(lambda: min(stage.likenesses(), default=0) > BLOCKS, "pictures", 20)
    yield "grid"
    for key, back, name in (("question", "Escape", "help"), ("ctrl+p", "Escape", "palette"), ("z", "z", "zoom")):
        window.press(key)
        time.sleep(2)
        yield name
        window.press(back)
        time.sleep(2)
        yield f"after-{name}"
    window.press("Right", "Down")
    time.sleep(1)
    yield "moved"
    window.press("C")
    time.sleep(3)
    yield "compare"
    window.press("Escape")
    time.sleep(2)
    yield "after-compare"
    window.press("ctrl+l")
    time.sleep(2)
    yield "redrawn"
    window.press("q")
    time.sleep(3)
    yield "left"


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    for name in sys.argv[2:] or TERMINALS:
        with virtual_screen() as screen, tempfile.TemporaryDirectory() as home:
            command = ["sh", "-c", '"$@"; exec sleep 1000', "sh", *program("painting_app"), "a red apple"]
            server = Server(Path(home))
            if name.endswith("-tmux"):
                command = server.command("new-session", *command)
            with TERMINALS[name.partition("-")[0]](screen, Path(home), command) as window:
                stage = Stage(window, Path(home))
                for situation in situations(stage):
                    alike = [round(one, 3) for one in stage.likenesses()]
                    print(name, stage.mode, situation, alike, "wrong cells", stage.holes(), stage.strays(), flush=True)
                    stage.shot.save(folder / f"{name}-{situation}.png")
            server.close()


if __name__ == "__main__":
    main()
