import pytest

from seedtui.terminal.probe.tmux import Loss, Tmux


class FakeTmux:
    """Answers the commands that `Tmux` runs, for one pane, as `version` does."""

    def __init__(self, version, inherited="off", own="", features="RGB", focus="on"):
        self.version, self.inherited, self.own = version, inherited, own
        self.features, self.focus = features, focus
        self.writes = 0
        self.attached, self.discarded = "1700000000", "0"

    def __call__(self, arguments):
        command, *rest = arguments
        if command == "display-message":
            known = {
                "#{version}": self.version,
                "#{client_created} #{client_discarded}": f"{self.attached} {self.discarded}",
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
    fake.discarded = "5120"
    assert tmux.lost() is lost
    assert not tmux.lost()


def test_a_new_terminal_has_lost_the_pictures_and_none_has_nothing_to_lose():
    fake = FakeTmux("3.5a")
    tmux = Tmux("%1", fake)
    tmux.allow_passthrough()
    fake.attached, fake.discarded = "", ""
    assert not tmux.lost()
    fake.attached, fake.discarded = "1700000060", "0"
    assert tmux.lost() is Loss.ALL
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
