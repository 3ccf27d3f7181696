"""The results of `bench`: figures, a table, and bars in the terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.text.formatting import counted, size_in_words
from seedtui.engine.wire.baseline_protocol import Answer

if TYPE_CHECKING:
    from rich.table import Table

_SHORT = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16"}
_BAR = 40


@dataclass
class Result:
    """The result of one contender. `load`, `first` and `rounds` are in seconds, `peak` is in bytes.

    `speed` is relative to the script: the median over all turns of the ratio to the script's round in the same turn.
    """

    name: str
    load: float
    first: float
    rounds: list[float] = field(default_factory=list)
    peak: int = 0
    speed: float = 1.0

    @property
    def next(self) -> float:
        """The median time of a round in seconds."""
        return median(self.rounds)

    def against(self, script: Result) -> None:
        """Set `speed` by comparing with `script`, turn by turn."""
        self.speed = median(theirs / ours for ours, theirs in zip(self.rounds, script.rounds, strict=True))


@dataclass
class PoolResult:
    """A pool beside one of its workers. `one` and `pool` are the seconds of rounds of `seeds` images, turn by turn.

    `workers` are alike, with `threads` CPU threads each. `differing` images were not the same in every bit.
    """

    workers: int
    threads: int
    seeds: int
    one: list[float] = field(default_factory=list)
    pool: list[float] = field(default_factory=list)
    differing: int = 0

    @property
    def ratio(self) -> float:
        """How many times as fast the pool is: the median over all turns."""
        return median(one / pool for one, pool in zip(self.one, self.pool, strict=True))

    @property
    def words(self) -> str:
        """The result as sentences."""
        each = f" of {counted(self.threads, 'thread')} each" if self.threads else ""
        images = self.seeds * len(self.pool)
        same = f"{self.differing:,} of {images:,} images differ" if self.differing else "hashes equal"
        return (
            f"{counted(self.workers, 'worker')}{each}: {self.seeds} seeds in {median(self.pool):.2f} s, "
            f"{self.seeds / median(self.pool):.2f} images/s; one of them alone: {median(self.one):.2f} s. "
            f"Speed: {self.ratio:.2f}x, {same}."
        )

    def line(self) -> dict[str, Any]:
        """The object for `--json`."""
        return {
            "name": "pool", "workers": self.workers, "threads": self.threads, "seeds": self.seeds,
            "one_s": median(self.one), "pool_s": median(self.pool), "one_rounds_s": self.one,
            "pool_rounds_s": self.pool, "images_per_s": self.seeds / median(self.pool), "speed": self.ratio,
            "hashes_equal": not self.differing,
        }  # fmt: skip


@dataclass
class Report:
    """All results. `flop` is the work of a round, `fastest` the FLOP/s of a large matrix product."""

    model: str
    recipe: Recipe
    about: Answer = field(default_factory=Answer)
    results: list[Result] = field(default_factory=list)
    flop: float = 0.0
    fastest: float = 0.0
    pool: PoolResult | None = None

    def images_per_second(self, result: Result) -> float:
        return self.recipe.batch_size / result.next

    def steps_per_second(self, result: Result) -> float:
        """Steps of the whole batch per second; the time includes decoding."""
        return (self.recipe.steps or 0) / result.next

    def share(self, result: Result) -> float:
        """The share of the FLOP/s that this device reached in the same run, 0 to 1."""
        return self.flop / result.next / self.fastest if self.fastest else 0.0

    @property
    def title(self) -> str:
        """What was measured, and where."""
        recipe, about = self.recipe, self.about
        size = f", {recipe.width}x{recipe.height}" if recipe.width else ""
        where = about.device_name or f"{cpu_name()}, {about.threads} of {os.cpu_count()} cores"
        made = f"{_SHORT.get(about.dtype, about.dtype)}, batch of {recipe.batch_size}, {recipe.steps} steps{size}"
        return f"{self.model} on {where}: {made}; torch {about.torch}, diffusers {about.diffusers}"

    def lines(self) -> Iterator[dict[str, Any]]:
        """Objects for `--json`: one for the run, and one per contender."""
        recipe, about = self.recipe, self.about
        yield {
            "model": self.model, "device": about.device, "device_name": about.device_name or cpu_name(),
            "threads": about.threads, "dtype": about.dtype, "batch_size": recipe.batch_size, "steps": recipe.steps,
            "width": recipe.width, "height": recipe.height, "torch": about.torch, "diffusers": about.diffusers,
            "flop_per_round": self.flop, "matmul_flop_per_second": self.fastest,
        }  # fmt: skip
        for result in self.results:
            yield {
                "name": result.name, "load_s": result.load, "first_round_s": result.first,
                "round_s": result.next, "rounds_s": result.rounds,
                "steps_per_s": self.steps_per_second(result), "images_per_s": self.images_per_second(result),
                "share_of_limit": self.share(result), "peak_bytes": result.peak, "speed": result.speed,
            }  # fmt: skip
        if self.pool:
            yield self.pool.line()


def print_report(report: Report) -> None:
    """Print the table and the bars to standard output."""
    from seedtui.core.text.console import cell, console

    out = console()
    out.print(cell(report.title, "bold"))
    out.print(_table(report))
    out.print(cell(_legend(report), "dim"))
    out.print()
    for line in bars(report):
        out.print(cell(line))
    if report.pool:
        out.print()
        out.print(cell(report.pool.words))


def bars(report: Report) -> list[str]:
    """Images per second as bars, with a resolution of an eighth of a cell."""
    most = max(map(report.images_per_second, report.results))
    wide = max(len(result.name) for result in report.results)
    lines = []
    for result in report.results:
        rate = report.images_per_second(result)
        full, rest = divmod(round(rate / most * _BAR * 8), 8)
        bar = "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")
        lines.append(f"{result.name.ljust(wide)}  {bar.ljust(_BAR)}  {rate:.2f} images/s")
    return lines


def cpu_name() -> str:
    """The name of the processor."""
    import platform

    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _table(report: Report) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("", "load", "first", "next", "steps/s", "images/s", "of limit", "memory", "speed"):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    for result in report.results:
        table.add_row(
            result.name, f"{result.load:.1f} s", f"{result.first:.2f} s", f"{result.next:.2f} s",
            f"{report.steps_per_second(result):.2f}", f"{report.images_per_second(result):.2f}",
            f"{report.share(result):.0%}", size_in_words(result.peak) if result.peak else "–", f"{result.speed:.2f}x",
        )  # fmt: skip
    return table


def _amount(flop: float) -> str:
    return f"{flop / 1e12:.3g} TFLOP" if flop >= 1e12 else f"{flop / 1e9:.3g} GFLOP"


def _legend(report: Report) -> str:
    count = counted(len(report.results[0].rounds), "round")
    return (
        f"next: median of {count}, with the contenders taking turns; speed: relative to the script in the same "
        f"turn. Limit: {_amount(report.fastest)}/s, measured with a matrix product in the same run; "
        f"a round takes {_amount(report.flop)}."
    )
