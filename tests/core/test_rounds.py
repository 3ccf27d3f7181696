"""Rounds, the calls they are cut into, and the records of their images."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.errors import InputError
from seedtui.core.images.environment import Environment
from seedtui.core.images.record import ImageRecord, pixel_hash, round_again
from seedtui.core.prompts.prompt import MAX_PROMPT, SUFFIXES, check_text, short_suffix
from seedtui.core.recipes.recipe import MAX_BATCH, Recipe
from seedtui.core.rounds.calls import Call, call_of_pick, calls
from seedtui.core.rounds.make import explore, refine
from seedtui.core.rounds.rounds import Batch, Pick, Round, Shot
from seedtui.core.rounds.seeds import MAX_SEED

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
prompts = texts.filter(str.strip)
recipes = st.builds(Recipe, batch_size=st.integers(1, MAX_BATCH))
explores = st.builds(explore, prompts, st.lists(st.integers(0, MAX_SEED), min_size=1, max_size=40), recipes)
refines = st.builds(
    refine, prompts, st.integers(0, MAX_SEED), st.lists(texts, min_size=1, max_size=40), recipes,
    st.none() | st.builds(Pick, st.just("0123456789ab"), st.integers(0, 9), slot=st.none() | st.integers(0, 20)),
)  # fmt: skip
templates = st.builds(
    lambda prompt, seeds, recipe: explore(prompt, seeds, recipe, lambda text, seed: f"{text} {seed % 3}"),
    prompts, st.lists(st.integers(0, MAX_SEED), min_size=1, max_size=40), recipes,
)  # fmt: skip
"""Rounds whose images have prompts of their own."""

rounds = explores | refines | templates


@given(rounds)
def test_every_call_is_full_and_every_shot_is_made_once(round_: Round) -> None:
    cut = calls(round_)
    assert all(len(call.shots) == round_.recipe.batch_size for call in cut)
    assert all(len(set(call.slots)) == len(call.slots) >= 1 for call in cut)
    assert tuple(shot for call in cut for _, shot in call.wanted) == round_.shots


@given(st.integers(0, 99), st.integers(1, 3))
def test_a_few_seeds_have_the_slots_that_they_have_among_many(first: int, count: int) -> None:
    def slots(seeds: range) -> dict[int, int]:
        return {shot.seed: slot for call in calls(explore("a", seeds, Recipe())) for slot, shot in call.wanted}

    few = range(first, first + count)
    among_many = slots(range(104))
    assert slots(few) == {seed: among_many[seed] for seed in few}


@given(st.lists(texts.filter(bool), min_size=1, max_size=40), st.integers(0, 3))
def test_a_control_moves_no_other_image_and_goes_to_the_slot_of_the_pick_where_there_is_room(
    suffixes: list[str], slot: int
) -> None:
    pick = Pick("0123456789ab", 0, slot=slot)

    def slots(suffixes: list[str]) -> list[int]:
        cut = calls(refine("a cat", 0, suffixes, Recipe(), pick))
        return [slot for call in cut for slot in call.slots]

    alone, with_control = slots(suffixes), slots([*suffixes, ""])
    assert with_control[:-1] == alone
    taken = alone[len(alone) - len(alone) % 4 :]
    assert (with_control[-1] == slot) is (slot not in taken)


def test_a_control_says_that_it_is_one() -> None:
    round_ = refine("a cat", 0, [", artsy", ""], Recipe())
    assert [round_.label(shot) for shot in round_.shots] == ["seed 0 · artsy", "seed 0 · control"]
    assert round_.title == "seed 0 · 1 suffix + control"
    assert explore("a cat", [0], Recipe()).label(explore("a cat", [0], Recipe()).shots[0]) == "seed 0"


@given(rounds)
def test_shots_are_numbered_and_labelled(round_: Round) -> None:
    assert [shot.index for shot in round_.shots] == list(range(len(round_.shots)))
    assert all(f"seed {shot.seed}" in shot.label for shot in round_.shots)
    assert round_.title
    if round_.kind == "refine":
        assert len({shot.seed for shot in round_.shots}) == 1
    assert all(round_.full_prompt(shot) == (shot.prompt or round_.prompt) + shot.suffix for shot in round_.shots)


def record_of(round_: Round, call: Call, slot: int, shot: Shot, batch: Batch | None) -> ImageRecord:
    return ImageRecord(
        kind=round_.kind, prompt=shot.prompt or round_.prompt, suffix=shot.suffix, seed=shot.seed, slot=slot,
        recipe=round_.recipe, environment=Environment(), sha256=pixel_hash(b""), round_id=round_.id,
        index=shot.index, parent=round_.parent, batch=batch, template=round_.prompt if shot.prompt else "",
    )  # fmt: skip


def words(call: Call) -> tuple[object, ...]:
    """What the pipeline sees of a call."""
    return call.kind, call.has_one_prompt, [(shot.seed, shot.text(call.prompt)) for shot in call.shots]


@given(rounds)
def test_an_image_is_made_again_in_its_batch(round_: Round) -> None:
    for call in calls(round_):
        for slot, shot in call.wanted:
            (again,) = calls(round_again(record_of(round_, call, slot, shot, call.batch)))
            assert words(again) == words(call)


@given(rounds, st.integers(0, MAX_SEED), texts.filter(bool))
def test_what_a_record_says_of_its_image_counts_more_than_its_batch(round_: Round, seed: int, suffix: str) -> None:
    call = calls(round_)[0]
    changes = {"suffix": suffix} if round_.kind == "refine" else {}
    shot = msgspec.structs.replace(call.wanted[0][1], seed=seed, **changes)
    slot = call.slots[0]
    record = record_of(round_, call, slot, shot, call.batch)
    (again,) = calls(round_again(record))
    assert again.shots[slot].text(again.prompt) == record.full_prompt and again.shots[slot].seed == seed


@given(refines, explores | templates, st.data())
def test_a_control_is_made_by_the_call_of_its_pick(round_: Round, picked: Round, data: st.DataObject) -> None:
    call = data.draw(st.sampled_from(calls(picked)))
    slot, shot = data.draw(st.sampled_from(call.wanted))
    pick = record_of(picked, call, slot, shot, call.batch)
    control = refine(pick.full_prompt, pick.seed, [""], picked.recipe, pick.pick, pick.whole_batch)
    made_by = call_of_pick(control, control.shots[0])
    assert made_by is not None and made_by.wanted == ((slot, control.shots[0]),)
    assert words(made_by) == words(call)
    (again,) = calls(round_again(record_of(control, made_by, slot, control.shots[0], made_by.batch)))
    assert words(again) == words(call)
    edited = refine(pick.full_prompt + "!", pick.seed, [""], picked.recipe, pick.pick, pick.whole_batch)
    assert call_of_pick(edited, edited.shots[0]) is None
    assert call_of_pick(round_, round_.shots[0]) is None


@given(rounds)
def test_an_image_of_before_batches_were_recorded_is_made_again_in_its_slot(round_: Round) -> None:
    for call in calls(round_):
        for slot, shot in call.wanted:
            record = record_of(round_, call, slot, shot, None)
            (again,) = calls(round_again(record))
            assert len(again.shots) == round_.recipe.batch_size
            assert (again.shots[slot].seed, again.shots[slot].suffix) == (shot.seed, shot.suffix)
            assert round_again(record).full_prompt(again.shots[slot]) == record.full_prompt


@given(rounds)
def test_a_round_goes_over_the_wire_unchanged(round_: Round) -> None:
    assert msgspec.json.decode(msgspec.json.encode(round_), type=Round) == round_
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(round_), type=Round) == round_


def test_rounds_of_before_wildcards_are_read_and_written_as_they_were() -> None:
    round_ = explore("a cat", [3], Recipe())
    written = msgspec.json.decode(msgspec.json.encode(round_))
    assert written["shots"] == [{"index": 0, "seed": 3}]
    written["shots"] = [{"index": 0, "seed": 3, "suffix": ""}]
    assert msgspec.convert(written, Round) == round_
    assert msgspec.json.encode(Batch(seeds=(1,))) == b'{"seeds":[1]}'


def test_an_image_with_a_prompt_of_its_own_is_labelled_by_what_is_its_own() -> None:
    round_ = explore("a __pet__, oil", [0, 1], Recipe(), lambda _, seed: f"a {['cat', 'small dog'][seed]}, oil")
    assert [round_.label(shot) for shot in round_.shots] == ["seed 0 · cat", "seed 1 · small dog"]
    assert [round_.full_prompt(shot) for shot in round_.shots] == ["a cat, oil", "a small dog, oil"]


def test_the_rounds_of_the_guide() -> None:
    first = explore("Labrador in the style of Vermeer", range(4), Recipe())
    second = refine(first.prompt, 0, SUFFIXES, Recipe(), Pick(first.id, 0))
    assert first.title == "seeds 0-3"
    assert second.title == "seed 0 · 4 suffixes"
    assert [shot.label for shot in second.shots][1] == "seed 0 · artsy"
    assert second.full_prompt(second.shots[1]) == "Labrador in the style of Vermeer, artsy"
    assert first.id != second.id


@pytest.mark.parametrize("prompt", ["", "  \n", "x" * (MAX_PROMPT + 1), "a\0b", "a\udc80b"])
def test_a_prompt_that_is_none(prompt: str) -> None:
    with pytest.raises(InputError):
        explore(prompt, [0], Recipe())
    with pytest.raises(InputError):
        refine(prompt, 0, SUFFIXES, Recipe())


def test_a_round_has_images() -> None:
    with pytest.raises(InputError, match="no images"):
        explore("a cat", [], Recipe())
    with pytest.raises(InputError, match="no suffix"):
        refine("a cat", 0, [], Recipe())


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_is_in_range(seed: int) -> None:
    with pytest.raises(InputError, match="out of range"):
        explore("a cat", [0, seed], Recipe())
    with pytest.raises(InputError, match="out of range"):
        refine("a cat", seed, SUFFIXES, Recipe())


@given(st.text(max_size=60))
def test_every_suffix_has_a_label(text: str) -> None:
    assert short_suffix(text)


@given(st.text(max_size=60))
def test_text_is_kept_or_refused(text: str) -> None:
    try:
        assert check_text(text, "suffix") is text
        text.encode()
    except InputError as error:
        line = str(error)
        assert line.isprintable()
