"""The workers of a pool on the screen: in the header, in a table, and by key."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from seedtui.app.pool_words import pool_in_words
from seedtui.engine.fake import FakeEngine
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import AddWorker, ChangeWorker, PoolChanged, WorkerView
from seedtui.ui.screens.workers import WorkersScreen, columns
from seedtui.ui.textual_internals import FooterKey
from seedtui.ui.widgets.bars.key_footer import KeyFooter
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
    WorkerView(id=7, name="box3", state="away", distant=True, why="the line was cut"),
)  # fmt: skip

UNLIKE = (*workers("ready", "ready"), WorkerView(id=3, name="box3", state="unlike", group=2, why="torch: 2.12 here"))


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
        ((), ("no workers",)),
        (workers("ready", "working"), ("2 workers",)),
        (workers("loading", "working"), ("1 of 2 workers",)),
        (POOL, ("1 of 4 workers", "ana@box2 gpu 0 silent", "box3 away", "31 images/min")),
        (workers("away", "away", "failed", "ready"), ("1 of 4 workers", "cpu 3 failed", "2 restarting")),
        (workers("checking", "away", "ready"), ("1 of 3 workers", "cpu 2 restarting")),
        (UNLIKE, ("2 of 3 workers",)),
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
        assert "no sign of life for 14 s" in about() and "11 s" not in about() and "silent 14 s" in lines(screen)[2]
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
        said = lambda: str(screen.about.render()).splitlines()[-1]  # noqa: E731
        assert said() == "box3 was removed"
        await d.pilot.press("k", "k", "p")
        assert said() == "gpu 1 takes work again"
        await d.pilot.press("k", "p")
        assert said() == "gpu 0 is parked: it gets no work, and its weights leave the GPU; press p to wake it"
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
        d.engine.say(p.Told("no worker was added: all GPUs of this machine have a worker", of_workers=True))
        await d.until(lambda: "no worker was added" in str(screen.about.render()))
        assert str(screen.box.border_subtitle).startswith("a add") and not d.app.state.notices


@pytest.mark.parametrize("size", [(120, 40), (60, 20)])
async def test_the_keys_say_what_they_do_to_the_worker_under_the_cursor(desk: Any, size: tuple[int, int]) -> None:
    async with desk(make=lambda n: FakePool("ready"), size=size) as d:
        screen = await opened(d, workers("ready", "drained", "parked"))
        keys = lambda: str(screen.box.border_subtitle)  # noqa: E731
        assert "d drain · r restart · p park · x remove" in keys()
        await d.pilot.press("j")
        assert "d resume · r restart · p park · x remove" in keys()
        await d.pilot.press("j")
        assert "a add · r restart · p wake · x remove" in keys()
        await d.pilot.press("d")
        await d.until(lambda: "cpu 3 is parked: press p first" in str(screen.about.render()))
        assert not asked(d)
        d.engine.say(PoolChanged(()))
        await d.until(lambda: "drain" not in keys())
        assert keys().startswith("a add") and screen.box.border_title == "no workers"
        d.engine.say(p.Told("all workers were removed: add one", of_workers=True))
        await d.until(lambda: "add one" in str(screen.about.render()))
        assert not d.app.state.notices
        await d.pilot.press("escape", "W")
        assert isinstance(d.app.screen, WorkersScreen)  # another one can be added


async def test_one_of_another_class_that_has_nothing_to_do_is_not_ready(desk: Any) -> None:
    async with desk(make=lambda n: FakePool("ready")) as d:
        screen = await opened(d, UNLIKE)
        assert "other class" in lines(screen)[2] and "ready" in lines(screen)[1]
        working = (*UNLIKE[:2], structs.replace(UNLIKE[2], state="working"))
        d.engine.say(PoolChanged(working))
        await d.until(lambda: screen.box.border_title == "3 workers")


async def test_what_the_table_shows_need_not_be_closed(desk: Any) -> None:
    async with desk(make=lambda n: FakePool("ready")) as d:
        screen = await opened(d, workers("ready", "ready"))
        about = lambda: str(screen.about.render())  # noqa: E731
        d.engine.say(p.Told("cpu 2: the worker was killed", of_workers=True))
        await d.until(lambda: "cpu 2: the worker was killed" in about())
        assert not d.app.state.notices and "x remove" in str(screen.box.border_subtitle)
        d.engine.say(PoolChanged((POOL[0], structs.replace(POOL[1], name="cpu 2", why="the worker was killed"))))
        await d.until(lambda: screen.rows.pool[0].name == "gpu 0")
        await d.pilot.press("j")
        assert about().count("the worker was killed") == 1
        d.engine.say(p.Told("cpu 1 and cpu 2 made different images of seed 0; verify them"))
        await d.until(lambda: d.app.state.notices)


@pytest.mark.parametrize("now", ["starting", "removed"])
async def test_a_notice_goes_with_the_worker_that_it_is_about(desk: Any, now: str) -> None:
    async with desk(make=lambda n: FakePool("ready", "failed")) as d:
        await d.until(lambda: d.app.state.model and d.app.state.workers)
        for name in ("cpu 2", "cpu 20"):
            d.engine.say(p.Told(f"{name}: there is no host of that name", of_workers=True, worker=name))
        await d.until(lambda: len(d.app.state.notices) == 2)
        bar = d.app.main.query_one(ProblemBar)
        assert str(bar.render()).startswith("cpu 2: there is no host of that name.")
        pool = workers("ready", "starting")
        d.engine.say(PoolChanged(pool if now == "starting" else pool[:1]))
        await d.until(lambda: [one.message[:6] for one in d.app.state.notices] == ["cpu 20"])


@pytest.mark.parametrize(
    ("pool", "words"),
    [
        (workers("drained", "parked"), "no worker takes work: press W, then d"),
        (workers("parked", "failed"), "no worker takes work: press W, then p"),
        ((), "no workers left: press W, then a"),
        (workers("drained", "draining"), ""),
        (workers("drained", "away"), "waiting for a worker"),
        (workers("starting", "away"), "waiting for a worker"),
        (workers("silent", "away"), ""),
    ],
)
async def test_the_status_line_says_why_a_round_stands_still(
    desk: Any, pool: tuple[WorkerView, ...], words: str
) -> None:  # fmt: skip
    async with desk(make=lambda n: FakePool("ready", "ready"), prompt="a cat") as d:
        status = d.app.main.query_one(StatusBar)
        await d.until(lambda: d.app.state.job)
        d.engine.say(PoolChanged(pool))
        await d.until(lambda: d.app.state.workers == pool)
        await d.pilot.pause()
        assert words in str(status.render()) and ("worker" in str(status.render())) == bool(words)
        d.engine.say(PoolChanged(workers("working")))
        await d.until(lambda: "no worker" not in str(status.render()))


async def test_it_opens_on_a_worker_that_has_failed_and_says_why(desk: Any) -> None:
    async with desk(make=lambda n: FakePool("ready")) as d:
        failed = WorkerView(id=9, name="box4", state="failed", distant=True, why="there is no host of that name")
        screen = await opened(d, (*POOL, failed))
        await d.until(lambda: "there is no host of that name" in str(screen.about.render()))
        assert screen.rows.at == failed


async def test_when_the_pool_has_ended_its_screen_says_so_and_offers_nothing(desk: Any) -> None:
    async with desk(make=lambda n: FakePool("ready", "ready")) as d:
        screen = await opened(d, workers("ready", "working"))
        d.engine.die()
        await d.until(lambda: d.app.state.worker_gone and not lines(screen))
        await d.until(lambda: "press esc, then ctrl+r" in str(screen.about.render()))
        assert str(screen.box.border_subtitle) == "? help · esc close"
        await d.pilot.press("a")
        assert not screen.adding
        await d.pilot.press("escape", "ctrl+r")
        await d.until(lambda: d.app.state.model and d.app.state.workers)
        await d.pilot.press("W")
        await d.until(lambda: isinstance(d.app.screen, WorkersScreen) and len(lines(d.app.screen)) == 2)


@pytest.mark.parametrize(("make", "there"), [(lambda n: FakePool("ready"), True), (lambda n: FakeEngine(), False)])
async def test_the_footer_has_the_key_while_there_is_a_pool(desk: Any, make: Any, there: bool) -> None:
    async with desk(make=make, size=(160, 40), prompt="a cat") as d:
        footer = d.app.main.query_one(KeyFooter)
        await d.until(lambda: d.app.state.model and d.app.state.pooled == there)
        await d.pilot.press("escape")
        words = lambda: [key.description for key in footer.query(FooterKey)]  # noqa: E731
        await d.until(lambda: "zoom" in words() and ("workers" in words()) == there)


async def test_without_a_pool_the_key_says_how_to_have_one(desk: Any) -> None:
    async with desk(make=lambda n: FakeEngine(), size=(80, 24)) as d:
        await d.until(lambda: d.app.state.model)
        await d.pilot.press("escape", "W")
        assert d.app.screen is d.app.main
        words = "one worker · for more: --workers 2 or --host BOX"
        await d.until(lambda: words in str(d.app.main.query_one(StatusBar).render()))
        assert "worker" not in str(d.app.main.query_one(TitleBar).render())


async def test_what_passes_is_on_the_status_line_and_nothing_must_be_closed(desk: Any) -> None:
    async with desk(make=lambda n: FakePool("ready", "ready")) as d:
        await d.until(lambda: d.app.state.model)
        d.engine.say(p.Told("cpu 2: the worker was killed", passing=True))
        await d.until(lambda: "cpu 2: the worker was killed" in str(d.app.main.query_one(StatusBar).render()))
        assert not d.app.main.query_one(ProblemBar).problem
        d.engine.say(p.Told("cpu 2 differs from cpu 1: torch: 2.12 there, 2.13 here", of_workers=True))
        await d.until(lambda: d.app.main.query_one(ProblemBar).problem)
