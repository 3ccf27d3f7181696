"""The wildcard lists: text files in a folder, each with one value per line, as dynamicprompts has them.

The files are often other people's: their number, size and depth are limited, and nothing outside the folder is read
unless a link in it leads there.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from seedtui.core.config.settings import Config
from seedtui.core.errors import InputError, quoted
from seedtui.core.prompts.wildcards import has_wildcards, resolve, resolve_all
from seedtui.core.rounds.make import Resolve
from seedtui.files.errors import shown
from seedtui.files.reading import read_text
from seedtui.library.paths import config_file

MAX_FILES = 5000
MAX_DEPTH = 8
"""Maximum depth of subfolders."""
MAX_BYTES = 2**20
"""Maximum size of a file."""
MAX_VALUES = 20_000
"""Maximum number of values that a name or glob may have."""


def usual_folder() -> Path:
    """Where the lists are unless the settings say otherwise: beside the settings."""
    return config_file().parent / "wildcards"


def wildcards_of(config: Config) -> WildcardFolder:
    """The lists and their use as the settings say."""
    folder = Path(config.wildcard_folder).expanduser() if config.wildcard_folder else usual_folder()
    return WildcardFolder(folder, config.wildcards)


class WildcardFolder:
    """Resolves wildcards from the text files in `folder`, as `use` says: one of `WILDCARDS`.

    A file is read when a text first names it. One object sees one state of the files: make another to see changes.
    """

    def __init__(self, folder: Path, use: str) -> None:
        self.folder, self._use = folder, use
        self._files: dict[str, Path] | None = None
        self._values: dict[str, tuple[str, ...]] = {}

    def suffixes(self, suffixes: Sequence[str], seed: int) -> tuple[str, ...]:
        """The suffixes of a round, for images of `seed`.

        Raises:
            InputError: a wildcard is unknown or does not end.
            FileError: a list cannot be read.
        """
        return (*suffixes,) if self._use == "off" else resolve_all(suffixes, seed, self.values)

    def prompt(self, prompt: str, seed: int) -> str:
        """The prompt for an image of `seed`, unless the settings leave prompts alone.

        Raises:
            InputError, FileError: as `suffixes`.
        """
        return resolve(prompt, seed, self.values) if self.changes(prompt) else prompt

    def resolver(self, prompt: str) -> Resolve | None:
        """What makes the prompt of an image from `prompt` and its seed; None if all images have `prompt` itself."""
        return self.prompt if self.changes(prompt) else None

    def changes(self, prompt: str) -> bool:
        """Whether images of different seeds may get different prompts from `prompt`."""
        return self._use == "prompts" and has_wildcards(prompt)

    def values(self, name: str) -> tuple[str, ...]:
        """The distinct values of all files that `name` matches: a path without ``.txt``, or a glob.

        A name that is not there is looked for in the subfolders too.

        Raises:
            InputError: no file matches, or they have no values, or too many.
            FileError: a file cannot be read.
        """
        if name not in self._values:
            self._values[name] = self._read(name)
        return self._values[name]

    def _read(self, name: str) -> tuple[str, ...]:
        files = self._files = _text_files(self.folder) if self._files is None else self._files
        found = [files[one] for one in files if fnmatchcase(one, name)]
        found = found or [files[one] for one in files if fnmatchcase(one, f"*/{name}")]
        if not found:
            raise self._unknown(name)
        values = tuple(dict.fromkeys(value for file in found for value in _values_in(file)))
        if not values:
            raise InputError(f"wildcard {_written(name)} has no values", f"Write one per line in {shown(found[0])}")
        if len(values) > MAX_VALUES:
            raise InputError(f"wildcard {_written(name)} has {len(values):,} values", f"The limit is {MAX_VALUES:,}")
        return values

    def _unknown(self, name: str) -> InputError:
        import difflib  # needed only after a typo

        message = f"there is no wildcard {_written(name)} in {shown(self.folder)}"
        near = difflib.get_close_matches(name, self._files or (), 3, 0.5)
        keep = f"\\__{name}__ keeps the text as it is"
        if near:
            return InputError(message, f"Did you mean {', '.join(map(_written, near))}; {keep}")
        return InputError(message, f"Write its values there in {name}.txt, one per line; {keep}")


def _written(name: str) -> str:
    return quoted(f"__{name}__")


def _values_in(file: Path) -> list[str]:
    lines = (line.strip() for line in read_text(file, MAX_BYTES).splitlines())
    return [line[line.startswith("\\#") :] for line in lines if line and not line.startswith("#")]


def _text_files(folder: Path) -> dict[str, Path]:
    """The text files in `folder` and below, by their path without ``.txt``, sorted."""
    found: dict[str, Path] = {}
    for place, folders, names in os.walk(folder, followlinks=True):
        inner = Path(place).relative_to(folder)
        folders[:] = sorted(f for f in folders if not f.startswith("."))[
            : MAX_FILES if len(inner.parts) < MAX_DEPTH else 0
        ]
        for name in names:
            if name.endswith(".txt") and not name.startswith("."):
                found[(inner / name[: -len(".txt")]).as_posix()] = Path(place, name)
        if len(found) > MAX_FILES:
            raise InputError(
                f"{shown(folder)} has more than {MAX_FILES:,} text files", "Choose a smaller wildcard_folder"
            )
    return dict(sorted(found.items()))
