"""What differs between two recipes, in words."""

from __future__ import annotations

import pytest

from seedtui.core.recipes.differing import differing, filled, lora_in_words, short_model, short_scheduler
from seedtui.core.recipes.lora import Lora
from seedtui.core.recipes.recipe import Recipe

LORA = Lora(path="/x/ink.safetensors", weight=0.8)
DEFAULTS = Recipe(steps=50, guidance=7.5, scheduler="DDIMScheduler", width=64, height=64, dtype="float32", device="cpu")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ()),
        ({"steps": 12, "guidance": 5.0, "scheduler": "euler"}, ("12 steps", "cfg 5", "euler")),
        ({"steps": 50, "scheduler": "ddim", "guidance": 7.5}, ()),
        ({"width": 64, "height": 96, "negative": "fog"}, ("64x96", "negative prompt")),
        ({"dtype": "float16", "device": "cuda"}, ("fp16", "cuda")),
        ({"model": "a/b", "lora": (LORA,), "profile": "small", "batch_size": 2}, ("b", "ink 0.8", "small", "batch 2")),
        ({"generator_device": "cpu"}, ("noise cpu",)),
    ],
)
def test_what_differs_from_the_models_defaults(changes, words):
    assert differing(filled(Recipe(**changes), DEFAULTS), DEFAULTS) == words


def test_what_was_left_out_again_differs_too():
    base = Recipe(steps=12, negative="fog", lora=(LORA,))
    assert differing(Recipe(), base) == ("default steps", "no negative prompt", "no LoRA")
    assert differing(base, base) == ()


def test_a_lora_counts_by_what_was_asked_for_not_by_its_hash():
    hashed = Lora(path=LORA.path, weight=0.8, sha256="a" * 64)
    assert differing(Recipe(lora=(hashed,)), Recipe(lora=(LORA,))) == ()
    assert lora_in_words(hashed) == "ink 0.8"


def test_short_names():
    names = ("EulerDiscreteScheduler", "euler", "OddScheduler")
    assert [short_scheduler(name) for name in names] == ["euler", "euler", "Odd"]
    assert [short_model(n) for n in ("starter", "a/b", "/models/c/")] == ["starter", "b", "c"]
