"""The starter model in a real worker: scouted, culled, killed, finished, and equal to what `generate` makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedtui.app.events import EngineEvent
from seedtui.core.errors import Problem
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.axis import Axis
from seedtui.core.rounds.stop import Stop
from seedtui.engine.client.connection import Worker
from seedtui.engine.wire import protocol as p
from tests.support.headless import Headless

pytestmark = pytest.mark.slow


def start(home: Path, session: str = "") -> Headless:
    return Headless(
        home, lambda number: Worker(home / "worker.log"), session or None, Recipe(steps=10, width=128, height=128)
    )


def hashes(app: Headless) -> dict[int, str]:
    """Of the images of the newest round, by seed."""
    app.controller.pictures.show(app.state.lineage.rounds[-1])
    app.until(lambda: all(app.view.records))
    return {record.seed: record.sha256 for record in app.view.records if record}


def test_kept_ones_equal_full_runs_even_after_kills(tmp_path: Path) -> None:
    app = start(tmp_path)
    assert app.controller.scouting.begin("a red fox", "0-7", Stop(share=0.3))
    app.until(lambda: len(app.view.kept) >= 4)
    app.engines[0].kill()
    app.controller.handle(EngineEvent(1, p.WorkerDied(Problem("engine", "the worker was killed"))))
    app.until(lambda: app.state.worker_gone)
    app.controller.restart()
    app.done()
    scouted = app.view.round
    assert len(app.view.kept) == 8 and "scouted in" in app.view.outcome and "full runs" in app.view.outcome
    assert len(list(tmp_path.glob("library/pictures/*/saved/*/*.safetensors"))) == 8
    app.controller.scouting.decode(5)
    app.until(lambda: app.controller.pictures.is_decoded((scouted.id, 5)))
    whole = app.controller.pictures.cached((scouted.id, 5))
    assert whole and (whole.width, whole.height) == (128, 128)
    app.controller.scouting.keep([1, 6], True)
    app.until_written()
    session = app.controller.sessions.session
    app.close()

    app = start(tmp_path, session)
    app.until(lambda: app.state.round_view)
    assert app.controller.scouting.finish()
    app.done(2)
    finished = hashes(app)  # made both ways, to see whether they are the same
    app.controller.pictures.show(scouted)
    app.controller.scouting.keep([2, 7], True)
    assert app.controller.scouting.finish()
    app.done(3)
    assert "30% of the steps were saved" in app.state.activity.words
    finished |= hashes(app)
    app.controller.requests.generate("a red fox", "0-7")
    app.done(4)
    made = hashes(app)
    assert finished == {seed: made[seed] for seed in (1, 2, 6, 7)}

    # a grid of what is there already and what is not
    app.controller.scouting.grid("a red fox", Axis("seed", ("0-3",)), Axis("suffix", ("", ", at night")))
    app.done(5)
    app.controller.pictures.show(app.state.lineage.rounds[-1])
    assert app.view.asked == 4
    assert [app.view.records[i].sha256 for i in range(4)] == [made[seed] for seed in range(4)]
    for index in (1, 6):  # one that was copied, one that was made
        app.controller.pictures.pick(index)
        app.controller.verify()
        app.until(lambda: app.state.note((app.view.round.id, app.view.pick)) and not app.state.verifying)
        assert app.state.note((app.view.round.id, index)).text == "✓ exact"
    app.controller.pictures.show(scouted)
    app.controller.pictures.pick(3)
    app.controller.verify()
    app.until(lambda: app.state.note((scouted.id, 3)) and not app.state.verifying)
    assert app.state.note((scouted.id, 3)).text == "✓ exact"
    app.close()
