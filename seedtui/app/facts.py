"""How the pick was made, or will be: everything that is known of it, and nothing else. Pure."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple

from seedtui.app.state.outcome import short_time
from seedtui.app.state.round_view import RoundView
from seedtui.app.state.state import State
from seedtui.core.images.environment import Environment
from seedtui.core.images.finishing import known_source
from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.differing import DTYPES, differing, filled, lora_in_words, short_scheduler
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.shares import percent
from seedtui.core.text.formatting import counted
from seedtui.engine.wire.protocol import ModelInfo


class Fact(NamedTuple):
    """One line of the details: ``seed``, ``3``."""

    name: str
    value: str


class Facts(NamedTuple):
    """What is known of the pick. `made`: it exists; otherwise this is what it will be made with, unless `deleted`."""

    prompt: str
    suffix: str
    rows: tuple[Fact, ...]
    made: bool
    deleted: bool = False


def facts_of(state: State) -> Facts | None:
    """The facts about the pick of the shown round, None without a round."""
    round_view = state.round_view
    if round_view is None:
        return None
    shot, record = round_view.round.shots[round_view.pick], round_view.picked
    rows = (
        Fact("template", round_view.round.prompt if shot.prompt else ""),
        Fact("seed", str(shot.seed)),
        *(Fact("varied", f"{percent(one.strength)} towards seed {one.seed}") for one in shot.variations),
        *(Fact("hold", f"{percent(hold.share)} of the steps with: {hold.prompt}") for hold in shot.holds),
        Fact("finished", _finish(round_view)),
        *_recipe(state, round_view, record),
        Fact("made on", record.worker if record else ""),
        *(_environment(record.environment) if record else ()),
        *(_record(record) if record else ()),
        *_place(state, round_view),
    )
    prompt = (shot.prompt or round_view.round.prompt) if record is None else record.prompt
    made = round_view.pick in round_view.kept
    deleted = round_view.pick in round_view.deleted
    return Facts(prompt, shot.suffix, tuple(row for row in rows if row.value), made, deleted)


def _finish(round_view: RoundView) -> str:
    """How the picture was made from another one: ``30% of the steps, lanczos, from 256x256``."""
    how = round_view.round.finish
    if how is None:
        return ""
    if not how.keeps_source:
        return "made anew: strength 100%"
    source = known_source(round_view.round)
    size = "{}x{}".format(*source.recipe.size) if source else ""
    return f"{percent(how.strength)} of the steps, {PurePath(how.upscaler).name}{f', from {size}' if size else ''}"


def defaults_of(model: ModelInfo) -> Recipe:
    """The recipe that the loaded model would use by itself."""
    return Recipe(
        model=model.name, steps=model.steps, guidance=model.guidance, width=model.width, height=model.height,
        scheduler=model.scheduler, dtype=model.dtype, device=model.device,
    )  # fmt: skip


def differences(state: State) -> tuple[str, ...]:
    """What differs from the model's defaults in the shown round, or in the next one while there is none."""
    recipe = state.round_view.round.recipe if state.round_view else state.recipe
    if state.model is None:
        return differing(recipe, Recipe(model=recipe.model))
    defaults = defaults_of(state.model)
    return differing(filled(recipe, defaults), defaults)


def _recipe(state: State, round_view: RoundView, record: ImageRecord | None) -> tuple[Fact, ...]:
    recipe = record.recipe if record else round_view.round.recipe
    if record is None and state.model is not None and state.model.name == recipe.model:
        recipe = filled(recipe, defaults_of(state.model))
    scheduler = recipe.scheduler or ""
    short = short_scheduler(scheduler)
    noise = {"cpu": "drawn on the CPU", "philox": "drawn on the CPU, as an NVIDIA card draws it"}
    return (
        Fact("steps", _shown(recipe.steps)),
        Fact("guidance", _shown(recipe.guidance)),
        Fact("scheduler", short if short == scheduler else f"{short} ({scheduler})"),
        Fact("size", f"{recipe.width}x{recipe.height}" if recipe.width else ""),
        Fact("negative", recipe.negative or ""),
        Fact(
            "spread",
            f"{percent(recipe.spread)} for {percent(recipe.spread_share)} of the steps" if recipe.spread else "",
        ),
        *(Fact("LoRA", lora_in_words(lora)) for lora in recipe.lora),
        Fact("model", recipe.model),
        Fact("revision", recipe.revision or ""),
        Fact("runs in", " on ".join(filter(None, (DTYPES.get(recipe.dtype or "", recipe.dtype or ""), recipe.device)))),
        Fact("noise", noise.get(recipe.generator_device or "", "")),
        Fact("profile", str(recipe.compute)),
        Fact("batch", f"{record.slot + 1} of {recipe.batch_size}" if record else ""),
    )


def _environment(made_in: Environment) -> tuple[Fact, ...]:
    versions = {
        "torch": made_in.torch, "diffusers": made_in.diffusers, "transformers": made_in.transformers,
        "driver": made_in.driver, "CUDA": made_in.cuda, "ROCm": made_in.rocm, "cuDNN": made_in.cudnn,
    }  # fmt: skip
    return (
        Fact("GPU", made_in.gpu),
        Fact("CPU", made_in.cpu),
        *(Fact(name, version) for name, version in versions.items()),
        Fact("attention", made_in.attention),
    )


def _record(record: ImageRecord) -> tuple[Fact, ...]:
    return (
        *(Fact("note", note) for note in record.notes),
        *(Fact("adjusted", words) for words in record.adjustments.words),
    )


def _place(state: State, round_view: RoundView) -> tuple[Fact, ...]:
    image = (round_view.round.id, round_view.pick)
    note = state.note(image)
    return (
        Fact("took", f"{short_time(round_view.seconds)}, {_whole(round_view)}" if round_view.seconds else ""),
        Fact("checked", note.text if note else ""),
        Fact("star", "★" if round_view.pick in round_view.starred else ""),
        Fact("from", _parent(state, round_view)),
        Fact("file", state.path.path if state.path and state.path.image == image else ""),
    )


def _parent(state: State, round_view: RoundView) -> str:
    pick = round_view.round.parent
    parent = state.lineage.get(pick.round_id) if pick else None
    if pick is None or parent is None:
        return ""
    return f"{parent.label(parent.shots[pick.index])}, of {parent.title}"


def _whole(round_view: RoundView) -> str:
    whole = round_view.asked in (0, len(round_view.records))
    return "the whole round" if whole else f"its last {counted(round_view.asked, 'image')}"


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
