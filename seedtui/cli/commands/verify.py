"""``seedtui verify``: makes images again and compares every bit."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

from seedtui.cli import options as o
from seedtui.cli.declaration import FILE, command, option
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import for_each, print_json, say, tell
from seedtui.cli.worker.progress import ProgressLine
from seedtui.cli.worker.runner import Runner
from seedtui.core.images.finishing import with_upscaler
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, round_again
from seedtui.core.images.verification import Expectation, Verdict, expected, judge, told_before, what_differs
from seedtui.core.recipes.gguf import moved_gguf
from seedtui.core.recipes.lora import moved
from seedtui.core.recipes.recipe import Recipe
from seedtui.engine.wire.protocol import ModelInfo
from seedtui.library.images.png import read_png
from seedtui.models.pipeline_spec import PipelineSpec
from seedtui.models.resolve import Model


class ImageToVerify(NamedTuple):
    """An image to verify: what its file contains, and the model and recipe to make it again."""

    path: Path
    picture: Picture
    record: ImageRecord
    model: Model
    recipe: Recipe

    @property
    def spec(self) -> PipelineSpec:
        """What to load for it."""
        return PipelineSpec.of(self.recipe, self.record.environment.threads)


@command
@o.images("PNG files made by seedtui.")
@option("--lora", metavar="FILE", type=FILE, multiple=True, help="Where a LoRA of the images is now. Repeatable.")
@option("--transformer", metavar="FILE", type=FILE, help="Where the GGUF file of the images is now.")
@option("--upscaler", metavar="FILE", type=FILE, help="Where the upscaler of the images is now.")
@o.json
@o.recipe_options("model", "device", of_image=True)
def verify(
    images: tuple[Path, ...], lora: tuple[Path, ...], transformer: Path | None, upscaler: Path | None, json: bool,
    changes: o.RecipeChanges,
) -> int:  # fmt: skip
    """Make images again and compare every bit.

    --model and --device replace those of the images. Files given by --lora, --transformer and --upscaler are
    recognised by their names. Of a finished image, the image that it was made from is made again first.

    Exit code 0: all exact. 1: at least one differs. 2: at least one could not be made here.
    """
    subjects: list[ImageToVerify] = []
    code = for_each(images, lambda path: subjects.append(_read(path, changes, lora, transformer, upscaler)))
    if not subjects:
        return code
    # Sorted by model, so that each is loaded once.
    subjects.sort(key=lambda subject: str(subject.spec))
    with ProgressLine() as progress, Runner(progress, load_config().keep_alive) as runner:
        loaded: dict[PipelineSpec, ModelInfo] = {}

        def check(subject: ImageToVerify) -> int:
            if subject.spec not in loaded:
                loaded.clear()
                loaded[subject.spec] = runner.load(subject.model, subject.recipe, subject.record.environment.threads)
            here = loaded[subject.spec]
            for line in told_before(subject.record, here):
                tell(f"{subject.path.name}: {line}.")
            verdict = _judge(subject, runner)
            outlook = expected(subject.record, here)
            if outlook is Expectation.EXACT and not verdict.same:
                tell(f"{subject.path.name}: {outlook.value}, but is not.")
            _tell_of(subject.path, verdict, what_differs(subject.record, here), outlook, json)
            return 0 if verdict.exact else 1

        return max(code, for_each(subjects, check))


def _read(
    path: Path, changes: o.RecipeChanges, loras: tuple[Path, ...], gguf: Path | None, upscaler: Path | None
) -> ImageToVerify:
    picture, record = read_png(path)
    if upscaler:
        record = with_upscaler(record, str(upscaler.absolute()))
    recipe = changes.over(record.recipe)
    recipe = recipe.with_changes(lora=moved(recipe.lora, loras), transformer=moved_gguf(recipe.transformer, gguf))
    return ImageToVerify(path, picture, record, o.model_of(recipe), recipe)


def _judge(subject: ImageToVerify, runner: Runner) -> Verdict:
    record = subject.record
    round_ = round_again(record)
    files = {"lora": subject.recipe.lora, "transformer": subject.recipe.transformer}
    round_ = msgspec.structs.replace(round_, recipe=round_.recipe.with_changes(**files))
    again = {image.index: image for image in runner.run(round_)}[record.slot]
    made, asked = again.record.source, record.source
    if made and asked and made.sha256 != asked.sha256:
        tell(f"{subject.path.name}: the image that it was finished from does not come out the same.")
    return judge(subject.picture, record, Picture(again.width, again.height, again.pixels))


def _tell_of(path: Path, verdict: Verdict, differs: tuple[str, ...], outlook: Expectation, as_json: bool) -> None:
    if not as_json:
        say(f"{path}  {verdict.words}")
        return
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
