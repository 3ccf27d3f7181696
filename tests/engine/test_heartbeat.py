"""Silence is told once, and is told apart from slowness."""

from __future__ import annotations

import os
import signal
import subprocess

from seedtui.engine.client.heartbeat import BEAT, QUIET, SILENT, SILENT_LOADING, STOPPED, Heartbeat
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.peer import is_stopped

STEP = p.Step("r", 1, 9, 0.1)


def beats(heartbeat: Heartbeat, count: int) -> list[p.Event]:
    return [event for _ in range(count) for event in heartbeat.missed()[1]]


def test_a_worker_that_does_not_answer_is_told_of_once_and_again_when_it_answers():
    heartbeat = Heartbeat()
    heartbeat.heard(STEP)
    assert beats(heartbeat, SILENT) == []
    assert [type(event) for event in beats(heartbeat, 100)] == [p.Silent]
    assert heartbeat.silent
    assert heartbeat.heard(p.Pong()) == [p.Answering()]
    assert heartbeat.heard(STEP) == [STEP]


def test_a_beat_without_a_word_asks_once():
    heartbeat = Heartbeat()
    heartbeat.heard(STEP)
    assert [heartbeat.missed()[0] for _ in range(3)] == [True, False, False]
    heartbeat.heard(p.Pong())
    assert heartbeat.missed()[0]


def test_any_word_is_a_sign_of_life():
    heartbeat = Heartbeat()
    for _ in range(5):
        assert beats(heartbeat, SILENT) == []
        heartbeat.heard(STEP)


def test_loading_is_given_more_time():
    heartbeat = Heartbeat()
    assert beats(heartbeat, SILENT_LOADING) == []
    heartbeat.heard(p.Loading("unet", 0, 3))
    assert beats(heartbeat, SILENT_LOADING) == []
    assert [type(event) for event in beats(heartbeat, 1)] == [p.Silent]


def test_a_stopped_worker_is_told_of_soon_also_while_it_loads():
    heartbeat = Heartbeat()
    assert [heartbeat.missed(True)[1] for _ in range(STOPPED)] == [[]] * STOPPED
    ((silent,),) = [heartbeat.missed(True)[1]]
    assert "It is stopped" in str(silent.problem)
    assert STOPPED * BEAT < 5


def test_the_system_says_whether_a_process_is_stopped():
    process = subprocess.Popen(["sleep", "60"])
    try:
        assert not is_stopped(process.pid)
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        assert is_stopped(process.pid)
        process.send_signal(signal.SIGCONT)
        os.waitpid(process.pid, os.WCONTINUED)
        assert not is_stopped(process.pid)
    finally:
        process.kill()
        process.wait()
    assert not is_stopped(process.pid)


def test_part_of_a_message_is_a_sign_of_life():
    heartbeat = Heartbeat()
    heartbeat.heard(STEP)
    for _ in range(SILENT):
        assert heartbeat.missed()[1] == []
    assert heartbeat.is_receiving() == []
    for _ in range(SILENT):
        assert heartbeat.missed()[1] == []
    assert [type(event) for event in heartbeat.missed()[1]] == [p.Silent]
    assert heartbeat.is_receiving() == [p.Answering()]
    assert not heartbeat.silent


def test_a_slow_step_is_told_but_is_no_silence():
    heartbeat = Heartbeat()
    assert heartbeat.heard(p.Pong(QUIET)) == []  # it loads
    heartbeat.heard(STEP)
    assert heartbeat.heard(p.Pong(QUIET / 2)) == []
    assert heartbeat.heard(p.Pong(QUIET)) == [p.Pong(QUIET)]
    assert not heartbeat.silent
