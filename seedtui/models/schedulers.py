"""The scheduler that a name means, checked before anything is loaded."""

from __future__ import annotations

from seedtui.core.errors import InputError, quoted
from seedtui.core.recipes.scheduler_names import SCHEDULERS, missing_package, offered


def scheduler_class(name: str) -> str:
    """The class that `name` means: a short name, or the class's own name.

    Raises:
        InputError: neither, or a package is missing for it.
    """
    found = SCHEDULERS.get(name.lower(), name)
    if not (found.isidentifier() and found.endswith("Scheduler")):
        raise InputError(f"scheduler {quoted(name)} is not known", f"Use {', '.join(offered())}")
    if package := missing_package(found):
        raise InputError(f"scheduler {name} needs {package}, not installed here", f"pip install {package}")
    return found
