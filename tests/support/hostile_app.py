"""The real app in which everything that somebody else may have written is hostile; the text is in HOSTILE.

HOSTILE=... python -m tests.support.hostile_app
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from msgspec.structs import replace

from seedtui.app.launch import Launch
from seedtui.core.config.settings import Config
from seedtui.core.errors import Problem
from seedtui.core.images.environment import Environment
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Round
from seedtui.engine.fake import FakeEngine, image
from seedtui.engine.wire import protocol as p
from seedtui.starter import WEIGHTS
from seedtui.terminal import Terminal, make_renderer

EVIL = os.environ["HOSTILE"]
PROBLEM = Problem("engine", f"it broke: {EVIL}", f"mend {EVIL}")


class HostileEngine(FakeEngine):
    """As a worker whose model, libraries and files say `EVIL`, whatever they are asked."""

    def send(self, request: p.Request) -> None:
        match request:
            case p.Load():
                self._events.put(p.Loading(f"unet {EVIL}", 1, 2))
                self._events.put(p.Told(f"told {EVIL}"))
                self._events.put(p.Loaded(_model(request.name)))
                return
            case p.CountTokens(ticket, prompts):
                counts = tuple(p.TokenCount(99, f"cut {EVIL}") for _ in prompts)
                self._events.put(p.Tokens(ticket, counts, 38))
                return
            case p.Run(round) if "fail" in round.prompt:
                self._events.put(p.RoundFailed(round.id, PROBLEM))
                return
        super().send(request)

    def finish(self, round_: Round, fallback: object = None) -> None:
        for shot in round_.shots:
            ready = image(round_, shot.index)
            self._events.put(replace(ready, record=replace(ready.record, notes=(f"note {EVIL}",))))
        self._events.put(p.RoundDone(round_.id, 0.5))


def _model(name: str) -> p.ModelInfo:
    return p.ModelInfo(
        name=name, pipeline=EVIL, revision=EVIL, dtype="float32", device="cpu",
        scheduler=EVIL, steps=4, guidance=7.5, width=16, height=16, multiple=8, token_limit=38, takes_negative=True,
        environment=Environment(),
    )  # fmt: skip


def main() -> None:
    from seedtui.library.library import Library
    from seedtui.ui import app as ui_app

    class App(ui_app.SeedtuiApp):
        CSS_PATH = str(Path(ui_app.__file__).with_name("app.tcss"))  # else looked for beside this file

    home = Path(os.environ["SEEDTUI_HOME"])
    lines = (f", one {EVIL}", ", two")
    sets = {"[/b]": lines, "[red]x": lines}
    config = Config(model_folders=(str(home / "models"),), suffix_sets=sets, suffixes="[/b]")
    model = home / "models" / "x[" / "b][red][@click=app.quit]"
    shutil.copytree(WEIGHTS, model, copy_function=os.symlink, dirs_exist_ok=True)
    recipe = Recipe(model=str(model), negative=f"no {EVIL}")
    app = App(
        HostileEngine, lambda: Library(home / "library"), make_renderer(Terminal("quad")),
        Launch(recipe, config, f"a cat {EVIL}", notices=(f"opened {EVIL}", f"of {EVIL}")), save_to=home / "saved",
    )  # fmt: skip
    app.run()
    print(f"the app has ended with code {app.return_code}", flush=True)


if __name__ == "__main__":
    main()
