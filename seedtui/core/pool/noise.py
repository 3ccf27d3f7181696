"""The noise of rounds that unlike workers make together."""

from __future__ import annotations

from seedtui.core.pool.plan import PoolPlan
from seedtui.core.recipes.recipe import Recipe

DRAWN_ON_CPU = "noise is drawn on the CPU, so that it is the same on all workers"
"""What to tell when `portable_noise` changed the recipe."""


def portable_noise(recipe: Recipe, plan: PoolPlan) -> Recipe:
    """`recipe` with noise that is the same on every worker, if unlike ones may make one round.

    A recipe that says where noise is drawn stays as it is.
    """
    if not (plan.is_pool and plan.mixed) or recipe.generator_device is not None:
        return recipe
    return recipe.with_changes(generator_device="cpu")
