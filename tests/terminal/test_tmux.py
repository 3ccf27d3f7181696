import pytest

from seedtui.terminal.probe.tmux import _STATE, Loss, Place, Tmux, _State

VISIBLE = _State(
    client="1234", discarded="0", window_active="1", zoomed="0", active="1", in_mode="0", left="0", top="0",
    width="80", height="23", status="on", status_position="bottom", client_width="80", client_height="24",
    term="xterm-256color", window="@1",
)  # fmt: skip
DETACHED = _State(window_active="1", active="1", left="0", top="0", width="80", height="23", status="on")


class FakeTmux:
    """Answers the commands that `Tmux` runs, for one pane, as `version` does."""

    def __init__(self, version, inherited="off", own="", features="RGB", focus="on"):
        self.version, self.inherited, self.own = version, inherited, own
        self.features, self.focus = features, focus
        self.writes = 0
        self.state = VISIBLE

    def __call__(self, arguments):
        command, *rest = arguments
        if command == "display-message":
            known = {
                "#{version}": self.version,
                _STATE: ",".join(self.state),
                "#{client_termfeatures}": self.features,
            }
            return known.get(rest[-1], "")
        if command == "show-options":
            if rest[-1] == "focus-events":
                return self.focus
            if self.version < "3.3":
                return None
            return self.own or (self.inherited if "A" in rest[0] or "g" in rest[0] else "")
        self.writes += 1
        allowed = ("on", "off", "all") if self.version >= "3.4" else ("on", "off")
        if "-u" in rest:
            self.own = ""
        elif self.version < "3.3" or rest[-1] not in allowed:
            return None
        else:
            self.own = rest[-1]
        return ""


@pytest.mark.parametrize(("version", "value"), [("3.3a", "on"), ("3.4", "all"), ("3.5a", "all")])
@pytest.mark.parametrize("before", ["", "on", "off"])
def test_the_pane_lets_through_and_is_put_back(version, value, before):
    fake = FakeTmux(version, own=before)
    tmux = Tmux("%1", fake)
    assert tmux.allow_passthrough()
    assert fake.own == value
    tmux.restore()
    assert fake.own == before
    writes = fake.writes
    tmux.restore()
    assert fake.writes == writes


def test_where_all_goes_through_already_nothing_is_set():
    fake = FakeTmux("3.5a", inherited="all")
    assert Tmux("%1", fake).allow_passthrough()
    assert fake.writes == 0


@pytest.mark.parametrize("version", ["3.3a", "3.5a"])
@pytest.mark.parametrize(("inherited", "own"), [("off", ""), ("on", ""), ("all", ""), ("off", "on")])
def test_painted_pictures_do_not_go_through_while_the_pane_is_hidden(version, inherited, own):
    fake = FakeTmux(version, inherited, own)
    tmux = Tmux("%1", fake)
    assert tmux.allow_passthrough(hidden=False)
    assert (fake.own or fake.inherited) == "on"
    assert tmux.allow_passthrough(hidden=True)
    assert (fake.own or fake.inherited) == ("on" if version == "3.3a" else "all")
    assert tmux.passes_anyway is ("on" in (inherited, own) or inherited == "all")
    tmux.restore()
    assert (fake.own, fake.inherited) == (own, inherited)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({}, (0, 0)),
        ({"left": "41", "top": "12", "width": "39", "height": "11"}, (41, 12)),
        ({"status_position": "top"}, (0, 1)),
        ({"status_position": "top", "status": "2", "height": "22"}, (0, 2)),
        ({"status_position": "top", "status": "off"}, (0, 0)),
        ({"left": "60", "top": "30", "width": "40", "height": "10", "offset_x": "40", "offset_y": "20"}, (20, 10)),
        ({"left": "20", "offset_x": "40", "offset_y": "0"}, None),
        ({"width": "100", "offset_x": "0", "offset_y": "0"}, None),
        ({"window_active": "0"}, None),
        ({"in_mode": "1"}, None),
        ({"zoomed": "1", "active": "0"}, None),
        ({"zoomed": "1"}, (0, 0)),
        ({"active": "0"}, (0, 0)),
        ({"client_width": ""}, None),
    ],
)
def test_where_the_pane_lies_in_the_terminal(changed, place):
    fake = FakeTmux("3.5a")
    fake.state = VISIBLE._replace(**changed)
    assert Tmux("%1", fake).place() == place


def test_a_tmux_that_does_not_answer_shows_nothing():
    view = Tmux("%1", lambda arguments: None).view()
    assert (view.place, view.answered) == (None, False)


def test_painted_pictures_are_lost_when_the_pane_moves_or_was_hidden_or_is_drawn_again():
    fake = FakeTmux("3.5a")
    tmux = Tmux("%1", fake)
    tmux.allow_passthrough(hidden=False)
    assert tmux.view() == (Place(0, 0), Loss.NOTHING, True, "xterm-256color")
    for changed, place, answered in (
        ({"left": "40", "width": "40"}, Place(40, 0), True),
        ({"window_active": "0"}, None, False),
        ({}, Place(0, 0), True),
        ({"active": "0", "discarded": "10"}, Place(0, 0), False),
    ):
        fake.state = VISIBLE._replace(**changed)
        assert tmux.view()[:3] == (place, Loss.ALL, answered)
        assert tmux.view()[:3] == (place, Loss.NOTHING, answered)


def test_pictures_that_tmux_dropped_are_lost(monkeypatch):
    """It counts what the terminal got: less than was painted, and no more to come."""
    monkeypatch.setattr("seedtui.terminal.probe.tmux._MOMENT", 0)
    fake = FakeTmux("3.5a")
    tmux = Tmux("%1", fake)
    tmux.allow_passthrough(hidden=False)
    for painted, written, loss in (
        (0, 5_000, Loss.NOTHING),
        (40_000, 47_000, Loss.NOTHING),
        (80_000, 50_000, Loss.ALL),
        (80_000, 51_000, Loss.NOTHING),
        (120_000, 99_000, Loss.NOTHING),
    ):
        fake.state = VISIBLE._replace(written=str(written))
        assert tmux.view(painted).loss is loss


@pytest.mark.parametrize(("panes", "loss"), [("1", Loss.ALL), ("2", Loss.NOTHING)])
def test_pictures_that_tmux_drew_over_are_lost(panes, loss):
    """It wrote much though nothing was sent; where there is another pane, that may have been for it."""
    fake = FakeTmux("3.5a")
    tmux = Tmux("%1", fake)
    tmux.allow_passthrough(hidden=False)
    for written, sent, expected in ((10_000, 500, Loss.NOTHING), (10_600, 500, Loss.NOTHING), (19_000, 500, loss)):
        fake.state = VISIBLE._replace(written=str(written), panes=panes)
        assert tmux.view(0, sent).loss is expected
    fake.state = VISIBLE._replace(written="29000", panes=panes)
    assert not tmux.view(0, 900).loss


def test_pictures_on_their_way_are_not_lost(monkeypatch):
    monkeypatch.setattr("seedtui.terminal.probe.tmux._MOMENT", 0)
    fake = FakeTmux("3.5a")
    tmux = Tmux("%1", fake)
    tmux.allow_passthrough(hidden=False)
    count = iter(range(0, 10**9, 100))
    monkeypatch.setattr(Tmux, "_state", lambda _: VISIBLE._replace(written=str(next(count))))
    assert not any(tmux.view(40_000).loss for _ in range(5))


def test_another_terminal_has_no_painted_pictures():
    fake = FakeTmux("3.5a")
    tmux = Tmux("%1", fake)
    tmux.allow_passthrough(hidden=False)
    fake.state = DETACHED
    assert tmux.view() == (None, Loss.ALL, False, "")
    fake.state = VISIBLE._replace(client="1299")
    assert tmux.view()[:3] == (Place(0, 0), Loss.TERMINAL, True)


def test_before_there_was_the_option_everything_went_through():
    assert Tmux("%1", FakeTmux("3.2a")).allow_passthrough()


def test_a_tmux_that_does_not_answer_lets_nothing_through():
    assert not Tmux("%1", lambda arguments: None).allow_passthrough()


@pytest.mark.parametrize(("told", "over"), [("SSH_CONNECTION=1 2 3 4", True), ("-SSH_CONNECTION", False), (None, None)])
def test_tmux_knows_where_the_last_terminal_is(told, over):
    assert Tmux("%1", lambda arguments: told).over_ssh is over


@pytest.mark.parametrize(("version", "lost"), [("3.3a", Loss.LATEST), ("3.5a", Loss.NOTHING)])
def test_an_old_tmux_that_threw_output_away_may_have_lost_pictures(version, lost):
    fake = FakeTmux(version)
    tmux = Tmux("%1", fake)
    tmux.allow_passthrough()
    assert not tmux.lost()
    fake.state = VISIBLE._replace(discarded="5120")
    assert tmux.lost() is lost
    assert not tmux.lost()


def test_a_new_terminal_has_lost_the_pictures_and_none_has_nothing_to_lose():
    fake = FakeTmux("3.5a")
    tmux = Tmux("%1", fake)
    tmux.allow_passthrough()
    fake.state = DETACHED
    assert not tmux.lost()
    fake.state = VISIBLE._replace(client="1299")
    assert tmux.lost() is Loss.TERMINAL
    assert not tmux.lost()


def test_outside_of_tmux_there_is_none():
    assert Tmux.around({}) is None
    assert Tmux.around({"TMUX": "/tmp/tmux-0/default,1,0", "TMUX_PANE": "%3"}) is not None


def test_advice_for_the_users_tmux_conf():
    assert Tmux("%1", FakeTmux("3.5a", inherited="all")).advice() == ()
    assert Tmux("%1", FakeTmux("3.5a", features="", focus="off")).advice() == (
        "set -g allow-passthrough all",
        "set -g focus-events on",
        "set -ga terminal-features ',*:RGB'",
    )
    assert Tmux("%1", FakeTmux("3.3a")).advice() == ("set -g allow-passthrough on",)
