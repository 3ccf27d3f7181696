"""Recipe files: written so that they are read again, and mistakes told with their line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.config import toml
from seedtui.core.config.recipe_file import Made, parse_recipe_file, recipe_file
from seedtui.core.errors import InputError
from seedtui.core.images.environment import Environment
from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.calls import calls
from seedtui.core.rounds.hold import Hold
from seedtui.core.rounds.rounds import Batch
from seedtui.core.rounds.variation import Variation
from seedtui.core.text.display import visible

RECIPE = Recipe(
    model="starter", revision="a" * 64, dtype="float32", device="cpu", scheduler="PNDMScheduler", steps=5,
    guidance=7.5, width=128, height=64, negative='fog "thick"\n\x7f', batch_size=4, generator_device="cpu",
    profile="small", fallback="halves",
)  # fmt: skip


def record(**changes) -> ImageRecord:
    values = {
        "kind": "explore", "prompt": "a cat", "suffix": "", "seed": 2, "slot": 3, "recipe": RECIPE, "sha256": "b" * 64,
        "environment": Environment(threads=2), "round_id": "r", "index": 0,
    }  # fmt: skip
    return ImageRecord(**{**values, **changes})


def test_a_file_is_read_as_it_was_written():
    file = parse_recipe_file(recipe_file(record()), "r.toml")
    assert (file.prompt, file.seeds, file.suffixes, file.recipe) == ("a cat", "2", None, RECIPE)
    assert file.made == Made("b" * 64, 3, 2)
    refined = parse_recipe_file(recipe_file(record(kind="refine", suffix=", artsy")), "r.toml")
    assert refined.suffixes == (", artsy",) and refined.round(RECIPE).kind == "refine"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40).filter(str.strip))
def test_any_prompt_is_to_the_letter(prompt: str):
    assert parse_recipe_file(recipe_file(record(prompt=prompt)), "r.toml").prompt == prompt


@given(st.integers(0, 2**64 - 1), st.integers(0, 3))
def test_the_very_image_is_in_its_slot(seed: int, slot: int):
    file = parse_recipe_file(recipe_file(record(seed=seed, slot=slot)), "r.toml")
    round_ = file.one_round()
    assert round_ is not None
    (call,) = calls(round_)
    assert {shot.seed for shot in call.shots} == {seed} and slot in call.slots


def test_the_batch_of_the_image_is_in_the_file():
    batch = Batch(seeds=(5, 6, 7, 2**64 - 1))
    file = parse_recipe_file(recipe_file(record(seed=2**64 - 1, batch=batch)), "r.toml")
    assert file.made.batch == batch
    assert [shot.seed for shot in file.one_round().shots] == [*batch.seeds]
    refined = Batch(seeds=(2, 2, 2, 2), suffixes=("", ", a", "b", '"'), kind="refine", prompt="a")
    file = parse_recipe_file(recipe_file(record(kind="refine", prompt="a", suffix='"', batch=refined)), "r.toml")
    assert [shot.suffix for shot in file.one_round().shots] == [*refined.suffixes]


HOLDS, VARIATIONS = (Hold(0.1, "a"), Hold(0.35, 'a "b"')), (Variation(2**64 - 1, 0.1), Variation(3, 1.0))


@pytest.mark.parametrize("kind", ["explore", "refine", "vary"])
def test_holds_and_variations_are_in_the_file(kind: str):
    of = record(kind=kind, suffix=", x" if kind == "refine" else "", holds=HOLDS, variations=VARIATIONS)
    file = parse_recipe_file(recipe_file(of), "r.toml")
    assert (file.holds, file.variations) == (HOLDS, VARIATIONS)
    round_ = file.round(RECIPE)
    assert round_.kind == ("refine" if kind == "refine" else "vary")
    assert [(shot.holds, shot.variations) for shot in file.one_round().shots] == [(HOLDS, VARIATIONS)] * 4
    assert [shot.seed for shot in file.round(RECIPE, seeds="5").shots] == [5]
    only = parse_recipe_file(recipe_file(record(suffix="", holds=HOLDS)), "r.toml").round(RECIPE)
    assert (only.kind, only.shots[0].holds) == ("explore", HOLDS)


def test_a_changed_file_is_a_round_like_any_other():
    file = parse_recipe_file('prompt = "a"\nseeds = "0-3"\nsuffixes = []\n'.replace("suffixes = []\n", ""), "r.toml")
    assert [shot.seed for shot in file.round(file.recipe).shots] == [0, 1, 2, 3]
    assert file.one_round() is None
    assert parse_recipe_file('prompt = "a"\nseeds = 7', "r").round(Recipe(), "b", "8,9").shots[1].seed == 9


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('seeds = "1"', "has no prompt"),
        ('prompt = "a"', "has no seeds"),
        ('prompt = "a"\nseeds = "x"', "r.toml: "),
        ('prompt = "a"\nseeds = "1"\nsede = 3', "r.toml:3: sede"),
        ('prompt = "a"\nseeds = "1"\n[recipe]\nstepz = 3', "r.toml:4: recipe.stepz"),
        ('prompt = "a"\nseeds = "1"\nholds = [{share = 0.95, prompt = "b"}]', "hold 95% is out of range"),
        ('prompt = "a"\nseeds = "1"\nholds = [{share = 0.5}]', "r.toml:3: holds"),
        ('prompt = "a"\nseeds = "1"\nvariations = [{seed = 1, strength = 2}]', "strength 200% is out of range"),
        ('prompt = "a"\nseeds = "1"\n[recipe]\nsteps = 0', "r.toml:4: recipe.steps"),
        ('prompt = "a"\nseeds = "1"\n[made]\nslot = "x"', "r.toml:3: made"),
        ('prompt = "a"\nseeds = "1"\n[made]\nslot = 900', "slot"),
        ('prompt = "a"\nseeds = "1"\n[made]\nbatch = {seeds = [1]}', "batch"),
        ('prompt = "a"\nseeds = "0-3"\nsuffixes = [", a"]', "one seed"),
        ('prompt = "a"\nseeds = "1"\nsuffixes = []', "no suffix"),
        ('prompt = "a', "r.toml:1: invalid TOML"),
    ],
)
def test_a_mistake_is_told(text: str, words: str):
    with pytest.raises(InputError) as error:
        parse_recipe_file(text, "r.toml")
    assert words in str(error.value)


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=30))
def test_toml_hides_nothing_and_is_read_back(text: str) -> None:
    line = toml.written({"text": [text]})
    assert visible(line) == line
    assert toml.parse(f"x = {line}", "a file") == {"x": {"text": [text]}}
