"""What scout rounds save: where it is, how much it may be, and when it goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from seedtui.app.rounds.saved_states import SavedSize, Saving
from seedtui.core.noise.latents import LatentShape
from seedtui.core.rounds.stop import Stop
from seedtui.engine.fake import MODEL, FakeEngine
from seedtui.engine.wire import protocol as p
from tests.support.headless import Headless


class Saver(FakeEngine):
    """Saves a file for each image of a scout round; its model has latents, so that the size is known."""

    def send(self, request: p.Request) -> None:
        if isinstance(request, p.Run) and request.round.stop and request.saved:
            Path(request.saved).mkdir(parents=True, exist_ok=True)
            for shot in request.round.shots:
                Path(request.saved, f"{shot.seed}.safetensors").write_bytes(b"state")
        if isinstance(request, p.Load):
            self.requests.append(request)
            self.say(p.Loaded(msgspec.structs.replace(MODEL, latents=LatentShape(4), width=512, height=512)))
            return
        super().send(request)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Headless]:
    app = Headless(tmp_path, lambda number: Saver())
    yield app
    app.close()


def saved(home: Path) -> set[str]:
    """The rounds that have something saved."""
    return {folder.name for folder in home.glob("library/pictures/*/saved/*")}


def test_it_is_there_until_all_are_seen_and_the_kept_ones_finished(app: Headless, tmp_path: Path) -> None:
    round_ = app.scout("0-3").round
    folder = next(tmp_path.glob("library/pictures/*/saved/*"))
    assert app.runs[0].saved == str(folder) and folder.name == round_.id
    app.controller.scouting.keep([1], True)
    app.controller.scouting.finish()
    app.done(2)
    assert app.runs[1].saved == str(folder)
    assert saved(tmp_path) == {round_.id}  # three have not been seen
    app.controller.pictures.show(round_)
    app.controller.scouting.see(range(4))
    app.until_written()
    assert not list(tmp_path.glob("library/pictures/*/saved"))
    app.controller.scouting.keep([2], True)
    app.controller.scouting.finish()
    app.done(3)
    assert app.runs[2].saved == ""  # a full run


def test_the_settings_may_keep_it(tmp_path: Path) -> None:
    app = Headless(tmp_path, lambda number: Saver(), saving=Saving(keep=True))
    round_ = app.scout("0-3").round
    app.controller.scouting.keep(range(4), True)
    app.controller.scouting.finish()
    app.done(2)
    app.close()
    assert saved(tmp_path) == {round_.id}


def test_it_goes_with_its_round_and_its_session(app: Headless, tmp_path: Path) -> None:
    app.scout("0-3")
    app.controller.sessions.delete()
    app.until_written()
    assert not saved(tmp_path)
    app.controller.sessions.undo()
    app.controller.scouting.keep([1], True)
    app.controller.scouting.finish()
    app.done(2)
    assert app.runs[1].saved == "" and app.view.kept  # undone, it is finished in full
    app.scout("0-3")
    assert saved(tmp_path)
    app.controller.sessions.delete_session(app.controller.sessions.session)
    app.until_written()
    assert not saved(tmp_path)


def test_what_no_round_needs_is_swept_when_the_session_is_opened(app: Headless, tmp_path: Path) -> None:
    round_ = app.scout("0-3").round
    session = app.controller.sessions.session
    other = tmp_path / "library" / "pictures" / session / "saved" / "gone"
    other.mkdir()
    (other / "7.safetensors").write_bytes(b"state")
    again = Headless(tmp_path, lambda number: Saver(), session=session)
    again.until(lambda: again.state.round_view)
    again.close()
    assert saved(tmp_path) == {round_.id}


def test_a_round_over_the_limit_saves_nothing_and_says_so(tmp_path: Path) -> None:
    app = Headless(tmp_path, lambda number: Saver(), saving=Saving(bytes=300_000))
    app.until(lambda: app.state.model)
    stop = Stop(steps=2)
    few, many = (app.controller.scouting.size_of("a cat", seeds, stop) for seeds in ("0", "0-7"))
    assert few and few.fits and many and not many.fits and "over the limit" in many.words
    assert app.controller.scouting.size_of("a cat", "x", stop) is None
    app.scout("0", stop)
    assert not app.state.notices
    app.scout("0-7", stop)
    assert app.state.notices and "scout_limit" in app.state.notices[0].hint
    assert [bool(run.saved) for run in app.runs] == [True, False]
    app.close()


def test_a_limit_of_zero_saves_nothing_and_says_nothing(tmp_path: Path) -> None:
    app = Headless(tmp_path, lambda number: Saver(), saving=Saving(bytes=0))
    app.scout("0-3")
    assert not app.runs[0].saved and not app.state.notices
    app.close()


def test_words_of_a_size_that_is_unknown() -> None:
    assert SavedSize(256, 0, 1).words == "256 seeds"
    assert SavedSize(1, 2_000_000, 10**9).words == "1 seed, 2.0 MB"
