"""The fields that ask for a grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from seedtui.core.errors import InputError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.axis import Axis, parse_axis
from seedtui.core.rounds.seeds import parse_seeds

GRID_FIELDS = {"across": "guidance=3,5,7", "down": "seed=0-3", "seed": "0", "suffix": "none"}
"""In the order of the form, with an example, or what an empty one means."""

PRESETS: dict[str, str] = {
    "guidance": "3,5,7.5,10",
    "steps": "10,20,30",
    "scheduler": "ddim,euler,euler-a,dpm++2m",
    "spread": "0%,20%,40%",
    "hold": "0%,20%,40%,60%",
    "variation": "0%,5%,10%,20%,50%",
    "negative": "|blurry|text",
    "lora": "0,0.5,1",
}
"""Values to begin with, for axes that have no better ones."""


class GridWanted(NamedTuple):
    """A grid as the fields ask for it: `seed` and `suffix` are those of all images, unless an axis has them."""

    across: Axis
    down: Axis
    seed: int
    suffix: str

    @property
    def unused(self) -> frozenset[str]:
        """The fields that have no effect, as an axis has their values."""
        return frozenset({self.across.name, self.down.name} & {"seed", "suffix"})


def wanted_from(fields: Mapping[str, str]) -> GridWanted:
    """What `fields` ask for.

    Raises:
        InputError: a field is invalid.
    """
    across, down = parse_axis(fields["across"]), parse_axis(fields["down"])
    seed = fields["seed"].strip()
    seeds = parse_seeds(seed) if seed and "seed" not in (across.name, down.name) else (0,)
    if len(seeds) > 1:
        raise InputError("several seeds need an axis of their own", "Write down: seed=0-3")
    return GridWanted(across, down, seeds[0], fields["suffix"])


def presets(
    recipe: Recipe, suffixes: tuple[str, ...], seeds: str, steps: int, size: tuple[int, int]
) -> tuple[str, ...]:  # fmt: skip
    """Axes to begin with, as text: `suffixes` and `seeds` are those in use, `steps` and `size` the model's own."""
    width, height = size
    values = {
        "suffix": "|".join(("", *suffixes)),
        "seed": seeds,
        **PRESETS,
        **({"steps": ",".join(str(n) for n in (max(1, steps // 2), steps, steps * 2))} if steps else {}),
        **({"size": f"{width}x{height},{width}x{height * 3 // 2},{width * 3 // 2}x{height}"} if width else {}),
    }
    left_out = () if recipe.lora else ("lora",)
    return tuple(f"{name}={value}" for name, value in values.items() if name not in left_out)
