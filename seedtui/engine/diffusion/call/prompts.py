"""The prompts of one call: its arguments, and what changes them between the steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from seedtui.core.recipes.call_form import CallForm
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.calls import Call
from seedtui.core.rounds.rounds import Shot
from seedtui.engine.diffusion.call.encoded_prompts import encoded_prompts
from seedtui.engine.diffusion.call.noise import GlobalNoiseWatch
from seedtui.engine.diffusion.call.prompt_cache import PromptCache
from seedtui.engine.diffusion.call.prompt_hold import PromptHold, prompts_in_force
from seedtui.engine.diffusion.call.prompt_spread import PromptSpread

PromptChanges = PromptHold | PromptSpread


class CallPrompts(NamedTuple):
    """The prompts of `shots`, all of `call` or the part that fits into memory. `form` is that of the call of `pipe`.

    Prompts that compel encodes are kept in `cache`.
    """

    pipe: Any
    form: CallForm
    recipe: Recipe
    call: Call
    shots: Sequence[Shot]
    cache: PromptCache

    def arguments(self, device: str, stage: int = 0) -> dict[str, Any]:
        """The prompt arguments of the guide's two calls: one prompt and many seeds, or one seed and many prompts.

        With wildcards, there are many of both. `stage` chooses among the prompts that an image with holds follows one
        after the other.

        Raises:
            InputError: compel cannot encode a prompt.
        """
        if self.recipe.prompt_encoding != "plain":
            each = [self.call.prompts_of(shot) for shot in self.shots]
            return encoded_prompts(self.pipe, self.form, self.recipe, each, stage, device, self.cache)
        negative, size = self.recipe.negative, len(self.shots)
        if self.call.has_one_prompt and not self.form.lists:
            alone: dict[str, Any] = {"prompt": self.call.prompt, "num_images_per_prompt": size}
            return alone | ({"negative_prompt": negative} if negative else {})
        prompts = {"prompt": [self.call.prompts_of(shot)[min(stage, len(shot.holds))] for shot in self.shots]}
        return prompts | ({"negative_prompt": [negative] * size} if negative else {})

    @contextmanager
    def changed(self, arguments: dict[str, Any], device: str) -> Iterator[PromptChanges | None]:
        """A context for the call, with what its step callback must do; None if the prompts stay the same.

        `arguments` are the other arguments of the call.

        Raises:
            InputError: this pipeline cannot change its prompts.
        """
        hold = self._hold(arguments, device)
        if not self.recipe.spread:
            yield hold
            return
        seeds, turns = [shot.noise_seed for shot in self.shots], [shot.turns for shot in self.shots]
        with PromptSpread(self.pipe, self.recipe.spread, self.recipe.spread_share, seeds, turns, hold) as spread:
            yield spread

    def _hold(self, arguments: dict[str, Any], device: str) -> PromptHold | None:
        names, stages = self.form.held, max(len(shot.holds) for shot in self.shots)
        if not stages:
            return None
        with GlobalNoiseWatch(device, None):
            later = [
                prompts_in_force(self.pipe, names, {**self.arguments(device, stage + 1), **arguments}, len(self.shots))
                for stage in range(stages)
            ]
        shares = [[hold.share for hold in shot.holds] for shot in self.shots]
        return PromptHold(self.pipe, names, later, shares)
