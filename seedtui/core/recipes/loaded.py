"""What of a loaded model decides pixels, for functions that need no more of it, such as `protocol.ModelInfo` has."""

from __future__ import annotations

from typing import Protocol

from seedtui.core.recipes.lora import Lora


class Weights(Protocol):
    """Its weights, and where they are."""

    @property
    def revision(self) -> str: ...
    @property
    def dtype(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def transformer_sha256(self) -> str: ...
    @property
    def lora(self) -> tuple[Lora, ...]: ...


class Defaults(Protocol):
    """What it uses where a recipe leaves a setting open."""

    @property
    def dtype(self) -> str: ...
    @property
    def scheduler(self) -> str: ...
    @property
    def steps(self) -> int: ...
    @property
    def guidance(self) -> float | None: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
