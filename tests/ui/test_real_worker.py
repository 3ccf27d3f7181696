"""The app over a real worker: keys are answered whatever the worker does, and one key mends it."""

from __future__ import annotations

import os
import signal

import pytest
from textual.events import Key

from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.client import connection
from seedtui.engine.client.connection import Worker
from seedtui.engine.client.keep_alive import seen, start_worker, stop

pytestmark = pytest.mark.slow


async def until(d, true, what=""):
    """As `RunningApp.until`, for what a real worker takes its time for."""
    for _ in range(3000):
        await d.pilot.pause(0.02)
        if true():
            return
    raise AssertionError(what or "never happened")


async def echo(d, letter):
    """Type `letter` in the prompt, and wait until it is there; how often the round was told to go on meanwhile, which
    it is at most every fifth of a second."""
    prompt, told = d.app.main.prompt_bar.prompt, [d.app.state.activity.done]
    value = prompt.text

    def is_there():
        if d.app.state.activity.done != told[-1]:
            told.append(d.app.state.activity.done)
        return prompt.text != value

    d.app.post_message(Key(letter, letter))
    await until(d, is_there, f"no echo of {letter}")
    assert prompt.text[prompt.cursor_location[1] - 1] == letter
    return len(told) - 1


async def test_no_key_waits_for_a_round_or_for_the_model(desk, tmp_path):
    async with desk(make=lambda n: Worker(tmp_path / "worker.log"), recipe=Recipe(steps=400)) as d:
        d.app.main.prompt_bar.prompt.text = ""
        for letter in "whileitloads":
            await echo(d, letter)
        assert d.app.state.model is None
        await d.pilot.press("enter", "p")
        await until(d, lambda: d.app.state.activity.total == 400 and d.app.state.activity.done > 2)
        waited = [await echo(d, letter) for letter in "andwhileitruns"]
        assert max(waited) <= 1, waited
        await d.pilot.press("escape", "x")
        await until(d, lambda: d.app.state.round_view.status == "cancelled")
        assert d.app.state.activity.words.startswith("cancelled after step")


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL, signal.SIGSEGV])
async def test_a_worker_that_hangs_or_dies_is_told_and_one_key_mends_it(desk, tmp_path, models, monkeypatch, number):
    monkeypatch.setattr(connection, "BEAT", 0.1)
    recipe = Recipe(model=str(models["sd"]), steps=60)
    async with desk(make=lambda n: Worker(tmp_path / f"worker-{n}.log"), recipe=recipe) as d:
        await d.pilot.press("enter")
        await d.pilot.press("p")
        await until(d, lambda: d.app.state.activity.done > 2)
        os.kill(d.engine.pid, number)
        await until(d, lambda: d.app.state.problem)
        for letter in "typing":
            await echo(d, letter)
        await d.pilot.press("ctrl+r")
        await until(d, lambda: d.app.state.round_view.status == "done")
        assert len(d.engines) == 2
        assert d.app.state.problem is None
        await until(d, lambda: d.engines[0]._process.poll() is not None, "the old one is gone")


async def test_a_round_that_a_dropped_app_left_runs_again_on_the_warm_worker(desk, tmp_path, models):
    folder, recipe = tmp_path / "run", Recipe(model=str(models["sd"]), steps=150)
    make = lambda n: start_worker(tmp_path / "worker.log", folder, 5.0)  # noqa: E731
    try:
        async with desk(make=make, recipe=recipe) as d:
            await d.pilot.press("enter")
            await until(d, lambda: d.app.state.activity.done > 2)
            pid, session = d.engine.pid, d.app.controller._persistence.session
        async with desk(make=make, recipe=recipe, session=session) as d:
            await until(d, lambda: d.app.state.model and d.app.state.round_view)
            assert d.engine.pid == pid
            assert d.app.state.round_view.status == "unfinished"
            await d.pilot.press("escape", "ctrl+r")
            await until(d, lambda: d.app.state.round_view.status == "done")
    finally:
        for worker in seen(folder):
            stop(worker)
