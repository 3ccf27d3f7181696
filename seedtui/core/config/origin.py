"""Where a value of the settings comes from, for messages about it."""

from __future__ import annotations

import msgspec

from seedtui.core.config import toml
from seedtui.core.errors import InputError


class Origin(msgspec.Struct, frozen=True):
    """Where a value comes from: the key `path` in the `text` of the file `name`, or the variable `name`."""

    name: str
    text: str | None = None
    path: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """``config.toml:3``, or the variable's name."""
        line = toml.line_of(self.text, self.path) if self.text is not None else 0
        return f"{self.name}:{line}" if line else self.name

    def at(self, *path: str) -> Origin:
        """The origin of a key below this one."""
        return msgspec.structs.replace(self, path=(*self.path, *path))

    def wrong(self, error: InputError) -> InputError:
        """`error` with the key and the line prepended."""
        key = f" {'.'.join(self.path)}:" if self.path else ""
        return InputError(f"{self.where}:{key} {error.problem.message}", error.problem.hint)
