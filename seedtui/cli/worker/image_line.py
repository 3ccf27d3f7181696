"""The line of output for an image, as JSON or for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from seedtui.cli.messages import print_json, say
from seedtui.core.images.record import ImageRecord


def print_line(path: Path, record: ImageRecord, size: tuple[int, int], label: str, more: dict[str, Any] | None) -> None:
    """Print the line of the image in `path`, of `size` pixels; as JSON, with the fields `more`, unless that is None."""
    if more is None:
        say(f"{path}  {label}")
        return
    width, height = size
    print_json(
        {
            "index": record.index,
            "seed": record.seed,
            "prompt": record.prompt,
            "suffix": record.suffix,
            "template": record.template,
            **({"hold": record.holds[-1].share} if record.holds else {}),
            **({"variations": msgspec.to_builtins(record.variations)} if record.variations else {}),
            **({"stop": record.stop.steps, "steps": record.recipe.steps} if record.stop else {}),
            **({"finish": {"strength": how.strength, "upscaler": how.upscaler}} if (how := record.finish) else {}),
            "path": str(path.absolute()),
            "sha256": record.sha256,
            "model": record.recipe.model,
            "revision": record.recipe.revision,
            "slot": record.slot,
            "width": width,
            "height": height,
            "round": record.round_id,
            **({"worker": record.worker} if record.worker else {}),
            "notes": list(record.notes),
            **more,
        }
    )
