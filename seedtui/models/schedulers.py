"""Resolves the name of a scheduler, before anything is loaded."""

from __future__ import annotations

from seedtui.core.errors import InputError, quoted
from seedtui.core.recipes.scheduler_names import SCHEDULERS, missing_package, offered


def scheduler_class(name: str) -> str:
    """The class for `name`, a short name or the name of the class itself.

    Raises:
        InputError: it is neither, or needs a package that is missing.
    """
    found = SCHEDULERS.get(name.lower(), name)
    if not (found.isidentifier() and found.endswith("Scheduler")):
        raise InputError(f"unknown scheduler {quoted(name)}", f"Use {', '.join(offered())}")
    if package := missing_package(found):
        raise InputError(f"scheduler {name} needs {package}, not installed here", f"pip install {package}")
    return found
