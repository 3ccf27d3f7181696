"""The recipe's working files, written so that an interruption leaves the last good version."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch


@dataclass(frozen=True, slots=True)
class Work:
    """The recipe's working folder."""

    folder: Path

    @property
    def sprites(self) -> Path:
        return self.folder / "sprites.npz"

    @property
    def looks(self) -> Path:
        return self.folder / "looks.npy"

    @property
    def vae(self) -> Path:
        return self.folder / "vae.pt"

    @property
    def tokenizer(self) -> Path:
        return self.folder / "tokenizer"

    @property
    def unet(self) -> Path:
        return self.folder / "unet.pt"

    @property
    def classifier(self) -> Path:
        return self.folder / "classifier.pt"

    @property
    def figures(self) -> Path:
        return self.folder / "figures.json"


def save(path: Path, state: Any) -> None:
    """torch.save to another file, then rename: a reader sees either the old or the new file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(path.suffix + ".part")
    torch.save(state, aside)
    os.replace(aside, path)


def load(path: Path) -> Any:
    """Load what `save` wrote, on the CPU."""
    return torch.load(path, map_location="cpu", weights_only=True)
