"""The app without its screen: puts its parts together, and passes each event from the background to the part it is for.

The events of a round, in order: `RoundAdded` (it waits) → `RoundJournaled` (it may run) → `RoundSent` (the
worker has it) → `p.Step` … `p.ImageReady` → `Saved` (an image is on disk) → `p.RoundDone`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from seedtui.app import events as e
from seedtui.app.arrivals import Arrivals
from seedtui.app.engine_link import EngineLink
from seedtui.app.persistence.persistence import Persistence
from seedtui.app.pictures.comparer import Comparer
from seedtui.app.pictures.control_check import ControlCheck
from seedtui.app.pictures.controller import PictureController
from seedtui.app.pictures.variety_check import VarietyCheck
from seedtui.app.rounds.controller import RoundController
from seedtui.app.rounds.requests import RoundRequests
from seedtui.app.rounds.saved_states import USUAL_SAVING, SavedStates, Saving
from seedtui.app.rounds.scouting import ScoutController
from seedtui.app.sessions import SessionController
from seedtui.app.state.state import State
from seedtui.app.store import Changed, Store
from seedtui.app.verification import VerificationController
from seedtui.core.errors import Problem
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.text.formatting import counted
from seedtui.engine.wire import protocol as p
from seedtui.engine.wire.pool_protocol import AddWorker, ChangeWorker
from seedtui.library.sessions import SessionId
from seedtui.terminal import Pacer

if TYPE_CHECKING:
    from seedtui.engine.client.connection import Engine
    from seedtui.library.library import Library
    from seedtui.library.wildcards import WildcardFolder


class Controller:
    """Called only from the app's thread. `post` brings an event from any thread back to `handle`, in that thread.

    `elsewhere`: the engine has workers on other machines, with models of their own.
    """

    def __init__(
        self, start_engine: Callable[[], Engine], open_library: Callable[[], Library], recipe: Recipe, pacer: Pacer,
        post: Callable[[e.BackendEvent], object], changed: Changed, read_wildcards: Callable[[], WildcardFolder],
        session: SessionId | None = None, saving: Saving = USUAL_SAVING, *, elsewhere: bool = False,
    ) -> None:  # fmt: skip
        self.store = store = Store(State(recipe=recipe))
        self._engine = engine = EngineLink(start_engine, post, elsewhere=elsewhere)
        self._persistence = persistence = Persistence(open_library, post, session)
        self._comparer = comparer = Comparer(post)
        self.pictures = pictures = PictureController(store, persistence, pacer, post)
        self._saved = saved = SavedStates(store, persistence, saving)
        self.rounds = rounds = RoundController(store, engine, persistence, pictures, saved)
        self.requests = RoundRequests(store, rounds, read_wildcards)
        self.scouting = ScoutController(store, engine, persistence, pictures, rounds, saved, read_wildcards)
        self.sessions = SessionController(store, persistence, pictures)
        self.verification = VerificationController(store, engine, persistence, comparer, pictures)
        self._control_check = ControlCheck(store, comparer, pictures)
        self._variety_check = VarietyCheck(store, comparer, pictures.cache)
        self._arrivals = Arrivals(store, post)
        self._asked_tokens: dict[int, tuple[str, ...]] = {}
        store.subscribe(changed)

    @property
    def state(self) -> State:
        """The current state."""
        return self.store.state

    def start(self) -> None:
        """Start the engine and load the model; open the session to resume."""
        self._engine.start(self.state.recipe)
        self.sessions.resume()

    def close(self) -> int:
        """Stop the engine and finish writing. Returns how many pictures could not be written."""
        self._engine.close()
        self._comparer.close()
        self.pictures.close()
        return self._persistence.close()

    # --- what the user asks for, where more than one part is involved

    def use(self, recipe: Recipe) -> None:
        """Make the next explore rounds with `recipe`; its model is loaded once the requested rounds are done.

        Existing rounds, including those in the queue, keep their recipe.
        """
        self.store.dispatch(e.RecipeChosen(recipe))
        state = self.state
        failed = state.model is None and state.problem is not None
        if state.worker_gone or (failed and state.problem and state.problem.kind == "engine"):
            self.restart()
        elif state.job or state.queue.ids:
            self.store.dispatch(e.ModelWanted(True))
        elif failed:
            self.rounds.load(recipe)  # the last one failed, perhaps this very one
        else:
            self.rounds.prepare(recipe)

    def cancel(self, round_id: str = "") -> None:
        """Stop that round, or remove it from the queue; "" means the shown round if it runs, or else what is in the
        foreground, or else what waits last.
        """
        if not round_id and self.state.runs(self.state.shown):
            round_id = self.state.shown
        if round_id or self.state.running or not self.verification.cancel():
            self.rounds.cancel(round_id)
        self._go_on()

    def verify(self) -> None:
        """Make the pick again after the waiting rounds, and compare; a worker that died is started again."""
        if self.state.model is None and self.state.retryable:
            self.retry()
        self.verification.begin()

    def retry(self) -> None:
        """Retry what went wrong: write what was not written, restart the engine, run what was not done."""
        self._persistence.try_again()
        round_view, state = self.state.round_view, self.state
        stopped = round_view is not None and round_view.stopped
        if state.silent or (state.model is None and state.retryable) or (state.activity.stuck and not stopped):
            self.restart()
            return
        self.tell(None)
        if round_view is not None and stopped:
            self.rounds.run_again(round_view.round)

    def run_unfinished(self) -> None:
        """Run all rounds of the session that stopped before their end; a worker that died is started again."""
        rounds = self.state.unfinished
        for round_ in rounds:
            self.rounds.run_again(round_)
        self.say(f"{counted(len(rounds), 'round')} will run again")
        if self.state.model is None and self.state.retryable:
            self.restart()

    def restart(self) -> None:
        """End the worker, whatever it is doing, and start another; its work runs again."""
        self.verification.forget_run()
        self.rounds.forget_run()
        self.store.dispatch(e.EngineRestarted())
        self._engine.start(self.state.recipe)

    def add_worker(self, where: str) -> None:
        """Add a worker to the pool: on this machine if `where` is "", or else on that host."""
        self._engine.send(AddWorker(where))

    def change_worker(self, change: ChangeWorker) -> None:
        """Drain, park, restart or remove a worker of the pool."""
        self._engine.send(change)

    def park(self) -> None:
        """Move the weights off the device until the next round."""
        self._engine.send(p.Park())

    def count_tokens(self, prompts: tuple[str, ...]) -> None:
        """Ask for the token counts of `prompts` in the recipe; `answered` matches the answer, `p.Tokens`, to them."""
        ticket = max(self._asked_tokens, default=0) + 1
        self._asked_tokens[ticket] = prompts
        self._engine.send(p.CountTokens(ticket, prompts, self.state.recipe.prompt_encoding))

    def answered(self, answer: p.Tokens) -> tuple[str, ...]:
        """The prompts that `answer` is about."""
        return self._asked_tokens.pop(answer.ticket, ())

    def tell(self, problem: Problem | None) -> None:
        """Show a problem, or clear it."""
        self.store.dispatch(e.ProblemShown(problem))

    def notify(self, words: str, hint: str = "", about: str = "") -> None:
        """Show something worth knowing, until it is closed or a round is added; `about` as in `Problem`."""
        self.store.dispatch(e.NoticeAdded(Problem("notice", words, hint, about)))

    def say(self, words: str) -> None:
        """Tell on the status line what a key has done."""
        self.store.dispatch(e.Done(words))

    def put_away(self) -> None:
        """What is shown has been read: a message that needs no action, or else the report of a verification."""
        if self.state.closable:
            self.store.dispatch(e.MessagePutAway())
        else:
            self.verification.put_away()

    # --- what happens in the background

    def handle(self, event: e.BackendEvent) -> None:
        """Handle an event from a background thread."""
        if not _is_image(event):
            self._arrivals.flush()
        match event:
            case e.EngineEvent(number, said):
                if number == self._engine.number:  # otherwise it is from a previous engine
                    self._on_engine_event(said)
            case e.RoundJournaled(round_):
                self.rounds.on_journaled(round_)
            case e.Saved(p.ImageReady() as image) if self.pictures.is_large(image.round_id):
                self._arrivals.add(image)
            case e.Saved(saved):
                self.store.dispatch(saved)
                self._control_check.look_at(saved.round_id)
                if isinstance(saved, p.RoundDone):
                    self._variety_check.look_at(saved.round_id)
                    self._saved.tidy()
                self.pictures.let_go()
            case e.SaveFailed(problem, pictures):
                self.sessions.is_opening = False
                self.verification.on_save_failed()
                self.rounds.finish_sources.on_failed()
                self.tell(_with_waiting_pictures(problem, pictures))
            case e.LibraryRepaired(words):
                self.notify(words)
            case e.SessionRead():
                self.sessions.on_session_read(event)
                self._saved.tidy()
            case e.PicturesRead():
                self.pictures.on_pictures_read(event)
                self.rounds.finish_sources.on_read(event.round_id, event.gone)
                self._control_check.look_at(event.round_id)
                self.pictures.let_go()
            case e.ImageCopied(image):
                self.pictures.take(image)
                self._arrivals.add(image)
            case e.ArrivalsDue():
                self._arrivals.due()
            case e.CopiesMade():
                self.rounds.on_copies_made(event)
            case e.TilesRead():
                self.pictures.on_tiles_read(event)
            case e.PathRead():
                self.store.dispatch(event)
            case e.ImageReadAgain():
                self.verification.on_image_read(event)
            case e.VerificationJudged():
                self.verification.on_judged(event)
            case e.ControlCompared():
                self.store.dispatch(event)
            case e.VarietyMeasured():
                self._variety_check.on_measured(event)
        self._go_on()

    def _on_engine_event(self, event: p.Event) -> None:
        match event:
            case p.Loaded(spec=spec) | p.LoadFailed(spec=spec) if spec not in (None, self._engine.wanted):
                return  # another model has been requested since, and is coming
            case p.WorkerDied():
                self.verification.forget_run()
            case p.Decoded():
                self.scouting.on_decoded(event)
                return
        if not self.verification.on_engine_event(event):
            self.rounds.on_engine_event(event)

    def _go_on(self) -> None:
        """Give a free worker its next task: a round, an image to verify, or the model of the chosen recipe."""
        self.rounds.complete_awaited()
        state = self.state
        if state.worker_gone:
            return
        if state.job:
            self._go_on_beside()
        elif state.next_round:
            self.rounds.send_next()
        elif state.model and self.verification.is_waiting:
            self.verification.send()
        elif state.model_wanted:
            self.store.dispatch(e.ModelWanted(False))
            self.rounds.prepare(state.recipe)

    def _go_on_beside(self) -> None:
        """Give a pool something to make at the same time: a round, or images to verify."""
        self.rounds.load_for_next_part()
        if not self.state.workers or self.rounds.send_beside():
            return
        while self.state.has_room(large=False) and self.rounds.may_run_beside and self.verification.send():
            pass


def _is_image(event: e.BackendEvent) -> bool:
    """Whether the event is about an image, or how far a round is: the images before it may wait a little."""
    match event:
        case e.EngineEvent(event=p.ImageReady() | p.Step()) | e.Saved(p.ImageReady()):
            return True
        case e.ImageCopied() | e.TilesRead():
            return True
        case _:
            return False


def _with_waiting_pictures(problem: Problem, pictures: int) -> Problem:
    """`problem`, with the number of `pictures` that wait in memory until it is solved."""
    if not pictures:
        return problem
    wait = f"{counted(pictures, 'picture')} {'waits' if pictures == 1 else 'wait'} in memory"
    return replace(problem, hint=f"{problem.hint}; {wait}" if problem.hint else wait)
