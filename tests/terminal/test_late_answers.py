"""Answers that come when the app runs already are no keys; whatever the user types arrives, in order."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser

from seedtui.terminal.probe.late_answers import LateAnswers
from seedtui.ui.textual_internals import tell_escape_from_alt

XTERM = "\x1bP>|XTerm(379)\x1b\\\x1b[6;17;8t\x1b[?62;22c"
KITTY = "\x1bP>|kitty(0.41.1)\x1b\\\x1b_Gi=4207;OK\x1b\\\x1b[4;748;1200t\x1b[6;17;8t\x1b[8;44;150t\x1b[?62;c"
IN_TMUX = "\x1bP>|kitty(0.41.1)\x1b\\\x1b_Gi=4207;ENOTSUP:no\x1b\\\x1b[6;17;8t\x1b[0n"
ONLY_LAST = "\x1b[?6c"
COPIED = "\x1b]5522;type=write:status=DONE\x1b\\"
REFUSED = "\x1b]5522;type=write:status=EPERM\x1b\\"


@pytest.fixture(params=["as the app reads", "as Textual reads"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what the app changes in Textual's parser, and without it."""
    monkeypatch.setattr(XTermParser, "_sequence_to_key_events", XTermParser._sequence_to_key_events)
    if request.param == "as the app reads":
        monkeypatch.setattr(XTermParser, "_seedtui", False, raising=False)
        tell_escape_from_alt()


def keys_of(data: str) -> list[events.Key]:
    """The keys that Textual makes of what a terminal sends."""
    parser = XTermParser()
    parsed = (*parser.feed(data), *parser.feed("")) if data else ()  # nothing: the end, which nothing comes after
    return [event for event in parsed if isinstance(event, events.Key)]


def users(data: str, late: LateAnswers[events.Key] | None = None) -> list[str]:
    """The names of the keys that are left of it, after a while."""
    late = late or LateAnswers()
    left = [key for pressed in keys_of(data) for key in late.take(pressed, pressed.character)]
    return [key.key for key in (*left, *late.release())]


@pytest.mark.parametrize("answers", [XTERM, KITTY, IN_TMUX, ONLY_LAST, COPIED, REFUSED])
@pytest.mark.parametrize("typed", ["", "g", "an owl", "[[", "^", "\x1b[A\r", "[?"])
def test_of_late_answers_no_key_is_left_and_all_that_is_typed_around(answers: str, typed: str):
    late: LateAnswers[events.Key] = LateAnswers()
    before = users(typed, late)
    assert before == [key.key for key in keys_of(typed)]
    assert not late.over
    assert users(answers + typed, late) == before
    assert late.over


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("^[]\\P>|_G6;?03nct \r")))
def test_keys_are_not_lost_unless_they_spell_an_answer(typed: str):
    late: LateAnswers[str] = LateAnswers()
    left = "".join(key for typed_key in typed for key in late.take(typed_key, typed_key)) + "".join(late.release())
    assert left == typed or len(typed) - len(left) >= 3  # the shortest answer: [0n
    if not set("\\tcn") & set(typed):
        assert left == typed


def test_the_answer_to_an_image_for_the_clipboard_is_kept():
    for answer, status in ((COPIED, "DONE"), (REFUSED, "EPERM")):
        late: LateAnswers[events.Key] = LateAnswers()
        assert users(answer, late) == [] and late.clipboard == status


def test_keys_that_type_nothing_end_what_looked_like_an_answer():
    late: LateAnswers[str] = LateAnswers()
    assert late.take("[", "[") == []
    assert late.take("up", None) == ["[", "up"]
