"""Which images need not be made again."""

from __future__ import annotations

import msgspec
import pytest

from seedtui.core.images.made import identities, identity_of
from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.recipes.schedulers import recorded_name
from seedtui.core.rounds.adjustments import Adjustments, seed_of_call
from seedtui.core.rounds.calls import calls
from seedtui.core.rounds.make import explore, refine
from seedtui.core.rounds.rounds import Round
from seedtui.engine import fake

HERE = msgspec.structs.replace(fake.MODEL, revision="r")


def records(round_: Round, **changes: object) -> list[ImageRecord]:
    """What a worker on which `HERE` is loaded would record for `round_`."""
    recipe = round_.recipe
    base = msgspec.structs.replace(
        recipe,
        model=HERE.name,
        revision=HERE.revision,
        dtype=recipe.dtype or HERE.dtype,
        device=HERE.device,
        scheduler=recorded_name(recipe.scheduler or HERE.scheduler),
        steps=recipe.steps or HERE.steps,
        guidance=HERE.guidance if recipe.guidance is None else recipe.guidance,
        width=recipe.width or HERE.width,
        height=recipe.height or HERE.height,
    )
    return [
        msgspec.structs.replace(
            fake.image_of(round_, shot).record, recipe=base, slot=slot, batch=call.batch, **changes
        )
        for call in calls(round_)
        for slot, shot in call.wanted
    ]  # fmt: skip


def there(wanted: Round, made: list[ImageRecord]) -> list[int]:
    """The indices of the images of `wanted` that are among those `made`."""
    known = {identity_of(record) for record in made} - {None}
    return [shot.index for shot, choices in identities(wanted, HERE) if known.intersection(choices)]


def test_the_same_round_is_there() -> None:
    for recipe in (Recipe(), Recipe(steps=3, guidance=2.0, width=64, height=72), Recipe(batch_size=3)):
        round_ = explore("a cat", range(7), recipe)
        assert there(explore("a cat", range(7), recipe), records(round_)) == list(range(7))


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(steps=3), Recipe(guidance=3.0), Recipe(width=64, height=64), Recipe(scheduler="euler"),
        Recipe(negative="dog"), Recipe(dtype="bfloat16"), Recipe(generator_device="cpu"), Recipe(profile="small"),
        Recipe(spread=0.4), Recipe(batch_size=2), Recipe(draft="cache"),
    ],
)  # fmt: skip
def test_another_recipe_is_not(recipe: Recipe) -> None:
    made = records(explore("a cat", range(4), recipe))
    assert there(explore("a cat", range(4), Recipe()), made) == []


def test_a_default_written_out_is_the_default() -> None:
    asked = Recipe(steps=HERE.steps, guidance=HERE.guidance, scheduler="ddim", width=HERE.width, height=HERE.height)
    made = records(explore("a cat", range(4), Recipe()))
    assert there(explore("a cat", range(4), asked), made) == [0, 1, 2, 3]


def test_other_words_seeds_slots_and_kinds_are_not() -> None:
    made = records(explore("a cat", range(4), Recipe()))
    assert there(explore("a dog", range(4), Recipe()), made) == []
    assert there(explore("a cat", [4, 5, 2], Recipe()), made) == [2]
    assert there(explore("a cat", [2, 0, 1, 3], Recipe()), made) == [3]  # the low bits may depend on the slot
    assert there(explore("a cat, a", [1], Recipe()), records(refine("a cat", 1, [", a"], Recipe()))) == []


def test_the_whole_call_counts_where_its_noise_is_shared() -> None:
    def made(seeds: list[int]) -> list[ImageRecord]:
        own = Adjustments(global_seed=seed_of_call(seeds))
        return records(explore("a cat", seeds, Recipe()), adjustments=own)

    assert there(explore("a cat", range(4), Recipe()), made([0, 1, 2, 3])) == [0, 1, 2, 3]
    assert there(explore("a cat", range(4), Recipe()), made([0, 1, 2, 7])) == []


def test_neighbours_with_other_prompts_count() -> None:
    def template(words: str) -> Round:
        return explore("a __x__", range(4), Recipe(), lambda text, seed: words if seed == 3 else "a cat")

    assert there(template("a dog"), records(template("a dog"))) == [0, 1, 2, 3]
    assert there(template("a dog"), records(template("a very long dog"))) == []


def test_an_image_without_its_call_or_guidance() -> None:
    round_ = explore("a cat", range(4), Recipe())
    old = [msgspec.structs.replace(record, batch=None) for record in records(round_)]
    assert there(round_, old) == []
    no_effect = [
        msgspec.structs.replace(record, recipe=msgspec.structs.replace(record.recipe, guidance=None))
        for record in records(round_)
    ]
    assert there(explore("a cat", range(4), Recipe(guidance=3.0)), no_effect) == [0, 1, 2, 3]
