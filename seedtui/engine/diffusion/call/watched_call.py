"""One call of a pipeline, as in the guide, watched for unseeded noise and for NaN.

If there is neither, the output is byte for byte the same as without watching.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch

from seedtui.core.recipes.recipe import PHILOX
from seedtui.core.rounds.adjustments import Adjustments, seed_of_call
from seedtui.core.rounds.variation import Variation
from seedtui.engine.diffusion import previews
from seedtui.engine.diffusion.call.decoding import DecoderWatch
from seedtui.engine.diffusion.call.noise import EITHER, GlobalNoiseWatch, StepNoiseWatch
from seedtui.engine.diffusion.call.philox_noise import PhiloxGenerator, PhiloxNoise
from seedtui.engine.diffusion.call.turned_noise import TurnedNoise
from seedtui.engine.diffusion.loading import attention, draft_cache, profiles
from seedtui.engine.diffusion.pipeline_call import images_of
from seedtui.engine.diffusion.scouting.stopping import Stopped

WHOLE_BATCH = "part of its noise is drawn for the whole batch: it repeats with its batch, not on its own"


ON_DEVICE = "this scheduler draws the noise of its steps on the model's device, whatever the generator"


class WatchedOutput(NamedTuple):
    """One PIL image of a call, whether the safety checker flagged it, and how its call was adjusted.

    `output` is the attribute of the call's output that holds the images.
    """

    image: Any
    flagged: bool
    notes: tuple[str, ...]
    adjustments: Adjustments
    output: str


def watched_call(
    pipe: Any, arguments: dict[str, Any], seeds: Sequence[int], device: str, generator_device: str,
    asked: Adjustments | None, hook: Callable[[previews.Tap], dict[str, Any]],
    turns: Sequence[tuple[Variation, ...]] = (),
) -> list[WatchedOutput]:  # fmt: skip
    """Call `pipe` with `arguments` and a fresh generator for each of `seeds`, on `generator_device` or of philox.

    `asked` are the adjustments to repeat exactly; None makes those that are needed. `hook` returns the arguments that
    report the steps. `turns` change the noise of the images, as in `TurnedNoise`.

    Raises:
        EngineError: the model cannot be compiled, the attention kernel cannot be used, or the output has no images.
        InputError: philox does not have all that the model draws, or its noise cannot be varied.
    """

    def generator(seed: int) -> torch.Generator:
        one = PhiloxGenerator() if generator_device == PHILOX else torch.Generator(generator_device)
        return one.manual_seed(seed)

    generators = [generator(seed) for seed in seeds]
    ways = EITHER if asked is None else () if asked.step_noise is None else (asked.step_noise,)
    global_seed = seed_of_call(seeds) if asked is None else asked.global_seed
    scheduler = getattr(pipe, "scheduler", None)
    with (
        GlobalNoiseWatch(device, global_seed) as global_noise,
        StepNoiseWatch(scheduler, generators, ways) as step_noise,
        PhiloxNoise(generators),
        TurnedNoise(pipe, turns, generator),
        DecoderWatch(pipe, len(seeds), rescue=asked is None or asked.float32_decoder) as decoder,
        previews.Tap(scheduler) as tap,
    ):
        try:
            output = pipe(**arguments, **hook(tap), generator=generators)
        except Stopped as stopped:
            output = stopped.output
        except Exception as error:
            if told := profiles.failed_to_compile(error) or attention.refused(error) or draft_cache.refused(error):
                raise told from error
            raise
        decoder.look_at(tap.output)
    elsewhere = step_noise.used == "seeds" and generator_device.partition(":")[0] != device.partition(":")[0]
    drawn = (*((WHOLE_BATCH,) if global_noise.used else ()), *((ON_DEVICE,) if elsewhere else ()))
    name, images = images_of(output, type(pipe).__name__)
    flagged = getattr(output, "nsfw_content_detected", None) or [False] * len(seeds)
    return [
        WatchedOutput(
            image,
            bool(flag),
            (*drawn, *decoder.notes(slot)),
            Adjustments(
                step_noise=step_noise.used,
                global_seed=global_seed if global_noise.used else None,
                float32_decoder=decoder.rescued[slot],
            ),
            name,
        )
        for slot, (image, flag) in enumerate(zip(images, flagged, strict=True))
    ]
