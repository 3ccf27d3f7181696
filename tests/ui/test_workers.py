"""The workers of a pool on the screen: in the header, in a table, and by key."""

from __future__ import annotations

from typing import Any

import pytest

from seedtui.app.pool_words import pool_in_words
from seedtui.engine.fake import FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import AddWorker, ChangeWorker, PoolChanged, WorkerView
from seedtui.ui.screens.workers import WorkersScreen, columns
from seedtui.ui.widgets.bars.problem_bar import ProblemBar
from seedtui.ui.widgets.bars.status_bar import StatusBar
from seedtui.ui.widgets.bars.title_bar import TitleBar
from tests.support.fake_pool import FakePool, workers

GB = 10**9

POOL = (
    WorkerView(
        id=1, name="gpu 0", state="working", device="NVIDIA H100 80GB HBM3", model="sd15 float16", doing="seeds 4-7",
        group=1, images=128, per_minute=31.2, memory_ours=5 * GB, memory_total=80 * GB,
    ),
    WorkerView(
        id=2, name="gpu 1", state="parked", device="NVIDIA H100 80GB HBM3", model="sd15 float16", group=1,
        memory_ours=GB, memory_others=14 * GB, memory_total=80 * GB, users=("ana: python, 14 GB",),
    ),
    WorkerView(
        id=5, name="ana@box2 gpu 0", state="silent", device="NVIDIA A100-SXM4-40GB", model="sd15 float16", group=2,
        per_minute=11.0, quiet=14, why="the worker has not answered for 11 s", memory_total=40 * GB,
    ),
    WorkerView(id=7, name="box3", state="away", why="the line was cut"),
)  # fmt: skip


async def opened(d: Any, pool: tuple[WorkerView, ...] = POOL) -> WorkersScreen:
    """The screen of that pool."""
    await d.until(lambda: d.app.state.model)
    d.engine.say(PoolChanged(pool, 12))
    await d.until(lambda: d.app.state.workers == pool)
    await d.pilot.press("escape", "W")
    await d.until(lambda: isinstance(d.app.screen, WorkersScreen) and d.app.screen.rows.size.width)
    return d.app.screen


def lines(screen: WorkersScreen) -> list[str]:
    return [screen.rows.line(row, screen.rows.size.width).plain for row in range(screen.rows.count)]


def asked(d: Any) -> list[p.Request]:
    return [request for request in d.engine.requests if isinstance(request, AddWorker | ChangeWorker)]


@pytest.mark.parametrize(
    ("pool", "words"),
    [
        ((), ()),
        (workers("ready", "working"), ("2 workers",)),
        (workers("loading", "working"), ("1 of 2 workers",)),
        (POOL, ("1 of 4 workers", "ana@box2 gpu 0 silent", "box3 away", "31 images/min")),
        (workers("away", "away", "failed", "ready"), ("1 of 4 workers", "cpu 3 failed", "2 away")),
    ],
)
def test_the_header_says_how_many_work_and_who_is_missing(pool: tuple[WorkerView, ...], words: tuple[str, ...]) -> None:
    assert pool_in_words(pool) == words


@pytest.mark.parametrize("size", [(160, 50), (120, 40), (80, 24), (60, 20)])
async def test_the_table_fits_every_screen(desk: Any, size: tuple[int, int]) -> None:
    async with desk(make=lambda n: FakePool("ready"), size=size) as d:
        screen = await opened(d)
        width = screen.rows.size.width
        shown = [column.title for column in columns(width, POOL)]
        assert all(line.startswith(worker.name[:9]) for line, worker in zip(lines(screen), POOL, strict=True))
        assert all(len(line) <= width for line in lines(screen)), lines(screen)
        assert shown[:4] == ["worker", "state", "makes", "images/min" if size[0] > 60 else "/min"]
        assert "class" in shown and ("device" in shown) == (size[0] >= 120)
        assert str(screen.titles.render()).split()[0] == "worker"
        assert screen.box.border_title == "1 of 4 workers · 31 images/min · 12 batches waiting"
        title = str(d.app.main.query_one(TitleBar).render())
        assert "1 of 4 workers" in title
        assert ("ana@box2 gpu 0 silent" in title) == (size[0] > 60)


async def test_below_the_table_is_what_is_known_of_one(desk: Any) -> None:
    async with desk(make=lambda n: FakePool("ready")) as d:
        screen = await opened(d)
        about = lambda: str(screen.about.render())  # noqa: E731
        assert "NVIDIA H100 80GB HBM3 · sd15 float16 · class 1 · 128 images made" in about()
        assert "it uses 5.0 GB of 80 GB\n" in f"{about()}\n"
        await d.pilot.press("j")
        assert "also on this GPU: ana: python, 14 GB" in about()
        await d.pilot.press("j")
        assert "the worker has not answered for 11 s" in about() and "silent 14 s" in lines(screen)[2]
        d.engine.say(PoolChanged(POOL[1:]))
        await d.until(lambda: screen.rows.count == 3)
        assert screen.rows.at == POOL[2]  # the cursor stays on its worker


async def test_keys_drain_restart_park_and_remove_the_one_under_the_cursor(desk: Any) -> None:
    async with desk(make=lambda n: FakePool("ready")) as d:
        screen = await opened(d)
        await d.pilot.press("d", "j", "p", "j", "r", "j", "x")
        await d.until(lambda: len(asked(d)) == 4)
        assert asked(d) == [
            ChangeWorker(1, "drain"), ChangeWorker(2, "park"), ChangeWorker(5, "restart"), ChangeWorker(7, "remove"),
        ]  # fmt: skip
        assert screen.box.border_subtitle == "box3: removed"
        await d.pilot.press("k", "k", "p")
        assert screen.box.border_subtitle == "gpu 1: gets work again"
        await d.pilot.press("escape")
        assert d.app.screen is d.app.main


async def test_a_worker_is_added_here_or_on_a_host(desk: Any) -> None:
    async with desk(make=lambda n: FakePool("ready")) as d:
        screen = await opened(d)
        await d.pilot.press("a", "enter")
        await d.until(lambda: asked(d) == [AddWorker("")])
        await d.pilot.press("a", *"-oProxy", "enter")
        assert "is not a host" in str(screen.wrong.render()) and screen.adding
        await d.pilot.press("escape")
        assert not screen.adding and d.app.screen is screen
        await d.pilot.press("a", *"ana@box2", "enter")
        await d.until(lambda: asked(d)[1:] == [AddWorker("ana@box2")])
        d.engine.say(p.Told("no worker was added: all GPUs of this machine have a worker"))
        await d.until(lambda: "no worker was added" in str(screen.box.border_subtitle))


async def test_without_a_pool_the_key_says_how_to_have_one(desk: Any) -> None:
    async with desk(make=lambda n: FakeEngine()) as d:
        await d.until(lambda: d.app.state.model)
        await d.pilot.press("escape", "W")
        assert d.app.screen is d.app.main
        await d.until(lambda: "--workers 2" in str(d.app.main.query_one(StatusBar).render()))
        assert "worker" not in str(d.app.main.query_one(TitleBar).render())


async def test_what_passes_is_on_the_status_line_and_nothing_must_be_closed(desk: Any) -> None:
    async with desk(make=lambda n: FakePool("ready", "ready")) as d:
        await d.until(lambda: d.app.state.model)
        d.engine.say(p.Told("cpu 2: the worker was killed", passing=True))
        await d.until(lambda: "cpu 2: the worker was killed" in str(d.app.main.query_one(StatusBar).render()))
        assert not d.app.main.query_one(ProblemBar).problem
        d.engine.say(p.Told("cpu 2 differs from cpu 1: torch: 2.12 there, 2.13 here"))
        await d.until(lambda: d.app.main.query_one(ProblemBar).problem)
