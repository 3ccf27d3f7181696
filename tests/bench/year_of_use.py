"""How quick the app is after a year of use: 10,000 rounds of 4, in one session, in 100, and in 10,000.

    python -m tests.bench.year_of_use [ROUNDS]

Prints for each action how long it takes from the key until the screen has what was asked for (the median, and the
longest), the longest time in which the app could not have heard another key, and the longest time that processors
were at work on it, which other programs do not lengthen so much. The exit code is 1 if one of these is more than
100 ms. The app is the real one on a real library, on a screen of 120x40, with an engine that paints at once.
"""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.events import Key
from textual.pilot import Pilot

from seedtui.core.images.environment import Environment
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, pixel_hash
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Pick
from seedtui.engine.fake import FakeEngine
from seedtui.library.images.png import encode_png
from seedtui.library.journal import queries
from seedtui.library.library import Library
from seedtui.library.sessions import SessionId
from seedtui.terminal import Terminal, make_renderer
from seedtui.ui.app import SeedtuiApp
from seedtui.ui.screens.find import FindScreen
from seedtui.ui.widgets.grid.cell import Cell
from seedtui.ui.widgets.line_list import LineList

LIMIT = 0.1
SIDE = 128
ANIMALS = ("Labrador", "cat", "owl", "fox", "whale", "bee", "horse")
STYLES = ("Vermeer", "Hokusai", "Klimt", "Monet", "Turner")
SUFFIXES = (", highly realistic", ", artsy", ", trending", ", colorful")


def fill(root: Path, rounds: int, sessions: int) -> SessionId:
    """A library of so many rounds of 4, in so many sessions, two of three rounds refined; the first session."""
    names = [SessionId(f"2026-01-01_{i // 3600:02}-{i // 60 % 60:02}-{i % 60:02}_0000") for i in range(sessions)]
    recipe = Recipe(
        model="starter", revision="a" * 64, dtype="float32", device="cpu", scheduler="DDIMScheduler", steps=50,
        guidance=7.5, width=SIDE, height=SIDE,
    )  # fmt: skip
    pixels = os.urandom(SIDE * SIDE * 3)
    with Library(root) as library:
        rows = []
        for number in range(rounds):
            session, place = names[number % sessions], number // sessions
            prompt = f"{ANIMALS[number % 7]} in the style of {STYLES[number % 5]}, number {number}"
            refined = place % 3 != 0
            above = number - sessions * (1 if place % 3 == 1 else 2)
            for index in range(4):
                rows.append((session, ImageRecord(
                    kind="refine" if refined else "explore", prompt=prompt, suffix=SUFFIXES[index] if refined else "",
                    seed=number if refined else index, slot=index, recipe=recipe, environment=Environment(),
                    sha256=pixel_hash(pixels), round_id=f"{number:012x}", index=index,
                    parent=Pick(f"{above:012x}", 2) if refined else None,
                ), f"{session}/{number}-{index}.png", float(number)))  # fmt: skip
        queries.put_images(library._db, rows)
        one = library.pictures / "one.png"
        one.parent.mkdir(parents=True)
        one.write_bytes(encode_png(Picture(SIDE, SIDE, pixels), rows[0][1]))
        for _, _, name, _ in rows:
            path = library.pictures / name
            path.parent.mkdir(exist_ok=True)
            try:
                os.link(one, path)
            except OSError:  # a file has as many links as it may
                one.unlink()
                one.write_bytes(path.parent.joinpath(f"{rows[0][2].split('/')[1]}").read_bytes())
                os.link(one, path)
    return names[0]


class Clock:
    """Presses keys in an app, and takes the time."""

    def __init__(self, app: SeedtuiApp, pilot: Pilot[Any]) -> None:
        self.app, self.pilot = app, pilot
        self.rows: list[tuple[str, float, float, float, float]] = []

    async def until(self, true: Callable[[], object]) -> float:
        """The longest time between two turns of the loop until `true` holds, in seconds."""
        longest, last = 0.0, time.perf_counter()
        end = last + 60
        while not true():
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            longest, last = max(longest, now - last - 0.001), now
            if now > end:
                raise TimeoutError("the app never did it")
        return longest

    async def take(self, name: str, keys: list[str], true: Callable[[], object]) -> None:
        """Press each of `keys`, and wait for `true` each time."""
        times, stalls, work = [], [], []
        for key in keys:
            await self.pilot.pause()
            began, worked = time.perf_counter(), time.process_time()
            self.app.post_message(Key(key, key if len(key) == 1 else None))
            await asyncio.sleep(0)
            stalled = time.perf_counter() - began
            stalled = max(stalled, await self.until(true))
            times.append(time.perf_counter() - began)
            stalls.append(stalled)
            work.append(time.process_time() - worked)
        self.rows.append((name, statistics.median(times), max(times), max(stalls), max(work)))


async def measure(
    root: Path, first: SessionId, rounds: int, sessions: int
) -> list[tuple[str, float, float, float, float]]:
    app = SeedtuiApp(
        FakeEngine, lambda: Library(root), make_renderer(Terminal(mode="quad", reason="a bench")),
        save_to=root,
    )  # fmt: skip
    async with app.run_test(size=(120, 40)) as pilot:
        clock = Clock(app, pilot)
        await clock.until(lambda: app.state.model)
        controller = app.controller
        app.main.go_to_pictures()
        seen: list[str] = []

        def listed(count: int) -> Callable[[], object]:
            return lambda: isinstance(app.screen.focused, LineList) and app.screen.focused.count == count

        def complete() -> bool:
            """The shown round has all its pictures, and it is another one than before."""
            round_view = app.state.round_view
            there = round_view is not None and all(round_view.records) and round_view.round.id not in seen[-1:]
            if there and round_view:
                seen.append(round_view.round.id)
            return there

        def moved() -> bool:
            """The cursor of the list is in another row than before."""
            rows = app.screen.focused
            assert isinstance(rows, LineList)
            new = str(rows.cursor) not in seen[-1:]
            seen.append(str(rows.cursor))
            return new

        def picked() -> bool:
            """The frame of the pick is where it was not before."""
            at = str([cell.picked for cell in app.query(Cell)])
            new = at not in seen[-1:]
            seen.append(at)
            return new

        name = f"list {sessions:,} session{'s' if sessions > 1 else ''}"
        await clock.take(name, ["T"], listed(sessions))
        if sessions > 30:
            moved()
            await clock.take("walk the list", ["down"] * 5 + ["pagedown"] * 2 + ["home", "end"], moved)
        await clock.take(f"open a session of {rounds // sessions:,}", ["enter"], complete)
        app.main.go_to_rounds()
        await pilot.pause()
        if rounds // sessions > 30:
            await clock.take("walk the tree", ["pageup"] * 2 + ["up"] * 10 + ["home", "end"], complete)
            app.main.go_to_pictures()
            await clock.take("the round before", ["left_square_bracket"] * 10, complete)
        app.main.go_to_pictures()
        picked()
        await clock.take("move the pick", ["down", "up"] * 5, picked)
        stars = lambda: app.state.round_view and app.state.round_view.starred  # noqa: E731
        await clock.take("star", ["asterisk"], stars)
        count = lambda: len(app.state.lineage.rounds)  # noqa: E731

        def found() -> FindScreen:
            assert isinstance(app.screen, FindScreen)
            return app.screen

        before = count()
        await clock.take("delete", ["d"], lambda: count() < before)
        await clock.take("undo", ["U"], lambda: count() == before)
        before = count()
        await clock.take("a new round", ["n"], lambda: count() > before)
        await clock.until(lambda: app.state.round_view and app.state.round_view.status == "done")
        await clock.take("look for rounds", ["f"], lambda: app.screen.query("FoundList") and found().rows.count)
        typed = lambda: found().rows._words == [found().words.value]  # noqa: E731
        await clock.take("type a letter of a word", list("hokusai"), typed)
        await clock.take("a word that is nowhere", ["x"], lambda: typed() and not found().rows.count)
        await clock.take("back to the word", ["backspace"], lambda: typed() and found().rows.count)
        await clock.take("show what was found", ["enter"], complete)
        assert controller.sessions.session
        return clock.rows


def main(rounds: int) -> int:
    gc.set_threshold(100_000)  # as the app does
    slow = False
    for sessions in (1, 100, rounds):
        with tempfile.TemporaryDirectory() as folder:
            first = fill(Path(folder) / "library", rounds, sessions)
            print(f"\n{rounds:,} rounds of 4 in {sessions:,} session{'s' if sessions > 1 else ''}")
            print(f"{'':32}{'median':>9}{'longest':>9}{'stalled':>9}{'work':>9}  ms")
            for name, *times in asyncio.run(measure(Path(folder) / "library", first, rounds, sessions)):
                mark = " <-- slow" if max(times) > LIMIT else ""
                slow = slow or bool(mark)
                print(f"{name:32}" + "".join(f"{1000 * t:9.0f}" for t in times) + mark)
    return int(slow)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
