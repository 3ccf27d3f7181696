"""What the app does, without the screen: owns the state, the engine, the library and the pictures.

Called from the app's thread alone. Every change of the state is told with `changed(old, new)`; wrong
input is told as a problem in the state, never raised.
"""

from __future__ import annotations

from collections.abc import Callable

from seedtui.app.comparer import Comparer
from seedtui.app.control_check import ControlCheck
from seedtui.app.engine_link import EngineLink, model_spec_of
from seedtui.app.persistence import Persistence
from seedtui.app.picture_cache import PictureCache
from seedtui.app.sessions import SessionController, kept_in_memory
from seedtui.app.state import State
from seedtui.app.verification import VerificationController
from seedtui.app.verification_state import ImageRef
from seedtui.core.errors import InputError, Problem, SeedtuiError
from seedtui.core.images.picture import Picture
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Round, explore, refine
from seedtui.core.rounds.seeds import parse_seeds
from seedtui.engine.wire import protocol as p
from seedtui.terminal.output.pacing import Pacer
from seedtui.ui import messages as m

MAX_IMAGES = 16
"""Images in one round of the app: what a screen can show."""


class Controller:
    """`pacer` says when the way to the terminal is good for a preview."""

    def __init__(
        self, link: EngineLink, persistence: Persistence, recipe: Recipe, pacer: Pacer,
        changed: Callable[[State, State], object], comparer: Comparer,
    ) -> None:  # fmt: skip
        self.state = State()
        self.picture_cache = PictureCache()
        self._link = link
        self._persistence = persistence
        self._recipe = recipe
        self._pacer = pacer
        self._changed = changed
        self._comparer = comparer
        self.verification = VerificationController(
            link, persistence, comparer, self.picture_cache, lambda: self._recipe, lambda: self.state, self.become
        )
        self._control_check = ControlCheck(comparer, self.picture_cache, self.picture, lambda: self.state, self.become)
        self._to_load: Recipe | None = None
        self._journaled: set[str] = set()
        self._asked_tokens: dict[int, tuple[str, ...]] = {}
        self.sessions = SessionController(self, persistence)

    def start(self) -> None:
        """Start the engine and load the model; open the session that is to be resumed."""
        self._link.start(self._recipe)
        self._persistence.resume()

    def close(self) -> int:
        """End the engine; finish writing. How many pictures could not be written."""
        self._link.close()
        self._comparer.close()
        return self._persistence.close()

    # --- what the user asks

    def generate(self, prompt: str, seeds: str) -> bool:
        """An explore round; False if the words cannot be used."""
        try:
            found = parse_seeds(seeds)
            if len(found) > MAX_IMAGES:
                raise InputError(f"{len(found)} images do not fit on a screen", f"Ask for at most {MAX_IMAGES} seeds")
            return self._begin(explore(prompt, found, self._recipe))
        except SeedtuiError as error:
            return self.tell(error.problem)

    def refine(self, prompt: str, suffixes: tuple[str, ...]) -> bool:
        """A refine round of the pick, with the recipe that it was made with; False if it cannot be."""
        round_view = self.state.round_view
        picked = round_view.picked if round_view else None
        if round_view is None or picked is None:
            return self.tell(Problem("input", "the picked image is not there yet", "Wait for it, or pick another"))
        try:
            if len(suffixes) > MAX_IMAGES:
                raise InputError("so many suffixes do not fit on a screen", f"Use at most {MAX_IMAGES}")
            recipe = round_view.round.recipe.with_changes(
                fallback=picked.recipe.fallback
            )  # or a control would not equal it
            return self._begin(refine(prompt, picked.seed, suffixes, recipe, picked.pick, picked.whole_batch))
        except SeedtuiError as error:
            return self.tell(error.problem)

    @property
    def recipe(self) -> Recipe:
        """What the next explore round is made with."""
        return self._recipe

    def use(self, recipe: Recipe) -> None:
        """Make the next explore rounds with `recipe`; its model is loaded once the rounds that are asked for are done.

        Rounds that there are, those in the queue too, keep the recipe that they have.
        """
        self._recipe = recipe
        if self.state.model is None and self.state.problem and self.state.problem.kind == "engine":
            self.restart()  # the worker is gone
        elif self.state.sent or self.state.queue.ids:
            self._to_load = recipe
        elif self.state.model or not self.state.problem:
            self._ready(recipe)
        else:
            self._load(recipe)  # the last one failed, maybe this very one

    def cancel(self, round_id: str = "") -> None:
        """Stop that round, or take it back while it waits; "" is the one that runs, or else the last that waits."""
        if not round_id and not self.state.running and self.verification.cancel():
            return
        last = next(reversed(self.state.queue.ids), "")
        wanted = round_id or self.state.sent or last
        if wanted and wanted == self.state.sent:
            self._link.send(p.Cancel(wanted))
        elif self.state.queue.place(wanted):
            self.become(self.state.take_back(wanted))
            self._persistence.keep(p.RoundCancelled(wanted, 0))

    def verify(self) -> None:
        """Make the pick again, when the rounds that wait are done, and compare; a worker that died is started again."""
        if self.state.model is None and self.state.retryable:
            self.retry()
        self.verification.begin()

    def finish_batch(self) -> None:
        """Of the round that runs make only the batch with its pick."""
        if self.state.has_more_calls:
            self._link.send(p.Finish(self.state.sent, self.state.round_views[self.state.sent].pick))

    def move_in_queue(self, round_id: str, step: int) -> None:
        """Let a waiting round run `step` places later, earlier if negative."""
        self.become(self.state.move_in_queue(round_id, step))

    def retry(self) -> None:
        """Mend what went wrong: write what was not written, start the engine again, run what was not done."""
        self._persistence.try_again()
        round_view, state = self.state.round_view, self.state
        stopped = round_view is not None and round_view.stopped
        if state.silent or (state.model is None and state.retryable) or (state.activity.stuck and not stopped):
            self.restart()
            return
        self.tell(None)
        if round_view is not None and stopped:
            self._journaled.discard(round_view.round.id)
            self.become(self.state.wait_again(round_view.round.id))
            self._persistence.begin(round_view.round)

    def restart(self) -> None:
        """End the worker, whatever it does, and start another; the round that it had runs again."""
        self.verification.start_over()
        self.become(self.state.reopen())
        self._link.start(self._recipe)

    def park(self) -> None:
        """Move the weights off the device until the next round."""
        self._link.send(p.Park())

    def pick(self, index: int) -> None:
        """Pick that image of the shown round."""
        self.become(self.state.pick(index))
        if round_view := self.state.round_view:
            self._persistence.pick(round_view.round.id, round_view.pick)

    def show(self, round_: Round | None) -> None:
        """Show that round; nothing changes for None. Pictures that are not in memory are read."""
        self.become(self.state.show(round_))
        round_view = self.state.round_view
        if round_view is not None:
            there = self.picture_cache.of(round_view.round.id)
            missing = tuple(i for i in round_view.kept if i not in there or round_view.records[i] is None)
            self._persistence.show(round_view.round.id, missing)

    def mark(self) -> None:
        """Mark the pick, or take its mark away."""
        if round_view := self.state.round_view:
            self.become(self.state.mark((round_view.round.id, round_view.pick)))

    def picture(self, place: ImageRef) -> Picture | None:
        """That image's picture; None if it must be read first, which is asked for."""
        picture = self.picture_cache.of(place[0]).get(place[1])
        if picture is None:
            self._persistence.read(place[0], (place[1],))
        return picture

    def count_tokens(self, prompts: tuple[str, ...]) -> None:
        """Ask for the tokens of `prompts`; the answer comes with `answered`."""
        ticket = max(self._asked_tokens, default=0) + 1
        self._asked_tokens[ticket] = prompts
        self._link.send(p.CountTokens(ticket, prompts))

    def answered(self, answer: p.Tokens) -> tuple[str, ...]:
        """The prompts that `answer` is about."""
        return self._asked_tokens.pop(answer.ticket, ())

    def become(self, state: State) -> None:
        """Have that state, and tell of the change."""
        old, self.state = self.state, state
        self._changed(old, state)

    def tell(self, problem: Problem | None) -> bool:
        """Show a problem, or none; always False, to be returned where something was not done."""
        self.become(self.state.with_problem(problem))
        return False

    # --- what the engine and the library tell

    def on_engine_event(self, message: m.EngineEvent) -> None:
        if message.engine_number != self._link.number:
            return  # a former engine's last words
        if self.verification.heard(message.event):
            self._send_next()
            return
        match event := message.event:
            case p.ImageReady(round_id, index, width, height, pixels):
                self.picture_cache.put(round_id, index, Picture(width, height, pixels))
                self._persistence.keep(event)
                self.become(self.state)
            case p.RoundDone(round_id) | p.RoundCancelled(round_id) | p.RoundFailed(round_id):
                self._persistence.keep(event)
                self.become(self.state.freed(round_id))
                self._send_next()  # it runs while the pictures of this one are written
            case p.Step():
                self._take_previews(event)
                self.become(self.state.on(event))
            case p.Loaded(model) if model.name != self._link.wanted.name:
                pass  # another was asked for meanwhile
            case p.Loaded():
                self.become(self.state.on(event))
                self._send_next()
            case p.LoadFailed():
                self._load_failed(event)
            case _:
                self.become(self.state.on(event))

    def on_round_journaled(self, message: m.RoundJournaled) -> None:
        self._journaled.add(message.round.id)
        self._send_next()

    def on_image_read_again(self, message: m.ImageReadAgain) -> None:
        self.verification.on_image_read(message)
        self._send_next()

    def on_verification_judged(self, message: m.VerificationJudged) -> None:
        self.verification.on_verification_judged(message)
        self._send_next()

    def on_control_compared(self, message: m.ControlCompared) -> None:
        self.become(
            self.state.with_verification(self.state.verification.with_control(message.place, message.difference))
        )

    def on_saved(self, message: m.Saved) -> None:
        self.become(self.state.on(message.event))
        self._control_check.look_at(message.event.round_id)
        self._let_go()

    def on_save_failed(self, message: m.SaveFailed) -> None:
        self.verification.on_save_failed()
        self.tell(kept_in_memory(message.problem, message.pictures))

    def on_pictures_read(self, message: m.PicturesRead) -> None:
        for index, (picture, _record) in message.images.items():
            self.picture_cache.put(message.round_id, index, picture)
        records = {index: record for index, (_picture, record) in message.images.items()}
        self.become(self.state.with_records(message.round_id, records, message.gone))
        self._control_check.look_at(message.round_id)
        self._let_go()

    # --- within

    def _let_go(self) -> None:
        """Forget pictures and records that are on disk and out of sight."""
        gone = self.picture_cache.let_go(self._persistence.unwritten | self.state.in_use)
        if gone:
            self.become(self.state.forget(gone))

    def _begin(self, round_: Round) -> bool:
        state = self.state.add_round(round_)
        if state.problem and state.problem.kind == "input":
            state = state.with_problem(None)  # a wrong input is mended by the next right one
        self.become(state)
        self._persistence.begin(round_)
        return True

    def _send_next(self) -> None:
        """The worker gets one round at a time, so that those that wait can still change places."""
        next_id = self.state.queue.next
        if self.state.sent:
            return
        if next_id in self._journaled and self._ready(self.state.round_views[next_id].round.recipe):
            self.become(self.state.send(next_id))
            self._link.send(p.Run(self.state.round_views[next_id].round))
        elif not next_id and self._to_load:
            self._ready(self._to_load)
            self._to_load = None
        elif not next_id:
            self.verification.go()

    def _ready(self, recipe: Recipe) -> bool:
        """Whether the worker has the model of `recipe`; if not, it is asked to load it."""
        if self._link.wanted == model_spec_of(recipe) or not self._link.number:  # it is to be started yet
            return self.state.model is not None
        self._load(recipe)
        return False

    def _load(self, recipe: Recipe) -> None:
        self.become(self.state.load(recipe.model))
        self._link.load(*model_spec_of(recipe)[:3], recipe=recipe)

    def _load_failed(self, event: p.LoadFailed) -> None:
        """A round of another model than the chosen one fails by it; else nothing runs until another is chosen."""
        round_ = self.state.round_views[self.state.queue.next].round if self.state.queue.ids else None
        wanted = self._link.wanted
        self.become(self.state.on(event))
        if round_ and wanted == model_spec_of(round_.recipe) != model_spec_of(self._recipe):
            failed = p.RoundFailed(round_.id, event.problem)
            self.become(self.state.on(failed))
            self._persistence.keep(failed)
            self._send_next()

    def _take_previews(self, event: p.Step) -> None:
        if event.previews and self._pacer.take():
            previews = {v.index: Picture(v.width, v.height, v.pixels) for v in event.previews}
            self.picture_cache.preview(event.round_id, previews)
