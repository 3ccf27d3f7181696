"""What must be the same for a saved state to be used: as a hash."""

from __future__ import annotations

import hashlib

import msgspec

from seedtui.core.images.environment import Environment
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.calls import Call
from seedtui.core.rounds.rounds import Shot

VERSION = 1
"""Of the saved files. Others are not read."""


def key_of_setup(recipe: Recipe, pipeline: str, environment: Environment) -> str:
    """Of all that decides pixels apart from the image itself: the resolved `recipe`, the pipeline's class and so on.

    Names and paths do not count where the revision or the hash of the content is known.
    """
    loras = tuple(msgspec.structs.replace(lora, path="") if lora.sha256 else lora for lora in recipe.lora)
    known = {"model": ""} if recipe.revision else {}
    known |= {"transformer": ""} if recipe.transformer_sha256 else {}
    recipe = msgspec.structs.replace(recipe, fallback=None, lora=loras, **known)
    return _hash(VERSION, recipe, pipeline, environment)


def key_of_image(setup: str, call: Call, shot: Shot) -> str:
    """Of all that decides the pixels of `shot` in `call`, which has the setup with the key `setup`."""
    shares = [hold.share for hold in shot.holds]
    return _hash(setup, call.prompts_of(shot), shares, shot.noise_seed, shot.turns, call.has_one_prompt)


def _hash(*values: object) -> str:
    return hashlib.sha256(msgspec.json.encode(values)).hexdigest()
