"""Rounds: how they begin and end, their turns, and the model that each needs."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from seedtui.app import events as e
from seedtui.app.engine_link import EngineLink
from seedtui.app.persistence.persistence import Persistence
from seedtui.app.pictures.controller import PictureController
from seedtui.app.rounds.awaited_picks import AwaitedPicks
from seedtui.app.rounds.finish_sources import FinishSources
from seedtui.app.rounds.part_run import PartRun
from seedtui.app.rounds.saved_states import SavedStates
from seedtui.app.rounds.shared_parts import SharedParts
from seedtui.app.state.job import RoundJob
from seedtui.app.state.round_view import RoundView
from seedtui.app.store import Store
from seedtui.core.errors import Problem
from seedtui.core.images.environment import Environment
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.parts import parts
from seedtui.core.rounds.rounds import Round
from seedtui.engine.wire import protocol as p
from seedtui.models.pipeline_spec import PipelineSpec


class RoundController:
    """Called only from the app's thread. What users ask for comes by way of `RoundRequests`.

    `clock` gives the seconds since 1970.
    """

    def __init__(
        self, store: Store, engine: EngineLink, persistence: Persistence, pictures: PictureController,
        saved: SavedStates, clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._store, self._engine, self._persistence, self._pictures = store, engine, persistence, pictures
        self._saved, self._clock = saved, clock
        self._awaited = AwaitedPicks(store, persistence)
        self.finish_sources = FinishSources(store, pictures)
        self._journaled: set[str] = set()
        self._runs: dict[str, PartRun] = {}
        """Of the rounds that the worker has."""
        self._next: PartRun | None = None
        """That of a round which waits for its model."""
        self._shared = SharedParts()

    # --- what the user asks for

    def begin(self, round_: Round) -> bool:
        """Start a round that is valid. One that must wait leaves the view where it is."""
        shown = not self._store.state.open_rounds
        self._store.dispatch(e.RoundAdded(round_, shown, self._clock(), _awaits(round_)))
        self._journal(round_)
        return True

    def refuse(self, problem: Problem) -> bool:
        """Show why nothing begins, and return False.

        Whatever is wrong, a list for wildcards too, the next round that begins is the answer: nothing to retry.
        """
        self._store.dispatch(e.ProblemShown(Problem("input", problem.message, problem.hint)))
        return False

    def cancel(self, round_id: str = "") -> None:
        """Stop that round, or remove it from the queue; "" means the running one, or else the last in the queue."""
        state = self._store.state
        wanted = round_id or (state.at_hand.id if state.at_hand else next(reversed(state.queue.ids), ""))
        if state.runs(wanted):
            self._store.dispatch(e.CancelAsked(wanted))
            run = self._runs.get(wanted)
            if run is not None and run.waits:
                self._end(run.cancelled())
            else:
                self._engine.send(p.Cancel(wanted))
        elif state.queue.place(wanted):
            self._store.dispatch(e.RoundTakenBack(wanted))
            self._persistence.save(p.RoundCancelled(wanted, 0))

    def finish_batch(self) -> None:
        """Finish only the batch of the running round that has its pick, if the worker has that."""
        state = self._store.state
        run = self._runs.get(state.at_hand.id) if state.at_hand and state.has_more_calls else None
        if run is not None and run.part is not None:
            pick = state.round_views[run.round.id].pick
            if any(shot.index == pick for shot in run.part.shots):
                run.only()
                self._engine.send(p.Finish(run.round.id, pick))

    def move_in_queue(self, round_id: str, step: int) -> None:
        """Move a waiting round `step` places back in the queue, forward if negative."""
        self._store.dispatch(e.QueueMoved(round_id, step))

    def run_again(self, round_: Round) -> None:
        """Put a stopped round back into the queue."""
        self._journaled.discard(round_.id)
        self._store.dispatch(e.RoundWaitsAgain(round_.id, _awaits(round_)))
        self._persistence.begin(round_)

    # --- their turns

    def complete_awaited(self) -> None:
        """Complete the rounds whose pick is there now; they may run once they are journaled again."""
        for round_ in self._awaited.look():
            self._journaled.discard(round_.id)
            self._journal(round_)

    def on_journaled(self, round_: Round) -> None:
        """The round may run."""
        self._journaled.add(round_.id)

    def send_next(self) -> None:
        """Give the free worker the next round: one at a time, so that waiting rounds can still change places.

        What the round has already is not made again.
        """
        if self._store.state.next_round in self._journaled:
            self._send(self._store.state.next_round)

    def send_beside(self) -> bool:
        """Give a pool that makes other rounds another one, if it has a worker for it, and nothing must be loaded.

        Which of the waiting rounds have room, `State.has_room` says. False if there is none.
        """
        state = self._store.state
        if not self.may_run_beside:
            return False
        for round_id in state.queue.ids:
            round_view = state.round_views[round_id]
            has_room = state.has_room(large=round_view.round.is_large) and self.is_loaded(round_view.round.recipe)
            if round_id in state.awaiting or not has_room:
                continue
            if round_id not in self._journaled:
                return False  # it is its turn
            if self._run_of(round_view).is_last:
                return self._send(round_id)
        return False

    @property
    def may_run_beside(self) -> bool:
        """Whether no round waits for another model, so that others can run at the same time."""
        return not any(run.waits in ("model", "others") for run in self._runs.values())

    def load_for_next_part(self) -> None:
        """Go on with the round whose next model had to wait until nothing else is made, if that is so."""
        run = next((run for run in self._runs.values() if run.waits == "others"), None)
        if run is not None and not self._makes_several:
            self._send_part(run)

    @property
    def _makes_several(self) -> bool:
        """Whether the pool makes something else beside a round."""
        return len(self._runs) > 1 or bool(self._store.state.verification.at_worker)

    def _send(self, round_id: str) -> bool:
        """Give that round to the worker, unless it must wait for its model or for a picture."""
        run = self._run_of(self._store.state.round_views[round_id])
        if run.part is None:
            self._began(run)
            self._end(run.done)
            return True
        if not self.prepare(run.recipe) or (source := self.finish_sources.pixels(run.round)) is None:
            return False
        self._began(run)
        self._send_part(run, source)
        return True

    def _began(self, run: PartRun) -> None:
        self._next = None
        self._runs[run.round.id] = run
        self._store.dispatch(e.RoundSent(run.round.id, run.images if run.part else 0))

    def forget_run(self) -> None:
        """The worker is gone: what it had not sent is made by the next one."""
        self._runs.clear()
        self._next = None

    def _run_of(self, round_view: RoundView) -> PartRun:
        """The run that makes what the round lacks; kept while it waits for its model."""
        run = self._next
        if run is None or run.round is not round_view.round:
            todo = parts(round_view.round, frozenset(round_view.kept))
            run = self._next = PartRun(round_view.round, todo, pooled=self._store.state.pooled)
        return run

    def on_copies_made(self, event: e.CopiesMade) -> None:
        """The session had some images of the next part; the others are made."""
        run = self._runs.get(event.round_id)
        if run is None or run.waits != "copies":
            return
        self._store.dispatch(event)
        run.leave_out(event.indexes)
        self._go_on(run)

    def _go_on(self, run: PartRun) -> None:
        """Send the next part of the running round, or end it."""
        if run.part is None:
            self._end(run.done)
        elif self._store.state.round_job(run.round.id) == RoundJob(run.round.id, cancelling=True):
            self._end(run.cancelled())
        else:
            self._send_part(run)

    def _send_part(self, run: PartRun, source: bytes = b"") -> None:
        """Send the next part of the running round, once its model is loaded and what exists of it is copied."""
        part, model = run.part, self._store.state.model
        assert part is not None
        if not self.is_loaded(run.recipe) and self._makes_several:
            run.waits = "others"
        elif not self.prepare(run.recipe) or model is None:
            run.waits = "model"
        elif _may_exist(run.round) and not run.has_copies:
            run.waits, run.has_copies = "copies", True
            self._persistence.copy_made(run.round, part, model)
        else:
            run.waits = ""
            self._engine.send(p.Run(part, source, self._saved.folder(run.round), self._like(run.round)))

    def _like(self, round_: Round) -> Environment | None:
        """The environment of the images that `round_` has already, or else of the one it is made from, if it is known.

        A pool of unlike workers then makes it by those that made these.
        """
        views = self._store.state.round_views
        made = next(filter(None, views[round_.id].records), None) if round_.id in views else None
        if made is None and round_.parent and (view := views.get(round_.parent.round_id)):
            made = view.records[round_.parent.index]
        return made.environment if made else None

    def _end(self, event: p.RoundDone | p.RoundCancelled | p.RoundFailed) -> None:
        """The running round is over."""
        run = self._runs.pop(event.round_id, None)
        timed = run is not None and run.images == len(run.round.shots)
        self._persistence.save(event, timed=timed)
        self._store.dispatch(e.WorkerFreed(event.round_id))  # the next round runs while these pictures are written

    def prepare(self, recipe: Recipe) -> bool:
        """Whether the worker has the model of `recipe`; if not, have it load it."""
        spec = PipelineSpec.of(recipe)
        if self._engine.wanted is None or self._engine.wanted.serves(spec):
            return self._store.state.model is not None
        self.load(recipe)
        return False

    def is_loaded(self, recipe: Recipe) -> bool:
        """Whether the worker has the model of `recipe`."""
        wanted, state = self._engine.wanted, self._store.state
        return wanted is not None and wanted.serves(PipelineSpec.of(recipe)) and state.model is not None

    def load(self, recipe: Recipe) -> None:
        """Have the worker load the model of `recipe` in place of its current one."""
        self._store.dispatch(e.ModelLoading(recipe.model))
        self._engine.load(PipelineSpec.of(recipe), recipe)

    # --- what the engine reports

    def on_engine_event(self, event: p.Event) -> None:
        """Handle the engine's events about rounds and models."""
        state = self._store.state
        match event:
            case p.ImageReady():
                event = msgspec.structs.replace(event, record=self._shared.share(event.record))
                self._persistence.save(event)
                self._pictures.take(event)
            case p.RoundDone() | p.RoundCancelled() | p.RoundFailed():
                if (run := self._runs.get(event.round_id)) and state.runs(event.round_id):
                    self._on_part_ended(run, event)
            case p.Step(round_id) if (run := self._runs.get(round_id)) and state.runs(round_id):
                self._pictures.take_previews(event)
                self._store.dispatch(run.step(event))
            case p.LoadFailed():
                self._load_failed(event)
            case p.Loaded() if run := self._waiting_run:
                self._store.dispatch(event)
                self._send_part(run)
            case p.WorkerDied():
                for job in state.round_jobs:
                    if job.cancelling and (run := self._runs.get(job.round_id)):
                        self._end(run.cancelled())
                self.forget_run()
                self._store.dispatch(event)
            case _:
                self._store.dispatch(event)

    @property
    def _waiting_run(self) -> PartRun | None:
        """That of a running round whose next part waits for its model."""
        return next((run for run in self._runs.values() if run.waits == "model"), None)

    def _on_part_ended(self, run: PartRun, event: p.RoundDone | p.RoundCancelled | p.RoundFailed) -> None:
        """The next part follows, unless the round was cancelled meanwhile: a worker that rests answers no `Cancel`."""
        match event:
            case p.RoundFailed():
                self._end(event)
            case p.RoundCancelled(seconds=seconds):
                self._end(run.cancelled(seconds))
            case p.RoundDone():
                run.end_part(event)
                self._go_on(run)

    def _load_failed(self, event: p.LoadFailed) -> None:
        """A round that needs a model other than the chosen one fails; else nothing runs until another is chosen."""
        state, wanted, run = self._store.state, self._engine.wanted, self._waiting_run or self._next
        self._store.dispatch(event)
        self.forget_run()  # what ran waits again
        if run is None or run.part is None or wanted is None or not wanted.serves(PipelineSpec.of(run.recipe)):
            return
        is_next = run.round.id == state.next_round and not wanted.serves(PipelineSpec.of(state.recipe))
        if run.waits == "model" or is_next:
            self._runs[run.round.id] = run
            failed = p.RoundFailed(run.round.id, event.problem)
            self._store.dispatch(failed)
            self._end(failed)

    def _journal(self, round_: Round) -> None:
        """The journal takes the round that began last for the shown one, unless it is told."""
        self._persistence.begin(round_)
        if self._store.state.shown != round_.id:
            self._persistence.keep_shown(self._store.state.shown)


def _may_exist(round_: Round) -> bool:
    """Whether the session may have images of `round_` already: in a large one, looking for them is worth it."""
    return round_.is_large and round_.kind in ("explore", "grid") and not (round_.kind == "explore" and round_.parent)


def _awaits(round_: Round) -> bool:
    """Whether the image that `round_` is made from is not there yet, as far as the round knows."""
    return round_.parent is not None and not round_.parent.sha256 and round_.kind != "explore"
