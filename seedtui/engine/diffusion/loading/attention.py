"""The kernel that computes attention: one of PyTorch's own. None is ever downloaded."""

from __future__ import annotations

import contextlib
from typing import Any

from diffusers.models.attention_dispatch import attention_backend

from seedtui.core.errors import EngineError
from seedtui.core.recipes.recipe import BACKENDS, Attention

_chosen = contextlib.ExitStack()
"""Undoes what `choose` did to the process: Diffusers keeps the last backend for all models."""

_REFUSED = ("No viable backend", "No available kernel", "is not supported for native")
"""How PyTorch and Diffusers say that a kernel cannot compute what it is given."""


def choose(net: Any, attention: Attention) -> None:
    """Let `net` compute with `attention`, and forget what was chosen for the model before.

    Raises:
        EngineError: `net` leaves no choice.
    """
    _chosen.close()
    if attention == "auto":
        return
    if not any(hasattr(getattr(part, "processor", None), "_attention_backend") for part in net.modules()):
        raise EngineError(f"the attention of {type(net).__name__} cannot be chosen", "Leave out --attention")
    _chosen.enter_context(attention_backend("native"))  # leaving it restores what was set before
    net.set_attention_backend(BACKENDS[attention])


def refused(error: Exception) -> EngineError | None:
    """The error to raise if `error` says that a chosen kernel cannot be used here, else None."""
    if isinstance(error, RuntimeError | ValueError) and any(words in str(error) for words in _REFUSED):
        return EngineError(
            "this attention kernel cannot be used with this model, dtype and device", "Leave out --attention"
        )
    return None
