"""Makes the calls of one round on a loaded pipeline, in whatever way fits into memory."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any, NamedTuple

from seedtui.core.errors import SeedtuiError
from seedtui.core.recipes.recipe import FALLBACKS, Fallback
from seedtui.core.rounds.calls import Call
from seedtui.core.rounds.rounds import Round, Shot
from seedtui.engine.diffusion.call import compel_prompts
from seedtui.engine.diffusion.call.finish_call import FinishCall
from seedtui.engine.diffusion.call.prompt_cache import PromptCache
from seedtui.engine.diffusion.call.prompt_spread import spread_form
from seedtui.engine.diffusion.call.prompts import CallPrompts
from seedtui.engine.diffusion.call.scheduler_swap import SchedulerSwap
from seedtui.engine.diffusion.call.watched_call import WatchedOutput, watched_call
from seedtui.engine.diffusion.memory import low_memory
from seedtui.engine.diffusion.progress import Cancelled, RoundProgress, step_hook
from seedtui.engine.diffusion.scouting.stopping import Stopping
from seedtui.engine.diffusion.scouting.tape import Tape
from seedtui.engine.diffusion.scouting.work import Work
from seedtui.engine.diffusion.tokens import TokenCounter
from seedtui.engine.wire import protocol as p


class LoadedParts(NamedTuple):
    """What a loaded pipeline consists of. `notes` go onto every image."""

    pipe: Any
    info: p.ModelInfo
    embeddings: PromptCache
    scheduler: SchedulerSwap
    tokens: TokenCounter
    notes: tuple[str, ...]


class RoundCalls:
    """The calls of `round_` with `arguments`.

    `notes` go onto every image, as those of `loaded` do. `finishing` is set for rounds that finish an image, `work` for
    those that scout or continue from a scout round.
    """

    def __init__(
        self, loaded: LoadedParts, round_: Round, arguments: dict[str, Any], progress: RoundProgress,
        notes: tuple[str, ...] = (), finishing: FinishCall | None = None, work: Work = None,
    ) -> None:  # fmt: skip
        self._pipe, self._loaded, self._device = loaded.pipe, loaded, loaded.info.device
        self._round, self._arguments, self._progress = round_, arguments, progress
        self._noted, self._finishing, self._work = notes, finishing, work

    def make(self, call: Call, asked: Fallback | None) -> tuple[Fallback | None, dict[int, WatchedOutput]]:
        """Make one call, in the way `asked` or the first one after it that fits into memory.

        Returns that way, and the images to keep by slot, each with its notes.

        Raises:
            EngineError: no way fits into memory, or the model cannot be compiled.
        """
        size, device = len(call.shots), self._device
        for way in low_memory.ways(self._pipe, device, size, asked, tiles=self._finishing is not None):
            with low_memory.eased(self._pipe, device, way) as rescue:
                made = low_memory.attempt(partial(self._parts, call, way), self.release)
            if made is None:
                continue
            done = way or ("sliced" if rescue.used else None)
            notes = (*self._loaded.notes, *((FALLBACKS[done],) if done else ()), *self._noted)
            return done, {
                slot: one._replace(notes=(*notes, *self._notes(shot, one)))
                for slot, shot in call.wanted
                if (one := made[slot])
            }
        raise low_memory.does_not_fit(self._round.recipe, device)

    def _parts(self, call: Call, way: Fallback | None) -> list[WatchedOutput]:
        """Call the pipeline as the guide does, once per part: the output for each slot."""
        made: list[WatchedOutput] = []
        scheduler = self._loaded.scheduler
        parts = low_memory.parts(len(call.shots), way)
        for number, slots in enumerate(parts):
            self._progress.begin_part(number, len(parts), slots, low_memory.HOW[way])
            make = partial(self.part, call, call.shots[slots])
            try:
                made += make() if self._work is None else self._work.part(call, slots, make)
            except (SeedtuiError, Cancelled):
                raise
            except Exception as error:  # a scheduler for another kind of model can fail in any way
                if scheduler.is_own or low_memory.is_out_of_memory(error):
                    raise
                raise scheduler.unfit(type(self._pipe.scheduler).__name__, error) from error
        return made

    def part(
        self, call: Call, shots: Sequence[Shot], tape: Tape | None = None, stopping: Stopping | None = None
    ) -> list[WatchedOutput]:
        """One call of the pipeline for some slots of `call`, which `tape` records and `stopping` ends early."""
        device, recipe = self._device, self._round.recipe
        form = spread_form(self._pipe, self._loaded.info.form, recipe)
        prompts = CallPrompts(self._pipe, form, recipe, call, shots, self._loaded.embeddings)
        pipe, given = self._pipe, {**prompts.arguments(device), **self._arguments}
        if self._finishing:
            pipe, given = self._finishing.pipe, self._finishing.arguments(given)
        with prompts.changed(self._arguments, device) as changes, tape or nullcontext():
            made = watched_call(
                pipe, given,
                [shot.noise_seed for shot in shots], device, recipe.generator_device or device,
                self._round.adjustments, lambda tap: step_hook(pipe, self._progress, tap, changes, stopping),
                [shot.turns for shot in shots],
            )  # fmt: skip
        if stopping is None:
            self._progress.learn_from([one.image for one in made])
        else:
            self._pipe.maybe_free_model_hooks()  # the end of the call, which may have been skipped
        return made

    def release(self) -> None:
        """After memory ran out in the middle of a call, free what can be recomputed."""
        self._loaded.embeddings.forget()
        self._pipe.maybe_free_model_hooks()

    def _notes(self, shot: Shot, made: WatchedOutput) -> tuple[str, ...]:
        prompt, recipe = self._round.full_prompt(shot), self._round.recipe
        dropped = compel_prompts.count(self._loaded.tokens, prompt, recipe.prompt_encoding).dropped
        cut = (f"prompt too long, cut off: {dropped}",) if dropped else ()
        notes = compel_prompts.notes_on(recipe.prompt_encoding, (prompt, recipe.negative or ""))
        return (*cut, *notes, *made.notes, *(("blacked out by the model's safety checker",) if made.flagged else ()))
