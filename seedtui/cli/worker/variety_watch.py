"""Watches how different the pictures of an explore round are, and says so where the seeds look alike."""

from __future__ import annotations

from typing import Any

from seedtui.core.images.picture import Picture
from seedtui.core.images.variety import RunningVariety, look_alike, sketch
from seedtui.core.rounds.rounds import Round


class VarietyWatch:
    """Sees the pictures of `round_` one after the other; other rounds than explore rounds are meant to look alike."""

    def __init__(self, round_: Round) -> None:
        self._explores, self._spread = round_.kind == "explore", round_.recipe.spread
        self._variety = RunningVariety()

    def after(self, picture: Picture) -> dict[str, Any]:
        """What `picture` adds to its line of JSON: the variety of it and those before it, None for the first."""
        if not self._explores:
            return {}
        self._variety.add(sketch(picture))
        value = self._variety.value
        return {"variety": value if value is None else round(value, 4)}

    def told(self) -> str:
        """What to say of the whole round; "" if the pictures are as different as usual."""
        value = self._variety.value
        if value is None or not look_alike(value):
            return ""
        cure = f"a --spread above {self._spread:.0%}" if self._spread else "--spread 40%"
        return f"these seeds look nearly alike (variety {value:.1%}). For pictures that differ more, try {cure}."
