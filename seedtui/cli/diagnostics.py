"""What `doctor` checks on this machine, without loading torch or a model."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, NamedTuple

from seedtui import __version__
from seedtui.core.errors import ModelError, SeedtuiError, one_line
from seedtui.core.noise.wave import card_named
from seedtui.core.text.formatting import size_in_words
from seedtui.library import paths
from seedtui.models.resolve import STARTER, find_model
from seedtui.terminal.probe.modes import Terminal, Verdict
from seedtui.terminal.probe.tmux import Tmux
from seedtui.terminal.probe.versions import knows_placeholders

_PACKAGES = ("torch", "diffusers", "transformers", "textual", "pillow")
_SAFE_PILLOW = (12, 1, 1)
_LITTLE_SPACE = 10**9
_TERMINFO = ("/etc/terminfo", "/lib/terminfo", "/usr/lib/terminfo", "/usr/share/terminfo", "/usr/local/share/terminfo")


class Check(NamedTuple):
    """The result of one check. `hint` says what to know or to do about it; it may be empty."""

    name: str
    state: Literal["ok", "note", "bad"]
    value: str
    hint: str = ""


def all_checks(terminal: Terminal | None, environ: Mapping[str, str]) -> Iterator[Check]:
    """All checks, in the order they are shown. `terminal` is None if there is none."""
    yield Check("seedtui", "ok", __version__)
    yield Check("python", "ok", platform.python_version(), sys.executable)
    yield from map(check_package, _PACKAGES)
    gpus = find_gpus(Path("/dev"))
    yield check_gpu(gpus)
    if gpus:
        yield check_noise([gpu.name for gpu in gpus])
    yield looked("starter model", check_starter)
    folders = {"data": paths.data_dir(), "pictures": paths.pictures_dir(), "log": paths.log_file().parent}
    for name, folder in folders.items():
        yield looked(name, partial(check_folder, name, folder))
    yield looked("config", check_config_file)
    yield check_terminal(terminal)
    if terminal:
        yield check_protocols(terminal, environ)
    if terminal and not knows_terminal(environ):
        yield check_terminfo(environ["TERM"])
    if tmux := Tmux.around(environ):
        yield check_tmux(tmux)


def looked(name: str, check: Callable[[], Check]) -> Check:
    """The result of `check`. If it fails to run, that is its result, and the other checks go on."""
    try:
        return check()
    except (SeedtuiError, OSError, ValueError, RecursionError) as error:
        return Check(name, "bad", one_line(error))


def check_package(name: str) -> Check:
    """Whether `name` is installed, and whether Pillow has known vulnerabilities."""
    try:
        found = version(name)
    except PackageNotFoundError:
        return Check(name, "bad", "not installed", "Reinstall it: pip install --force-reinstall seedtui")
    if name == "pillow" and tuple(map(int, re.findall(r"\d+", found)[:3])) < _SAFE_PILLOW:
        safe = ".".join(map(str, _SAFE_PILLOW))
        return Check(
            name, "note", found, f"Known vulnerabilities before {safe}, but in formats that seedtui does not open"
        )
    return Check(name, "ok", found)


class Gpu(NamedTuple):
    """An NVIDIA GPU: its name, and what else the driver says."""

    name: str
    about: tuple[str, ...] = ()


def find_gpus(devices: Path) -> list[Gpu]:
    """The NVIDIA GPUs that the driver reports or, without its tool, those in the folder `devices`."""
    try:
        done = subprocess.run(
            ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return [Gpu(device.name) for device in sorted(devices.glob("nvidia[0-9]*"))]
    rows = [[value.strip() for value in line.split(",")] for line in done.stdout.splitlines() if line.strip()]
    return [Gpu(row[0], tuple(row[1:])) for row in rows]


def check_gpu(gpus: list[Gpu]) -> Check:
    """Which NVIDIA GPUs there are, and whether torch can use them."""
    if not gpus:
        return Check(
            "gpu",
            "note",
            "no NVIDIA GPU",
            f"Models run on {os.cpu_count()} CPU cores; the starter is small",
        )
    found = "; ".join(", ".join((gpu.name, *gpu.about)) for gpu in gpus)
    if "+cpu" in _version("torch"):
        return Check("gpu", "bad", found, "This build of torch is for CPUs only: install a CUDA build")
    return Check("gpu", "ok", found)


def check_noise(names: list[str]) -> Check:
    """How much of the noise of GPUs with these names other cards draw alike."""
    from seedtui.cli.load_config import load_config

    with suppress(SeedtuiError):  # another check reports it
        if source := load_config().recipe.generator_device:
            return Check("noise", "ok", f"drawn by {source}, as the settings say: the same on every card")
    waves = {name: card.wave for name in names if (card := card_named(name))}
    value = "; ".join(f"{name}: {wave:,} numbers per wave" for name, wave in waves.items())
    return Check(
        "noise",
        "note",
        value or "drawn on the GPU",
        "Larger noise (at 1024x1024 SDXL draws 65,536 numbers, 16-channel models 262,144) differs between cards: "
        'other cards make different pictures from the same seed. generator_device = "cpu" under [recipe] in the '
        "settings, or --generator-device cpu, makes it the same everywhere",
    )


def check_starter() -> Check:
    """Whether the bundled model is installed and complete."""
    try:
        model = find_model(STARTER)
    except ModelError as error:
        return Check("starter model", "bad", error.problem.message, "Reinstall seedtui, or use another --model")
    return Check("starter model", "ok", str(model.path))


def check_folder(name: str, folder: Path) -> Check:
    """Whether `folder`, or its nearest parent that exists, is writable and has free space. Creates nothing."""
    there = next(place for place in (folder, *folder.parents) if os.path.exists(place))
    free = shutil.disk_usage(there).free
    value = f"{folder}, {size_in_words(free)} free"
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        return Check(name, "bad", value, f"{there} is not writable: set SEEDTUI_HOME to another folder")
    if free < _LITTLE_SPACE:
        return Check(name, "note", value, "Little space left")
    return Check(name, "ok", value)


def check_config_file() -> Check:
    """Whether the user's settings are valid, including keys and theme."""
    from seedtui.cli.load_config import load_whole_config

    file = paths.config_file()
    try:
        load_whole_config()
    except SeedtuiError as error:
        return Check("config", "bad", error.problem.message, error.problem.hint or f"Fix {file}")
    return Check(
        "config",
        "ok",
        str(file) if file.exists() else "none",
        "" if file.exists() else "To create one: seedtui config --init",
    )


def check_terminal(terminal: Terminal | None) -> Check:
    """How pictures are drawn in this terminal, and why."""
    if terminal is None:
        return Check("terminal", "note", "none", "The app needs one; generate, refine and verify do not")
    unnamed = "unnamed terminal" if terminal.tmux else os.environ.get("TERM", "")  # in tmux TERM is of tmux
    who = f"{terminal.name} {terminal.version}".strip() or unnamed
    where = " in tmux" * terminal.tmux + " over SSH" * terminal.ssh
    width, height = terminal.cell
    told = {"terminal": "", "kernel": " (says the kernel)", "default": " (assumed)"}[terminal.cell_from]
    cells = f"cells of {width:.4g}x{height:.4g} pixels{told}"
    value = f"{who}{where}: {terminal.mode}, {terminal.colours:,} colours, {cells}"
    return Check("terminal", "ok" if terminal.has_pixels else "note", value, terminal.reason)


def check_protocols(terminal: Terminal, environ: Mapping[str, str]) -> Check:
    """Which protocols for pictures the terminal was asked for, what it answered, and what to set to get one."""
    if terminal.kitty == "not asked":
        return Check("protocols", "ok" if terminal.has_pixels else "note", "not asked")
    kitty: str = terminal.kitty
    if kitty == "yes" and not knows_placeholders(terminal.name, terminal.version):
        kitty = "yes, but without Unicode placeholders"
    claim = {True: "claimed", False: "not claimed", None: ""}[terminal.claims_sixel]
    sixel = ", ".join(filter(None, (_DRAWN[terminal.sixel], claim)))
    value = f"kitty graphics: {kitty}; iTerm2 images: {_DRAWN[terminal.iterm2]}; sixel: {sixel}"
    return Check("protocols", "ok" if terminal.has_pixels else "note", value, _advice(terminal, environ))


_DRAWN: dict[Verdict, str] = {
    "yes": "drawn", "no": "not drawn", "no answer": "no answer to a test picture", "not asked": "not tried",
}  # fmt: skip


def _advice(terminal: Terminal, environ: Mapping[str, str]) -> str:
    """What to set or start for pixels where there are none."""
    if terminal.has_pixels or terminal.named:
        return ""
    if environ.get("TERM_PROGRAM") == "vscode":
        return "For real pixels, turn on terminal.integrated.enableImages in the settings of VS Code"
    if terminal.name.lower() == "xterm":
        return "For real pixels, start it with xterm -ti vt340"
    return "Terminals with real pixels: seedtui manual terminals-and-tmux"


def knows_terminal(environ: Mapping[str, str], system: tuple[str, ...] = _TERMINFO) -> bool:
    """Whether this machine has a terminfo entry for TERM. True if TERM is not set."""
    term = environ.get("TERM", "")
    users = (environ.get("TERMINFO", ""), *environ.get("TERMINFO_DIRS", "").split(":"))
    folders = [Path(f) for f in (*users, str(Path.home() / ".terminfo"), *system) if f]
    return not term or any(
        os.path.exists(f / place / term) for f in folders for place in (term[0], f"{ord(term[0]):x}")
    )


def check_terminfo(term: str) -> Check:
    """The check for a TERM without a terminfo entry, as after SSH from kitty: tmux does not start in it."""
    fixes = "start tmux with TERM=xterm-256color tmux"
    if "kitty" in term:
        fixes += ", connect with kitten ssh, or install kitty-terminfo"
    return Check(
        "terminfo", "note", f"no entry for {term}", f"seedtui works without, but tmux and less do not: {fixes}"
    )


def check_tmux(tmux: Tmux) -> Check:
    """What to set in tmux for better pictures."""
    advice = tmux.advice()
    hint = f"For better pictures, add to ~/.tmux.conf: {' | '.join(advice)}" if advice else ""
    return Check("tmux", "note" if advice else "ok", tmux.version, hint)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
