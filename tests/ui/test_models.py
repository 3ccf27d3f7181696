"""Models are chosen in the app: from a list, by a name, from a hub; rounds of each find the one they were made with."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import constants
from safetensors.numpy import save_file

from seedtui.engine.fake import FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.ui.screens.download import DownloadScreen
from seedtui.ui.screens.models import ModelScreen
from tests.support.hub import FakeHub


def folder(at: Path) -> Path:
    """What looks like a model, to all but Diffusers."""
    (at / "unet").mkdir(parents=True)
    (at / "unet" / "config.json").write_text("{}")
    save_file({"weight": np.zeros(100_000, np.float32)}, at / "unet" / "diffusion_pytorch_model.safetensors")
    index = {"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}
    (at / "model_index.json").write_text(json.dumps(index))
    return at


def loads(d) -> list[str]:
    return [Path(r.name).name for r in d.engine.requests if isinstance(r, p.Load)]


async def choose(d, name: str) -> None:
    """Choose by typing."""
    await d.pilot.press("m")
    await d.until(lambda: isinstance(d.app.screen, ModelScreen) and d.app.screen._scanned)
    d.app.screen.typed.value = name
    await d.pilot.pause()
    await d.pilot.press("enter")
    await d.until(lambda: not isinstance(d.app.screen, ModelScreen))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """The folder that the app stands in, with a model in it."""
    return folder(tmp_path / "saved" / "mine").parent


async def test_a_model_is_chosen_and_loaded_and_rounds_of_the_former_one_stay(desk, saved):
    async with desk(prompt="a cat") as d:
        await d.done(1)
        await d.pilot.press("m")
        await d.until(lambda: isinstance(d.app.screen, ModelScreen) and d.app.screen._scanned)
        screen = d.app.screen
        assert [row.shown for row in screen._shown] == ["starter", "mine", "sd15"]
        assert screen.rows.highlighted == 0
        await d.pilot.press("down", "enter")
        await d.until(lambda: d.app.state.model and d.app.state.model.name.endswith("mine"))
        assert loads(d) == ["starter", "mine"]
        await d.pilot.press("g")
        await d.done(2)
        assert [Path(r.recipe.model).name for r in d.engine.rounds] == ["starter", "mine"]
        assert len(d.app.state.lineage.rounds) == 2


async def test_a_pick_of_another_model_is_refined_with_that_model(desk, saved):
    async with desk(prompt="a cat") as d:
        await d.done(1)
        await choose(d, "mine")
        await d.until(lambda: d.app.state.model and "mine" in d.app.state.model.name)
        await d.pilot.press("r")
        await d.until(lambda: len(d.app.state.round_views) == 2)
        await d.done(2)
        assert loads(d) == ["starter", "mine", "starter"]
        assert d.engine.rounds[-1].recipe.model == "starter"
        await d.pilot.press("g")  # the next explore round is made with the chosen one again
        await d.done(3)
        assert loads(d)[-1] == "mine"


async def test_a_model_that_is_chosen_while_a_round_runs_is_loaded_behind_it(desk, saved):
    async with desk(prompt="a cat", make=lambda n: FakeEngine(by_hand=True)) as d:
        await d.until(lambda: d.app.state.job)
        await choose(d, "mine")
        assert loads(d) == ["starter"]
        d.engine.finish(d.engine.rounds[-1])
        await d.until(lambda: loads(d) == ["starter", "mine"])
        await d.done(1)


async def test_the_model_of_a_round_that_is_gone_fails_that_round_alone(desk, saved):
    async with desk(prompt="a cat") as d:
        await d.done(1)
        await choose(d, "mine")
        await d.pilot.press("g")
        await d.done(2)
        await choose(d, "starter")
        (saved / "mine" / "model_index.json").unlink()
        await d.pilot.press("r")
        await d.until(lambda: [b.status for b in d.app.state.round_views.values()] == ["done", "done", "failed"])
        assert d.app.state.problem
        await d.pilot.press("g", "g")
        await d.done(3)


async def test_a_name_that_leads_nowhere_is_said_and_another_can_be_typed(desk, saved):
    async with desk() as d:
        await d.pilot.press("escape", "m")
        screen = d.app.screen
        await d.until(lambda: screen._scanned)
        screen.typed.value = "nope"
        await d.pilot.press("enter")
        await d.until(lambda: "no model" in str(screen.about.render()))
        screen.typed.value = "no/such"  # the hub is offline in tests
        await d.pilot.press("enter")
        await d.until(lambda: "switched off" in str(screen.about.render()))
        await d.pilot.press("escape")
        assert d.app.screen is d.app.main
        assert loads(d) == ["starter"]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12)])
async def test_a_model_of_the_hub_is_downloaded_after_consent(desk, tmp_path, monkeypatch, size):
    fake = FakeHub({"someone/tiny": folder(tmp_path / "repository")})
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with fake.serve() as address:
        monkeypatch.setattr(constants, "ENDPOINT", address)
        template = address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        async with desk(size=size) as d:
            await d.pilot.press("escape", "m")
            screen = d.app.screen
            await d.until(lambda: screen._scanned)
            screen.typed.value = "someone/tiny"
            await d.pilot.press("enter")
            await d.until(lambda: isinstance(d.app.screen, DownloadScreen))
            assert "400 kB in 3 files" in str(d.app.screen.what.render())
            assert not fake.asked
            await d.pilot.press("escape")
            await d.until(lambda: d.app.screen is screen)
            assert not fake.asked
            await d.pilot.press("enter")
            await d.until(lambda: isinstance(d.app.screen, DownloadScreen))
            await d.pilot.press("enter")
            await d.until(lambda: d.app.state.model and d.app.state.model.name == "someone/tiny")
            assert fake.asked
