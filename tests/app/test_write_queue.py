"""What cannot be written waits, in the order that it must have, and stops nothing else."""

from __future__ import annotations

import pytest

from seedtui.app.persistence.write_queue import BEGIN, END, IMAGE, WriteJob, WriteQueue
from seedtui.core.errors import FileError


class RunningApp:
    """A write queue whose jobs note that they were done; those in `bad` fail."""

    def __init__(self) -> None:
        self.box = WriteQueue()
        self.bad: set[str] = set()
        self.done: list[str] = []
        self.after: list[str] = []
        self.told: list[str] = []

    def put(self, kind: str, round_id: str = "a", index: int = -1, word: str = "", lasting: bool = True) -> None:
        name = f"{kind} {round_id}{index if index >= 0 else ''}{word}"

        def work(_library: object) -> None:
            if self.bad & {name, "all"}:
                raise FileError(f"cannot {name}")
            self.done.append(name)

        self.box.put(WriteJob(kind, round_id, work, lambda: self.after.append(name), index, lasting))

    def go(self) -> list[str]:
        """What is done now."""
        self.done.clear()
        self.box.work_off(lambda: None, lambda problem: self.told.append(problem.message))  # type: ignore[return-value]
        return list(self.done)


@pytest.fixture
def desk() -> RunningApp:
    return RunningApp()


def test_one_bad_record_stops_no_other(desk: RunningApp):
    desk.bad = {"image a1"}
    desk.put(BEGIN)
    for index in range(3):
        desk.put(IMAGE, index=index)
    desk.put(END)
    desk.put(BEGIN, "b")
    desk.put(IMAGE, "b", 0)
    desk.put(END, "b")
    assert desk.go() == ["begin a", "image a0", "image a2", "begin b", "image b0", "end b"]
    assert set(desk.told) == {"cannot image a1"}
    assert len(desk.after) == 8  # the screen hears of all
    assert (desk.box.unwritten, desk.box.pictures) == ({"a"}, 1)
    desk.box.again()
    assert desk.go() == []
    desk.bad.clear()
    desk.box.again()
    assert desk.go() == ["image a1", "end a"]
    assert (desk.box.unwritten, desk.box.pictures) == (set(), 0)


def test_nothing_of_a_round_goes_before_its_beginning(desk: RunningApp):
    desk.bad = {"begin a"}
    for kind, index in ((BEGIN, -1), (IMAGE, 0), ("pick", -1), (END, -1)):
        desk.put(kind, index=index)
    desk.put("pick", "b")
    assert desk.go() == ["pick b"]
    assert set(desk.told) == {"cannot begin a"}
    desk.bad.clear()
    desk.put(IMAGE, index=1)
    assert desk.go() == []
    desk.box.again()
    assert desk.go() == ["begin a", "image a0", "pick a", "end a", "image a1"]


def test_of_many_picks_the_last_is_written_also_after_a_failure(desk: RunningApp):
    for word in "123":
        desk.put("pick", word=word)
    assert desk.go() == ["pick a3"]
    desk.bad = {"all"}
    desk.put("pick", word="4")
    assert desk.go() == []
    desk.bad.clear()
    desk.put("pick", word="5")
    assert desk.go() == ["pick a5"]
    desk.box.again()
    assert desk.go() == []


def test_a_round_that_runs_again_forgets_its_old_end(desk: RunningApp):
    desk.bad = {"all"}
    desk.put(BEGIN)
    desk.put(END, word="cancelled")
    desk.go()
    desk.bad.clear()
    desk.put(BEGIN)
    desk.put(IMAGE, index=0)
    desk.put(END, word="done")
    assert desk.go() == ["begin a", "image a0", "end adone"]
    desk.box.again()
    assert desk.go() == []


def test_a_question_is_not_asked_again(desk: RunningApp):
    desk.bad = {"all"}
    desk.put("list", "", lasting=False)
    assert desk.go() == []
    desk.bad.clear()
    desk.box.again()
    assert desk.go() == []
    assert desk.told == ["cannot list"]


def test_what_is_being_written_is_not_written_yet(desk: RunningApp):
    seen = []
    desk.box.put(WriteJob(IMAGE, "a", lambda _: seen.append(desk.box.unwritten)))
    assert desk.box.unwritten == {"a"}
    desk.go()
    assert seen == [{"a"}]
    assert desk.box.unwritten == set()
