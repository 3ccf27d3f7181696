"""How far a job is, and how long the rest takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.cli.worker.job_clock import JobClock


def test_the_time_left_is_that_of_the_pace_so_far() -> None:
    job = JobClock(100)
    assert (job.share, job.left) == (0, None)
    job.begin_part(40)
    job.at(0.5, 10)
    assert (job.share, job.left) == (0.2, 40)
    job.drop(20)  # what is there already takes no time
    assert job.left == 30
    job.at(1.0, 20)
    job.begin_part(40)
    assert (job.share, job.left) == (0.5, 20)
    job.at(1.0, 20)
    assert (job.share, job.left) == (1, 0)


@given(st.lists(st.tuples(st.floats(0.1, 1e6), st.floats(0.01, 1e5)), min_size=1, max_size=20))
def test_a_job_whose_parts_are_done_is_done(parts: list[tuple[float, float]]) -> None:
    job = JobClock(sum(work for work, _ in parts))
    for work, seconds in parts:
        job.begin_part(work)
        job.at(1.0, seconds)
        assert 0 <= job.share <= 1
    assert job.share == pytest.approx(1)
    assert job.left == pytest.approx(0, abs=sum(seconds for _, seconds in parts) * 1e-9)
