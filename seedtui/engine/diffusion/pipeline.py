"""Runs rounds on a loaded pipeline.

It knows nothing about sockets, sessions or screens: a round goes in, events come out.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import torch

from seedtui.core.errors import EngineError, InputError, one_line
from seedtui.core.images.record import pixel_hash
from seedtui.core.recipes.lora import Lora, asked
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.recipes.resolved import resolved
from seedtui.core.rounds.calls import Call, call_of_pick, calls
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Round, Shot
from seedtui.engine.diffusion import previews
from seedtui.engine.diffusion.call import compel_prompts
from seedtui.engine.diffusion.call.finish_call import FinishCall, finish_call
from seedtui.engine.diffusion.call.prompt_cache import PromptCache
from seedtui.engine.diffusion.call.prompt_spread import spread_form
from seedtui.engine.diffusion.call.scheduler_swap import SchedulerSwap
from seedtui.engine.diffusion.call.watched_call import WatchedOutput
from seedtui.engine.diffusion.delivery import Delivery, image_ready
from seedtui.engine.diffusion.loading import draft_cache, gguf_transformer, profiles, quantization
from seedtui.engine.diffusion.loading.describe import describe
from seedtui.engine.diffusion.loading.load import choose_device, choose_dtype, load_pipeline, revision_of
from seedtui.engine.diffusion.loading.load_warnings import LoadWarnings, made_up_weights
from seedtui.engine.diffusion.loading.lora_adapters import layout_of, load_loras, set_weights, swap_files
from seedtui.engine.diffusion.memory import low_memory
from seedtui.engine.diffusion.memory.parking import park, unpark
from seedtui.engine.diffusion.pipeline_call import arguments_of, guidance_in_force
from seedtui.engine.diffusion.progress import Cancelled, LeftOut, RoundProgress, Send, is_stoppable
from seedtui.engine.diffusion.round_calls import LoadedParts, RoundCalls
from seedtui.engine.diffusion.scouting.decode import decoded
from seedtui.engine.diffusion.scouting.keys import key_of_setup
from seedtui.engine.diffusion.scouting.replay import Replay
from seedtui.engine.diffusion.scouting.scouting import Scouting
from seedtui.engine.diffusion.scouting.stopping import Stopping
from seedtui.engine.diffusion.scouting.tape import Tape
from seedtui.engine.diffusion.scouting.verdicts import Verdicts
from seedtui.engine.diffusion.scouting.work import Work, work_of
from seedtui.engine.diffusion.source_image import source_image
from seedtui.engine.diffusion.tokens import counter_for
from seedtui.engine.wire import protocol as p
from seedtui.models.defaults import read_defaults
from seedtui.models.gguf_files import gguf_hash

THREADS = torch.get_num_threads()
"""The number of threads that torch uses by default."""

MAX_THREADS = 1024


class Pipeline:
    """A loaded pipeline. `info` describes it."""

    def __init__(
        self,
        pipe: Any,
        info: p.ModelInfo,
        matrix: previews.Matrix | None,
        request: p.Load,
        notes: tuple[str, ...] = (),
        lora_notes: tuple[str, ...] = (),
    ) -> None:
        self.info = info
        self._load_notes, self._lora_notes = notes, lora_notes
        self._layouts = [layout_of(Path(lora.path)) for lora in info.lora]
        self.request = request
        self._embeddings = PromptCache(pipe, info.device)
        self._pipe = pipe
        self._matrix = matrix
        self._stored_matrix = matrix
        self._verdicts = Verdicts()
        self._tokens = counter_for(pipe)
        self._scheduler = SchedulerSwap(pipe)
        self._defaults = read_defaults(Path(request.path))
        self._parked = False

    @classmethod
    def load(cls, request: p.Load, send: Send) -> Pipeline:
        """Load the model of `request`, sending an event for each component.

        Raises:
            ModelError: it is not a text-to-image pipeline, or cannot be loaded.
            EngineError: there is not enough memory.
        """
        low_memory.free()  # the memory of the previous model
        folder = Path(request.path)
        recipe = request.recipe or Recipe()
        device = choose_device(request.device)
        dtype = choose_dtype(request.dtype, device)
        profiles.check(recipe.profile, device)
        quantization.check(recipe.weights, folder)
        gguf_transformer.check(recipe.transformer, folder)
        profiles.set_flags(recipe.profile, device)
        torch.set_num_threads(min(request.threads, MAX_THREADS) or THREADS)
        with ThreadPoolExecutor(1) as aside:
            revision, gguf_sha256 = aside.submit(revision_of, folder), aside.submit(gguf_hash, recipe.transformer)
            try:
                place = profiles.first_place(recipe.compute, device)
                with LoadWarnings() as warned:
                    pipe = load_pipeline(
                        folder, dtype, place, lambda *at: send(p.Loading(*at)),
                        quantization.config_of(recipe.weights, dtype), recipe.transformer,
                    )  # fmt: skip
                lora, notes = load_loras(pipe, recipe.lora)
                matrix = previews.find_matrix(pipe, folder, device)
                profiles.prepare(pipe, recipe.compute, device, dtype)
            except (torch.OutOfMemoryError, MemoryError) as error:
                raise EngineError(f"out of memory: {request.name} does not fit on {device}", _less(device)) from error
            info = describe(
                pipe, request.name, folder, revision.result(), dtype, device, recipe.compute, gguf_sha256.result(), lora
            )
        random = tuple(f"the model lacks weights: {one_line(line, 160)}" for line in made_up_weights(warned.lines))
        if not is_stoppable(inspect.signature(type(pipe).__call__).parameters, pipe):
            send(p.Told(f"{info.pipeline} cannot be interrupted: cancelling waits for the end of the round"))
        loaded = cls(
            pipe,
            info,
            matrix,
            request,
            (*random, *quantization.notes_on(recipe.weights), *draft_cache.notes_on(recipe.draft)),
            notes,
        )
        loaded._warm_up(recipe, send)
        return loaded

    def request_for(self, recipe: Recipe) -> p.Load:
        """What to load for rounds of `recipe`: `request`, or the same model with other settings or LoRAs.

        Raises:
            EngineError: the profile cannot be used here.
            ModelError: a package is missing.
        """
        if (recipe.compute, asked(recipe.lora)) == (self.info.compute, asked(self.info.lora)):
            return self.request
        profiles.check(recipe.profile, self.info.device)
        quantization.check(recipe.weights, Path(self.request.path))
        gguf_transformer.check(recipe.transformer, Path(self.request.path))
        return msgspec.structs.replace(self.request, recipe=recipe)

    def reweigh(self, request: p.Load) -> bool:
        """Give the loaded LoRAs the weights of `request`, which otherwise asks for what is loaded.

        False if they cannot change: compiled code has them as constants.
        """
        if request.recipe is None or self.info.compute.profile == "fast":
            return False
        loras = request.recipe.lora
        set_weights(self._pipe, loras)
        weighed = (
            msgspec.structs.replace(loaded, weight=lora.weight)
            for loaded, lora in zip(self.info.lora, loras, strict=True)
        )
        self._has_loras(request, tuple(weighed))
        return True

    def swap_loras(self, request: p.Load) -> bool:
        """Load the LoRA files of `request`, which otherwise asks for what is loaded, in place of those before.

        False if that could leave something behind: the model must be loaded again.
        """
        if request.recipe is None or self.info.compute.profile == "fast" or self.info.compute.weights != "full":
            return False
        loras = request.recipe.lora
        if [layout_of(Path(lora.path)) for lora in loras] != self._layouts:
            return False
        swapped = swap_files(self._pipe, loras)
        if swapped is None:
            return False
        self._has_loras(request, swapped.loras)
        self._lora_notes = swapped.notes
        return True

    def _has_loras(self, request: p.Load, loras: tuple[Lora, ...]) -> None:
        self._embeddings.forget()  # a LoRA may change the text encoders
        self.info = msgspec.structs.replace(self.info, lora=loras)
        self.request = request

    def _warm_up(self, recipe: Recipe, send: Send) -> None:
        """Run two steps of a round of `recipe` if the first round would otherwise be slower than the next.

        This compiles the model, and on a GPU selects and loads kernels.
        """
        fast = self.info.compute.profile == "fast"
        if not fast and not self.info.device.startswith("cuda"):
            return
        send(p.Loading("kernels: compiling may take minutes" if fast else "kernels", 0, 0))
        short = msgspec.structs.replace(recipe, steps=2, fallback=None)
        try:
            self.run(explore("warming up", range(recipe.batch_size), short), lambda event: None, lambda: False)
        except (InputError, low_memory.OutOfMemoryError):
            return  # the first round says so; a compiler's error is reported now

    def count_tokens(self, request: p.CountTokens) -> p.Tokens:
        """A count for each prompt, and the token limit. May be called from another thread."""
        counts = (compel_prompts.count(self._tokens, prompt, request.encoding) for prompt in request.prompts)
        return p.Tokens(request.ticket, tuple(counts), self._tokens.limit)

    def park(self) -> p.Parked:
        """Move the weights to the CPU; the next round moves them back."""
        self._embeddings.forget()
        parked = park(self._pipe, self.info.device)
        self._parked = not parked.why
        return parked

    def run(
        self, round_: Round, send: Send, cancelled: Callable[[], bool], only: Callable[[], int | None] = lambda: None,
        source: bytes = b"", saved: str = "",
    ) -> None:  # fmt: skip
        """Make the images of `round_`, sending an event for each step and each image, and `RoundDone` at the end.

        `cancelled` is called at every step; if it returns True, the round ends with `RoundCancelled` and the pipeline
        stays usable. `only` is called too: if it returns the index of an image, only that image's call is made, and the
        round ends with `RoundCancelled` if anything was left out. `source` has the pixels of the image that a finish
        round is made from, if they are known. `saved` is the folder of saved states, as in `protocol.Run`.

        Raises:
            InputError: the recipe has a setting that this pipeline does not support.
            EngineError: out of memory.
        """
        began = time.monotonic()
        self._wake()
        low_memory.forget_peak(self.info.device)
        try:
            begun = source_image(round_, source, self.run, send, cancelled)
        except Cancelled:
            send(p.RoundCancelled(round_.id, 0))
            return
        arguments, recipe, notes = self._arguments(round_.recipe)
        info = msgspec.structs.replace(self.info, form=spread_form(self._pipe, self.info.form, recipe))
        finishing: FinishCall | None = None
        if round_.finish and begun:
            finishing, notes = finish_call(self._pipe, round_.finish, begun, recipe), (*notes, *begun.notes)
        todo = list(calls(round_))
        progress = RoundProgress(round_, len(todo), send, cancelled, self._matrix, only, self.info.device)
        way = recipe.fallback
        work = work_of(self._pipe, round_, recipe, info, saved, self._stored_matrix, self._verdicts, send)
        calls_of_round = RoundCalls(self._parts, round_, arguments, progress, notes, finishing, work)
        left_out = False
        try:
            with Delivery(send) as delivery:
                for number, call in enumerate(todo):
                    try:
                        progress.begin(number, call)
                        way, images = calls_of_round.make(call, way)
                    except LeftOut:
                        self._pipe.maybe_free_model_hooks()
                        left_out = True
                        continue
                    made = msgspec.structs.replace(recipe, fallback=way)
                    for slot, shot in call.wanted:
                        if again := _call_of_pick(round_, call, shot, images[slot]):
                            todo.append(again)
                            progress.add_call()
                            continue
                        place = (call, slot, shot, images[slot])
                        delivery.take(partial(image_ready, _stopped(round_, work), made, info, *place, finishing))
                if left_out:
                    raise Cancelled
        except Cancelled:
            self._pipe.maybe_free_model_hooks()  # the exception skipped it
            send(p.RoundCancelled(round_.id, progress.step))
        except Exception:
            self._pipe.maybe_free_model_hooks()  # it skipped it too
            raise
        else:
            self._matrix = progress.matrix
            if finishing:
                self._pipe.maybe_free_model_hooks()  # they are not those of the pipeline that was called
            replayed = work.replayed if isinstance(work, Replay) else 0.0
            send(p.RoundDone(round_.id, time.monotonic() - began, low_memory.peak(self.info.device), replayed))

    def decode(self, round_: Round, saved: str) -> p.Decoded:
        """Decode the only image of the scout round `round_` from its state in the folder `saved`.

        Raises:
            EngineError: that is not possible, or memory ran out.
        """
        self._wake()
        arguments, recipe, _ = self._arguments(round_.recipe)
        progress = RoundProgress(round_, 1, lambda _: None, lambda: False, None, lambda: None, self.info.device)

        calls_of_round = RoundCalls(self._parts, round_, arguments, progress)

        def make(call: Call, tape: Tape, stopping: Stopping) -> list[WatchedOutput]:
            progress.begin(0, call)
            made = low_memory.attempt(
                partial(calls_of_round.part, call, call.shots, tape, stopping), calls_of_round.release
            )
            if made is None:
                raise low_memory.does_not_fit(recipe, self.info.device)
            return made

        setup = key_of_setup(recipe, self.info.pipeline, self.info.environment)
        image = decoded(self._pipe, round_, Path(saved), setup, make).image.convert("RGB")
        return p.Decoded(round_.id, round_.shots[0].index, image.width, image.height, image.tobytes())

    @property
    def _parts(self) -> LoadedParts:
        notes = (*self._load_notes, *self._lora_notes)
        return LoadedParts(self._pipe, self.info, self._embeddings, self._scheduler, self._tokens, notes)

    def _wake(self) -> None:
        if self._parked:
            unpark(self._pipe, self.info.device)
            self._parked = False

    def _arguments(self, recipe: Recipe) -> tuple[dict[str, Any], Recipe, tuple[str, ...]]:
        """The arguments of the call for `recipe`, the recipe with the pipeline's defaults filled in, and notes.

        The filled-in recipe goes into each image's record. Also sets the scheduler.
        """
        info = self.info
        recipe.check_multiple(info.multiple)
        compel_prompts.check(recipe.prompt_encoding, info)
        if recipe.negative and not info.takes_negative:
            raise InputError(f"{info.pipeline} does not support a negative prompt", "Leave it out")
        guidance = guidance_in_force(self._pipe, info.form, recipe, info.guidance)
        arguments = arguments_of(self._pipe, info.form, recipe, guidance, self._defaults)
        made = msgspec.structs.replace(
            resolved(recipe, info), lora=info.lora, scheduler=self._scheduler.set(recipe.scheduler),
            guidance=guidance.value,
        )  # fmt: skip
        return arguments, made, (guidance.why,) if guidance.why and recipe.guidance is not None else ()


def _stopped(round_: Round, work: Work) -> Round:
    """The round with the number of the step that it stopped at."""
    return msgspec.structs.replace(round_, stop=work.stop) if isinstance(work, Scouting) else round_


def _less(device: str) -> str:
    """What to do where a model does not fit on `device`."""
    return "Use a smaller model" if device == "cpu" else "Try --offload layers, with --weights float8 or without"


def _call_of_pick(round_: Round, call: Call, shot: Shot, made: WatchedOutput) -> Call | None:
    """If a control differs from its pick, the call that the pick was part of, since its neighbours may matter."""
    parent = round_.parent
    if call.control or not (parent and parent.sha256 and round_.pick_batch and round_.is_control(shot)):
        return None
    same = pixel_hash(made.image.convert("RGB").tobytes()) == parent.sha256
    return None if same else call_of_pick(round_, shot)
