"""Verifies one image at a time: reads it from disk, has it made again as it was made, and compares every bit.

The run goes behind all rounds that wait, is no round of the session, and writes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

import msgspec

from seedtui.app.activity import Activity
from seedtui.app.comparer import Comparer
from seedtui.app.engine_link import EngineLink
from seedtui.app.load_setup import load_setup_for
from seedtui.app.persistence import Persistence
from seedtui.app.picture_cache import PictureCache
from seedtui.app.state import State
from seedtui.app.verification_state import RunningVerification, VerificationState
from seedtui.core.errors import Problem
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, round_again
from seedtui.core.images.verification import what_differs
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.wire import protocol as p
from seedtui.ui import messages as m


class VerificationController:
    """Called from the app's thread alone. `state` gives what there is, `set_state` changes it; `recipe` is the app's,
    whose model is loaded again after an image of another one was verified.
    """

    def __init__(
        self, link: EngineLink, persistence: Persistence, comparer: Comparer, picture_cache: PictureCache,
        recipe: Callable[[], Recipe], state: Callable[[], State], set_state: Callable[[State], object],
    ) -> None:  # fmt: skip
        self._link, self._persistence, self._comparer, self._picture_cache = link, persistence, comparer, picture_cache
        self._recipe, self._state, self._set_state = recipe, state, set_state
        self._subject: tuple[Picture, ImageRecord] | None = None
        self._again: Picture | None = None
        self._away = False  # another model is loaded than the app's
        self._unwanted = 0  # loads that were asked for and given up
        self._back: str | None = None  # what is to be said when the app's own model is back; None if it is here

    @property
    def check(self) -> RunningVerification | None:
        """The image that is being verified."""
        return self._state().verification.check

    def begin(self) -> None:
        """Verify the pick."""
        round_view = self._state().round_view
        if round_view is None or self.check is not None:
            return
        if round_view.pick not in round_view.kept:
            self._fail(Problem("input", "the picked image is not there yet", "Wait for it, or pick another"))
            return
        place, label = (
            (round_view.round.id, round_view.pick),
            round_view.round.label(round_view.round.shots[round_view.pick]),
        )
        self._set(
            self._state().verification.begin(RunningVerification(place, label, f"verify-{uuid.uuid4().hex[:12]}"))
        )
        self._persistence.read_again(*place)

    def on_image_read(self, message: m.ImageReadAgain) -> None:
        """The image came from the disk, or did not."""
        check = self.check
        if check is None or check.place != message.place or check.stage != "reading":
            return
        if message.subject is None:
            self._fail(message.problem)
            return
        self._subject = message.subject
        self._picture_cache.put(
            *check.place, message.subject[0]
        )  # what is on disk is what is judged, shown and compared
        self._set(self._proofs.at("waiting"))

    def on_save_failed(self) -> None:
        """The library cannot be used: what was to be read of it will not come."""
        if self.check is not None and self.check.stage == "reading":
            self._end("")

    def go(self) -> None:
        """The worker is free and no round waits: run, if something is to be verified."""
        state, check = self._state(), self.check
        if check is None or check.stage != "waiting" or self._subject is None or state.model is None:
            return
        setup = load_setup_for(self._subject[1], state.model)
        if setup.fits(state.model):
            self._run(state.model)
            return
        activity = Activity(f"loading {setup.name} to verify {check.label}", busy=True)
        state = replace(state, sent=check.run, loading=setup.name, activity=activity)
        self._set_state(state.with_verification(state.verification.at("loading")))
        self._away = True
        self._link.load(*setup)

    def cancel(self) -> bool:
        """Stop verifying; False if nothing is being verified."""
        check = self.check
        if check is None or check.stage == "judging":
            return False
        if check.stage == "running":
            self._link.send(p.Cancel(check.run))
            return True
        if check.stage == "loading":
            self._unwanted += 1
        self._end("not verified: cancelled")
        return True

    def heard(self, event: p.Event) -> bool:
        """Take what the engine tells of the check; False for all else."""
        check = self.check
        if self._unwanted and isinstance(event, p.Loaded | p.LoadFailed):
            self._unwanted -= 1
            return True
        if self._back is not None and isinstance(event, p.Loaded | p.LoadFailed):
            return self._come_back(event)
        if check is None:
            return False
        match event:
            case p.Loaded(model) if check.stage == "loading":
                self._set_state(replace(self._state(), model=model, loading="", problem=None))
                self._run(model)
            case p.LoadFailed(problem) if check.stage == "loading":
                self._fail(problem)
            case p.Step(check.run, step, steps, seconds):
                activity = Activity(f"verifying {check.label}", step, steps, seconds, busy=True)
                self._set_state(replace(self._state(), activity=activity))
            case p.ImageReady(check.run, index, width, height, pixels):
                if self._subject and index == self._subject[1].slot:
                    self._again = Picture(width, height, pixels)
                    if loaded := self._state().model:  # its LoRAs came with the round
                        here = msgspec.structs.replace(loaded, lora=event.record.recipe.lora)
                        self._set(self._proofs.at("running", what_differs(self._subject[1], here)))
            case p.RoundDone(check.run):
                self._judge(check)
            case p.RoundCancelled(check.run):
                self._end("not verified: cancelled")
            case p.RoundFailed(check.run, problem):
                self._fail(problem)
            case p.WorkerDied():
                self.start_over()
                return False
            case _:
                return False
        return True

    def on_verification_judged(self, message: m.VerificationJudged) -> None:
        """It is known whether the image is the same."""
        check = self.check
        if check is not None and check.place == message.place:
            words = f"{check.label} is exact: made again, bit for bit" if message.verdict.exact else ""
            self._end(words, self._proofs.end(message.verdict))

    def put_away(self) -> None:
        """The report was read."""
        if self._proofs.report:
            self._set(self._proofs.put_away())

    def start_over(self) -> None:
        """The worker is gone: the check waits for the next one."""
        self._away, self._unwanted, self._back, self._again = False, 0, None, None
        check = self.check
        if check is not None and check.stage in ("loading", "running"):
            self._set_state(replace(self._state().freed(check.run), verification=self._proofs.at("waiting")))

    # --- within

    @property
    def _proofs(self) -> VerificationState:
        return self._state().verification

    def _come_back(self, event: p.Loaded | p.LoadFailed) -> bool:
        """The app's own model is here again, or could not be loaded; what was said of the check stays to be read."""
        if isinstance(event, p.Loaded) and event.model.name != self._link.wanted.name:
            return True  # another was chosen meanwhile, and comes
        words, self._back = self._back, None
        if isinstance(event, p.LoadFailed):
            return False
        state = replace(self._state(), model=event.model, loading="", activity=Activity(words or "ready"))
        self._set_state(state)
        return True

    def _run(self, model: p.ModelInfo) -> None:
        check, state = self.check, self._state()
        assert check is not None and self._subject is not None
        record, self._again = self._subject[1], None
        verification = state.verification.at("running", what_differs(record, model))
        activity = Activity(f"verifying {check.label}", busy=True)
        self._set_state(replace(state, sent=check.run, activity=activity, verification=verification))
        self._link.send(p.Run(msgspec.structs.replace(round_again(record), id=check.run)))

    def _judge(self, check: RunningVerification) -> None:
        if self._again is None or self._subject is None:
            self._fail(Problem("engine", "the worker made no image to compare with", "Try again"))
            return
        self._picture_cache.put(check.run, 0, self._again)
        self._set(self._proofs.at("judging"))
        self._comparer.judge(check.place, *self._subject, self._again)

    def _fail(self, problem: Problem | None) -> None:
        if problem is not None:
            problem = msgspec.structs.replace(problem, message=f"cannot verify: {problem.message}")
        self._end("")
        self._set_state(self._state().with_problem(problem))

    def _end(self, words: str, verification: VerificationState | None = None) -> None:
        """The check is over, `verification` is what is known now; the app's own model comes back."""
        state, check = self._state(), self.check
        verification = verification or state.verification.end(None)
        ran = check is not None and state.sent == check.run
        state = replace(state.freed(check.run) if check else state, verification=verification)
        self._subject = self._again = None
        if self._away:
            self._away, self._back = False, words
            recipe = self._recipe()
            activity = Activity(f"loading {recipe.model}", busy=True)
            state = replace(state, model=None, loading=recipe.model, activity=activity)
            self._link.load(recipe.model, recipe.dtype, recipe.device, recipe=recipe)
        elif ran or not state.sent:
            state = replace(state, activity=Activity(words))
        self._set_state(state)

    def _set(self, verification: VerificationState) -> None:
        self._set_state(self._state().with_verification(verification))
