"""``seedtui verify``: makes images again and compares every bit."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

from seedtui.cli import options as o
from seedtui.cli.declaration import FILE, command, option
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import for_each, print_json, say, tell
from seedtui.cli.pool_options import PoolOptions, pool_options
from seedtui.cli.worker.in_order import in_order
from seedtui.cli.worker.progress import ProgressLine
from seedtui.cli.worker.run_by_load import Made, ToRun, run_by_load
from seedtui.cli.worker.runner import Runner
from seedtui.core.errors import Problem, from_problem
from seedtui.core.images.finishing import with_upscaler
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.images.verification import Expectation, Verdict, expected, judge, told_before, what_differs
from seedtui.core.pool.plan import PoolPlan
from seedtui.core.recipes.gguf import moved_gguf
from seedtui.core.recipes.lora import moved
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.wire.protocol import ModelInfo, Run
from seedtui.library.images.png import read_png
from seedtui.models.resolve import Model


class ImageToVerify(NamedTuple):
    """An image to verify: what its file contains, and the model and recipe to make it again."""

    path: Path
    picture: Picture
    record: ImageRecord
    model: Model
    recipe: Recipe

    @property
    def to_run(self) -> ToRun:
        """The round, without an id, that makes it again, and what to load for it: the same for images of one batch.

        The files are those that are here now.
        """
        files = {"lora": self.recipe.lora, "transformer": self.recipe.transformer}
        again = Run.again(self.record)
        round_ = msgspec.structs.replace(again.round, recipe=again.round.recipe.with_changes(**files))
        run = msgspec.structs.replace(again, round=round_)
        return ToRun(run, self.model, self.recipe, self.record.environment.threads)


@command
@o.images("PNG files made by seedtui.")
@option("--lora", metavar="FILE", type=FILE, multiple=True, help="Where a LoRA of the images is now. Repeatable.")
@option("--transformer", metavar="FILE", type=FILE, help="Where the GGUF file of the images is now.")
@option("--upscaler", metavar="FILE", type=FILE, help="Where the upscaler of the images is now.")
@o.json
@o.recipe_options("model", "device", of_image=True)
@pool_options(mixed=False)
def verify(
    images: tuple[Path, ...], lora: tuple[Path, ...], transformer: Path | None, upscaler: Path | None, json: bool,
    changes: o.RecipeChanges, pool: PoolOptions,
) -> int:  # fmt: skip
    """Make images again and compare every bit.

    --model and --device replace those of the images. Files given by --lora, --transformer and --upscaler are
    recognised by their names. Of a finished image, the image that it was made from is made again first. Images of one
    batch are made again together.

    Exit code 0: all exact. 1: at least one differs. 2: at least one could not be made here.
    """
    plan = pool.over(load_config().pool)
    subjects: list[ImageToVerify] = []
    code = for_each(images, lambda path: subjects.append(_read(path, changes, lora, transformer, upscaler, plan)))
    if not subjects:
        return code
    batches: dict[ToRun, list[int]] = {}  # with the places of their images; a file may be given twice
    for place, subject in enumerate(subjects):
        batches.setdefault(subject.to_run, []).append(place)
    by_id = {f"batch {number}": places for number, places in enumerate(batches.values())}
    wanted = (batch.with_id(id_) for id_, batch in zip(by_id, batches, strict=True))
    with ProgressLine() as progress, Runner(progress, load_config().keep_alive, plan) as runner:
        found = (
            (place, _result(subjects[place], made, plan))
            for id_, made in run_by_load(wanted, runner) for place in by_id[id_]
        )  # fmt: skip
        results = in_order(range(len(subjects)), found)
        return max(code, for_each(results, lambda result: _tell_of(subjects[result[0]], result[1], json)))


class Result(NamedTuple):
    """What came of making an image again. `here` is what made it, `is_other_source`: that of a finished one differs."""

    verdict: Verdict
    here: ModelInfo
    is_other_source: bool


def _result(subject: ImageToVerify, made: Made | Problem, plan: PoolPlan) -> Result | Problem:
    if isinstance(made, Problem):
        return made
    again, here = next(image for image in made.images if image.index == subject.record.slot), made.here
    if plan.is_pool:  # which may have unlike workers
        record = again.record
        here = msgspec.structs.replace(
            here, environment=record.environment, dtype=record.recipe.dtype or here.dtype,
            device=record.recipe.device or here.device,
        )  # fmt: skip
    verdict = judge(subject.picture, subject.record, Picture(again.width, again.height, again.pixels))
    source, asked = again.record.source, subject.record.source
    return Result(verdict, here, bool(source and asked and source.sha256 != asked.sha256))


def _read(
    path: Path, changes: o.RecipeChanges, loras: tuple[Path, ...], gguf: Path | None, upscaler: Path | None,
    plan: PoolPlan,
) -> ImageToVerify:  # fmt: skip
    picture, record = read_png(path)
    if upscaler:
        record = with_upscaler(record, str(upscaler.absolute()))
    recipe = changes.over(record.recipe)
    recipe = recipe.with_changes(lora=moved(recipe.lora, loras), transformer=moved_gguf(recipe.transformer, gguf))
    return ImageToVerify(path, picture, record, o.model_of(recipe, plan=plan), recipe)


def _tell_of(subject: ImageToVerify, result: Result | Problem, as_json: bool) -> int:
    """Print the result of an image; its exit code."""
    if isinstance(result, Problem):
        raise from_problem(result)
    (verdict, here, is_other_source), path, record = result, subject.path, subject.record
    outlook = expected(record, here)
    for line in told_before(record, here):
        tell(f"{path.name}: {line}.")
    if is_other_source:
        tell(f"{path.name}: the image that it was finished from does not come out the same.")
    if outlook is Expectation.EXACT and not verdict.same:
        tell(f"{path.name}: {outlook.value}, but is not.")
    if as_json:
        _print_json(path, verdict, what_differs(record, here), outlook)
    else:
        say(f"{path}  {verdict.words}")
    return 0 if verdict.exact else 1


def _print_json(path: Path, verdict: Verdict, differs: tuple[str, ...], outlook: Expectation) -> None:
    apart = verdict.difference
    print_json(
        {
            "path": str(path.absolute()),
            "exact": verdict.exact,
            "file_intact": verdict.intact,
            "made_again": verdict.same,
            "largest": apart and apart.largest,
            "mean": apart and apart.mean,
            "pixels": apart and apart.pixels,
            "differs_here": list(differs),
            "expected": outlook.name.lower(),
        }
    )
