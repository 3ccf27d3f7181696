"""The pictures that are compared, what is known of their differences, and what is said about them. No widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os.path import commonprefix

from seedtui.app.pictures.compared_images import Side
from seedtui.core.images.difference import Difference
from seedtui.core.images.picture import Picture
from seedtui.core.text.display import visible
from seedtui.ui.viewport import DIFFERENCES, PICTURES, Layer


class Comparison:
    """`sides` are two to four; the first is what the others are compared with. Pictures come later, with `put`."""

    def __init__(self, sides: Sequence[Side]) -> None:
        self.sides = list(sides)
        self.pictures: dict[Layer, Picture] = {}
        self.differences: dict[Layer, Difference | None] = {}
        """None: the pictures have different sizes."""

    def put(self, round_id: str, pictures: Mapping[int, Picture]) -> None:
        """Take what is needed from the pictures of a round, by index."""
        for layer, side in zip(PICTURES, self.sides, strict=False):
            if side.place[0] == round_id and side.place[1] in pictures:
                self.pictures.setdefault(layer, pictures[side.place[1]])

    def replace(self, layer: Layer, side: Side) -> None:
        """Show `side` as the picture `layer`."""
        self.sides[PICTURES.index(layer)] = side
        for gone in (layer, *(d for d in DIFFERENCES if layer in d)):
            self.pictures.pop(gone, None)
            self.differences.pop(gone, None)

    def to_measure(self) -> dict[Layer, tuple[Picture, Picture]]:
        """The pairs of pictures whose difference is not known yet, by the layer of the difference."""
        first = self.pictures.get("a")
        return {
            difference: (first, other)
            for difference in DIFFERENCES
            if first and difference not in self.differences and (other := self.pictures.get(_other(difference)))
        }

    def add(self, layer: Layer, pair: tuple[Picture, Picture], found: Difference | None, heat: Picture | None) -> None:
        """The difference of `pair` is known, and its `heat` map; ignored if one of them was replaced since."""
        if (self.pictures.get("a"), self.pictures.get(_other(layer))) == pair:
            self.differences[layer] = found
            if heat is not None:
                self.pictures[layer] = heat

    def label(self, layer: Layer) -> str:
        """The words above a picture, or a difference."""
        if layer in PICTURES:
            return f"{layer.upper()} · {self.sides[PICTURES.index(layer)].label}"
        found = self.differences.get(layer)
        name = "difference" if len(self.sides) == 2 else f"difference of A and {_other(layer).upper()}"
        return f"{name} · brightest {found.largest}/255" if found and found.largest else name

    def missing(self, layer: Layer) -> str:
        """The words in place of a picture that is not there."""
        return "different sizes: there is no difference to draw" if layer in self.differences else "reading…"

    def title(self) -> str:
        """What the prompts have in common, and how each goes on from there."""
        prompts = [visible(side.prompt) for side in self.sides]
        if len(set(prompts)) == 1:
            return prompts[0]
        common = commonprefix(prompts)  # noqa: RUF071  # of strings it is
        if common not in prompts:
            common = common[: common.rfind(" ") + 1]  # whole words
        ends = dict.fromkeys(end for prompt in prompts if (end := prompt.removeprefix(common)))
        return f"{common}  →  {' | '.join(ends)}"

    def figures(self) -> str:
        """How much the others differ from the first."""
        if len(self.sides) > 2:
            return "   ".join(self._short(layer) for layer in DIFFERENCES[: len(self.sides) - 1])
        if found := self.differences.get("ab"):
            return found.measured
        if not {"a", "b"} <= self.pictures.keys():
            return "reading…"
        a, b = self.pictures["a"], self.pictures["b"]
        if (a.width, a.height) != (b.width, b.height):
            return f"different sizes: {a.width}x{a.height} and {b.width}x{b.height}"
        return "comparing…"

    def _short(self, layer: Layer) -> str:
        name = f"A-{_other(layer).upper()}"
        if layer not in self.differences:
            return f"{name} …"
        found = self.differences[layer]
        if found is None:
            return f"{name} different sizes"
        return f"{name} {found.psnr:.1f} dB PSNR" if found.pixels else f"{name} identical"


def _other(difference: Layer) -> Layer:
    """The picture that is compared with the first one."""
    return PICTURES[DIFFERENCES.index(difference) + 1]
