"""Scouting against whole runs: ``python -m tests.bench.scouting [SEEDS] [KEPT] [STOP] [SIZE]``.

The starter model runs SEEDS seeds (64) up to STOP (30%), finishes KEPT of them (16), spread over all, and then makes
all of them whole. Prints the times, their ratio beside the share of the steps, what was saved, and whether each
finished image is the one of its whole run, bit for bit.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Round
from seedtui.core.rounds.saved import saved_bytes
from seedtui.core.rounds.scout import scout
from seedtui.core.rounds.stop import parse_stop
from seedtui.engine.diffusion.pipeline import Pipeline
from seedtui.engine.wire import protocol as p
from seedtui.models.resolve import find_model
from tests.support.scouting import hashes, keeping, run


def main(seeds: int = 64, kept: int = 16, stop: str = "30%", side: int = 0) -> None:
    model = find_model("starter")
    pipeline = Pipeline.load(p.Load(model.name, str(model.path), device="cpu"), lambda event: None)
    recipe, limit = Recipe(width=side or None, height=side or None), parse_stop(stop)

    def timed(round_: Round, folder: Path | None = None) -> tuple[float, list[p.Message]]:
        began = time.perf_counter()
        events = run(pipeline, round_, folder)
        return time.perf_counter() - began, events

    run(pipeline, explore("warm", range(4), recipe))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "saved"
        scouted = scout("a cat", range(seeds), limit, recipe)
        scouting, _ = timed(scouted, folder)
        size = sum(file.stat().st_size for file in folder.iterdir())
        finishing, events = timed(keeping(scouted, *range(0, seeds, max(1, seeds // kept))[:kept]), folder)
    whole, all_ = timed(explore("a cat", range(seeds), recipe))
    done, expected = hashes(events), hashes(all_)
    last = events[-1]
    assert isinstance(last, p.RoundDone)
    same = sum(expected[seed] == one for seed, one in done.items())
    share = limit.of(pipeline.info.steps) / pipeline.info.steps
    print(f"{seeds} seeds to {stop}: {scouting:.1f} s, {scouting / whole:.0%} of {whole:.1f} s for whole runs "
          f"(share of the steps {share:.0%})")  # fmt: skip
    print(f"{len(done)} finished: {finishing:.1f} s, {last.replayed:.0%} not computed again; "
          f"whole they would take {whole * len(done) / seeds:.1f} s")  # fmt: skip
    print(f"together {scouting + finishing:.1f} s, {(scouting + finishing) / whole:.0%} of whole runs")
    print(f"saved: {size:,} bytes, told before: {saved_bytes(pipeline.info, recipe, limit, seeds):,}")
    print(f"exact: {same} of {len(done)}")


if __name__ == "__main__":
    words = sys.argv[1:]
    main(*map(int, words[:2]), *words[2:3], *map(int, words[3:4]))
