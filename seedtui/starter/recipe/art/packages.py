"""The public emoji art that the starter model learns from: the npm packages and their files."""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

VECTOR_PACKAGES: Mapping[str, str] = {
    "colour": "@iconify-json/fluent-emoji",
    "flat": "@iconify-json/fluent-emoji-flat",
}
"""The package of each SVG rendering. All are Fluent Emoji (MIT), so that the poses match."""

_FILL = re.compile(r'fill="(?!none)[^"]*"')

RENDER_PACKAGE = "@lobehub/fluent-emoji-3d"
"""WebP renders of Fluent Emoji in 3D (MIT); the rendering called `solid`."""

RENDERINGS = ("colour", "flat", "stroke", "solid")
"""`stroke` is the outline of each of the flat drawing's shapes, in white on black."""


def fetch_packages(folder: Path) -> Path:
    """Install the emoji packages in `folder` with npm, and return its `node_modules`."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [*VECTOR_PACKAGES.values(), RENDER_PACKAGE]
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *names], check=True)
    return folder / "node_modules"


def codepoints(emoji: str, *, variation: bool = True) -> str:
    """The code points joined with hyphens, as in the packages' file names: `"1f415"` for a dog."""
    return "-".join(f"{ord(char):x}" for char in emoji if variation or char != "\ufe0f")


@dataclass(frozen=True, slots=True)
class IconSet:
    """One iconify package: SVG bodies by name, and names by code points."""

    icons: Mapping[str, Mapping[str, object]]
    chars: Mapping[str, str]
    size: int

    @classmethod
    def load(cls, folder: Path, chars_from: Path | None = None) -> "IconSet":
        """Read a package's JSON. `chars_from` is a package with the same icon names, if this one has no chars.json."""
        data = json.loads((folder / "icons.json").read_text())
        chars = json.loads(((chars_from or folder) / "chars.json").read_text())
        return cls(data["icons"], chars, int(data.get("width", 32)))

    def svg(self, emoji: str, stroke: float = 0.0) -> str:
        """The emoji's drawing as an SVG document. Raises KeyError if the package lacks it.

        With a `stroke` (the drawing is 32 wide), every shape is black with a white outline of that width.
        """
        name = self.chars.get(codepoints(emoji)) or self.chars[codepoints(emoji, variation=False)]
        icon = self.icons[name]
        width, height = icon.get("width", self.size), icon.get("height", self.size)
        body = str(icon["body"])
        if stroke:
            outlined = f'fill="#000" stroke="#fff" stroke-width="{stroke}" stroke-linejoin="round"'
            body = _FILL.sub(outlined, body)
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{body}</svg>'


@cache
def icon_sets(packages: Path) -> dict[str, IconSet]:
    """The icons of every vector rendering, from a `node_modules` folder."""
    flat = packages / VECTOR_PACKAGES["flat"]
    return {
        rendering: IconSet.load(packages / package, flat if rendering == "colour" else None)
        for rendering, package in VECTOR_PACKAGES.items()
    }
