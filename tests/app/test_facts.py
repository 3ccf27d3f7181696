"""The facts about the pick: those that are known, and no others."""

from __future__ import annotations

import functools

import msgspec

from seedtui.app import events as e
from seedtui.app.facts import differences, facts_of
from seedtui.app.state.state import State
from seedtui.app.store import reduce
from seedtui.core.images.environment import Environment
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore, refine
from seedtui.core.rounds.rounds import Pick
from seedtui.engine.fake import MODEL, image
from seedtui.engine.wire import protocol as p

ROUND = explore("a cat", [7, 8], Recipe(steps=12, scheduler="euler", negative="fog"))


def after(*events: e.StateEvent) -> State:
    return functools.reduce(reduce, events, State(model=MODEL))


def rows(state: State) -> dict[str, str]:
    facts = facts_of(state)
    assert facts is not None
    return dict(facts.rows)


def test_there_are_no_facts_without_a_round():
    assert facts_of(State()) is None


def test_before_it_is_made_it_says_what_it_will_be_made_with():
    state = after(e.RoundAdded(ROUND), e.Picked(1))
    facts = facts_of(state)
    assert facts is not None and not facts.made and facts.prompt == "a cat"
    assert rows(state) == {
        "seed": "8", "steps": "12", "guidance": "7.5", "scheduler": "euler", "size": "16x16", "negative": "fog",
        "model": "starter", "runs in": "fp32 on cpu",
    }  # fmt: skip


def test_another_models_defaults_are_not_guessed():
    other = explore("a cat", [7], Recipe(model="a/b"))
    assert rows(after(e.RoundAdded(other))) == {"seed": "7", "model": "a/b"}


def test_what_was_recorded_is_shown():
    made = image(ROUND, 0)
    environment = Environment(gpu="NVIDIA H100", torch="2.9", cuda="12.8")
    recipe = msgspec.structs.replace(made.record.recipe, revision="abc", scheduler="EulerDiscreteScheduler")
    record = msgspec.structs.replace(made.record, environment=environment, notes=("cut",), recipe=recipe)
    made = msgspec.structs.replace(made, record=record)
    place = (ROUND.id, 0)
    state = after(
        e.RoundAdded(ROUND), made, p.RoundDone(ROUND.id, 3.2), e.Starred((place,), True), e.PathRead(place, "/x/a.png")
    )
    found = rows(state)
    assert found["scheduler"] == "euler (EulerDiscreteScheduler)" and found["revision"] == "abc"
    assert (found["GPU"], found["torch"], found["CUDA"]) == ("NVIDIA H100", "2.9", "12.8")
    assert (found["note"], found["star"], found["file"], found["batch"]) == ("cut", "★", "/x/a.png", "1 of 4")
    assert found["took"] == "3.2 s, the whole round"
    assert "cuDNN" not in found and "from" not in found
    assert "file" not in rows(reduce(state, e.Picked(1))), "the path of another picture"


def test_a_refinement_names_its_parent_and_its_suffix():
    child = refine("a cat", 8, [", artsy"], ROUND.recipe, Pick(ROUND.id, 1, "x"))
    state = after(e.RoundAdded(ROUND), e.RoundAdded(child))
    facts = facts_of(state)
    assert facts is not None and facts.suffix == ", artsy"
    assert rows(state)["from"] == "seed 8, of seeds 7-8"


def test_the_header_names_what_differs_in_the_shown_round():
    assert differences(after(e.RoundAdded(ROUND))) == ("12 steps", "euler", "negative prompt")
    assert differences(after(e.RoundAdded(explore("a cat", [1], Recipe())))) == ()
    assert differences(State(recipe=Recipe(steps=3))) == ("3 steps",)


def test_of_several_workers_it_says_which_one_made_it():
    made = image(ROUND, 0)
    record = msgspec.structs.replace(made.record, worker="box2 gpu 0")
    assert "made on" not in rows(after(e.RoundAdded(ROUND), made))
    assert rows(after(e.RoundAdded(ROUND), msgspec.structs.replace(made, record=record)))["made on"] == "box2 gpu 0"
