"""A cache that skips blocks of a transformer in steps that change little: other pictures, for drafts."""

from __future__ import annotations

from typing import Any

from diffusers import FirstBlockCacheConfig

from seedtui.core.errors import EngineError
from seedtui.core.recipes.recipe import DRAFTS, THRESHOLD, Draft

_REFUSED = "No context is set"
"""How Diffusers says that a pipeline does not tell the cache which call it makes."""


def enable(net: Any) -> None:
    """Let `net` reuse what its blocks gave in the step before, where its first block changes little.

    The mean over the whole batch decides, so that an image depends on its neighbours.

    Raises:
        EngineError: `net` has no such cache.
    """
    try:
        net.enable_cache(FirstBlockCacheConfig(threshold=THRESHOLD))
    except (AttributeError, IndexError, ValueError) as error:  # no method, too few blocks, blocks of an unknown kind
        raise EngineError(f"{type(net).__name__} has no cache for drafts", "Leave out --draft") from error


def notes_on(draft: Draft) -> tuple[str, ...]:
    """A note for every image."""
    return (DRAFTS[draft],) if draft != "none" else ()


def refused(error: Exception) -> EngineError | None:
    """The error to raise if `error` says that the pipeline cannot use the cache, else None."""
    if isinstance(error, ValueError) and _REFUSED in str(error):
        return EngineError("this pipeline cannot make drafts with a cache", "Leave out --draft")
    return None
