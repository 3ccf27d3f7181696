"""``seedtui info``: how an image was made, as recorded in its file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from seedtui.cli import options as o
from seedtui.cli.declaration import command
from seedtui.cli.foreign_images import as_json
from seedtui.cli.foreign_images import rows as foreign_rows
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import for_each, print_json
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.axis import place_in
from seedtui.core.shares import percent
from seedtui.core.text.formatting import counted
from seedtui.library.images.png import pixels_intact, read_png
from seedtui.library.opening import is_ours, open_image


@command
@o.images("PNG, JPEG or WebP files made by seedtui or another program.")
@o.json
def info(images: tuple[Path, ...], json: bool) -> int:
    """Show how images were made.

    Prompt, seed, recipe and environment, as recorded in each file. For an image made by another program, what
    seedtui open reads from it.
    """

    def show(path: Path) -> None:
        if not is_ours(path):
            opened = open_image(path, load_config().recipe)
            if json:
                print_json(as_json(opened))
            else:
                _print_table(path, foreign_rows(opened.image))
            return
        picture, record = read_png(path)
        intact = pixels_intact(picture, record)
        if json:
            about = {"path": str(path.absolute()), "width": picture.width, "height": picture.height}
            print_json(about | {"file_intact": intact} | msgspec.to_builtins(record))
        else:
            _print_table(path, rows(record, f"{picture.width}x{picture.height}", intact))

    return for_each(images, show)


def rows(record: ImageRecord, size: str, intact: bool) -> dict[str, Any]:
    """The rows to show of `record`, by name. Missing values are empty."""
    recipe, parent = record.recipe, record.parent
    return {
        "prompt": record.prompt,
        "template": record.template,
        "suffix": record.suffix,
        "seed": record.seed,
        "variations": ", ".join(map(str, record.variations)),
        "hold": "; ".join(f"{percent(hold.share)} {hold.prompt}" for hold in record.holds),
        "negative": recipe.negative,
        "encoding": recipe.prompt_encoding if recipe.prompt_encoding != "plain" else None,
        "model": recipe.model,
        "weights": recipe.revision,
        "transformer": f"{recipe.transformer}, {recipe.transformer_sha256[:12]}" if recipe.transformer else None,
        "lora": "; ".join(f"{x.path}, weight {x.weight:g}, {(x.sha256 or '')[:12]}" for x in recipe.lora),
        "size": size,
        "spread": f"{percent(recipe.spread)}, for {percent(recipe.spread_share)} of the steps"
        if recipe.spread
        else None,
        "steps": recipe.steps,
        "stop": _stop(record),
        "guidance": recipe.guidance,
        "scheduler": recipe.scheduler,
        "made on": record.worker,
        "made with": " · ".join(_machine(record)),
        "adjusted": "; ".join(record.adjustments.words),
        "finished": _finished(record),
        "made from": source_line(record.source) if record.source else None,
        "batch": f"slot {record.slot} of {recipe.batch_size}{_seeds(record)}",
        "round": f"{record.round_id}, image {record.index}",
        "place": _place(record),
        "picked from": f"{parent.round_id}, image {parent.index}" if parent else None,
        "notes": "; ".join(record.notes),
        "pixels": f"{record.sha256}{'' if intact else ' (the file was changed since)'}",
    }


def _stop(record: ImageRecord) -> str | None:
    """Where a scout round stopped: ``step 2, a preview of 512x512``."""
    if record.stop is None:
        return None
    if record.stop.decoded:
        return f"{record.stop}, decoded"
    return f"{record.stop}, a preview of {record.recipe.width}x{record.recipe.height}"


def _finished(record: ImageRecord) -> str | None:
    """How: ``strength 30%, upscaler lanczos``."""
    how = record.finish
    if how is None:
        return None
    if not how.keeps_source:
        return "anew, from the same seed"
    return f"strength {percent(how.strength)}, upscaler {how.upscaler}{f', {how.sha256[:12]}' if how.sha256 else ''}"


def _place(record: ImageRecord) -> str | None:
    """Where in its grid it is: ``row 2, column 1: seed by guidance``."""
    if not record.axes:
        return None
    across, down = record.axes
    row, column = place_in(record.axes, record.index)
    if row >= down.size:
        return None
    return f"row {row + 1}, {down.labels[row]}; column {column + 1}, {across.labels[column]}"


def source_line(source: ImageRecord) -> str:
    """The source of a finished image: what it is, and the hash of its pixels."""
    return f"{source.label}, {source.recipe.width}x{source.recipe.height}, {source.sha256[:12]}"


def _seeds(record: ImageRecord) -> str:
    seeds = record.batch.seeds if record.batch else ()
    return f", seeds {', '.join(map(str, seeds))}" if len(set(seeds)) > 1 else ""


def _machine(record: ImageRecord) -> list[str]:
    where = record.environment
    names = ("torch", "diffusers", "transformers", "compel", "cudnn", "cuda", "rocm", "driver")
    versions = [f"{name} {getattr(where, name)}" for name in names if getattr(where, name)]
    threads = [counted(where.threads, "thread")] if where.threads else []
    generator = {"cpu": ["noise from the CPU"], "philox": ["noise from philox"]}
    noise = generator.get(record.recipe.generator_device or "", [])
    place = [where.gpu or record.recipe.device or "", record.recipe.dtype or ""]
    return [word for word in (*place, *noise, *versions, *threads) if word]


def _print_table(path: Path, table: dict[str, Any]) -> None:
    from rich.table import Table

    from seedtui.core.text.console import cell, console

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in table.items():
        if value not in (None, ""):
            grid.add_row(name, cell(value))
    out = console()
    out.print(cell(path, "bold"), soft_wrap=True)
    out.print(grid)
