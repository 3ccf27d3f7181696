"""Collects what Diffusers, Transformers and PEFT warn about during loading; otherwise only the log would have it."""

from __future__ import annotations

import logging
import re
import warnings
from typing import Any

_LIBRARIES = ("diffusers", "transformers", "peft")


class LoadWarnings(logging.Handler):
    """A context manager that collects their warnings in `lines`, each once. They also go where they always go."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self._warnings = warnings.catch_warnings()

    def __enter__(self) -> LoadWarnings:
        for name in _LIBRARIES:
            logging.getLogger(name).addHandler(self)
        self._warnings.__enter__()
        warnings.simplefilter("always", UserWarning)
        self._shown = warnings.showwarning
        warnings.showwarning = self._hear
        return self

    def __exit__(self, *raised: Any) -> None:
        self._warnings.__exit__(*raised)
        for name in _LIBRARIES:
            logging.getLogger(name).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self._add(record.getMessage())

    def _hear(self, message: Warning | str, category: type[Warning], *where: Any, **rest: Any) -> None:
        if issubclass(category, UserWarning):
            self._add(str(message))
        self._shown(message, category, *where, **rest)

    def _add(self, line: str) -> None:
        if line not in self.lines:
            self.lines.append(line)


def made_up_weights(lines: list[str]) -> list[str]:
    """The warnings from loading a model that report weights missing from its files, which are random now."""
    return [line for line in lines if re.search(r"newly initialized|\bMISSING\b", line)]
