"""``seedtui finish``: picked images made larger, without the app."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

from seedtui.cli import options as o
from seedtui.cli.declaration import command, one_of, option
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import for_each, tell
from seedtui.cli.pool_options import PoolOptions, pool_options
from seedtui.cli.worker.in_order import in_order
from seedtui.cli.worker.progress import ProgressLine
from seedtui.cli.worker.round_output import RoundOutput
from seedtui.cli.worker.run_by_load import Made, ToRun, run_by_load
from seedtui.cli.worker.runner import Runner
from seedtui.core.errors import FileError, InputError, Problem, from_problem
from seedtui.core.images.finishing import ANOTHER
from seedtui.core.images.finishing import finish as finish_round
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.images.verification import told_before
from seedtui.core.recipes.recipe import parse_size
from seedtui.core.rounds.finish import STRENGTH, UPSCALERS, Finish, parse_scale, target_size
from seedtui.core.rounds.rounds import Round
from seedtui.core.shares import parse_share
from seedtui.engine.wire.protocol import Run
from seedtui.files.errors import shown
from seedtui.library.files import check_writable
from seedtui.library.images.png import pixels_intact, read_png
from seedtui.library.opening import is_ours
from seedtui.models.resolve import Model
from seedtui.models.upscaler_files import check_upscaler


class ToFinish(NamedTuple):
    """An image to finish, and the round that does it."""

    path: Path
    picture: Picture
    record: ImageRecord
    model: Model
    round: Round

    @property
    def to_run(self) -> ToRun:
        """Its round, and what to load for it."""
        run = Run(self.round, self.picture.pixels, like=self.record.environment)
        return ToRun(run, self.model, self.round.recipe, self.record.environment.threads)


@command
@o.images("Images made by seedtui.")
@option("--scale", metavar="X", help="How much larger: 1.5, 2 and so on; 1 keeps the size. Default: 2.")
@option("--size", metavar="WxH", help="Width and height in pixels, instead of --scale.")
@option("--strength", metavar="SHARE",
        help=f"The share of the steps that run again, 1% to 100%. Default: {STRENGTH:.0%}.")  # fmt: skip
@option("--upscaler", metavar="NAME|FILE", default="lanczos", shell_complete=one_of(UPSCALERS),
        help="lanczos, latent, or a .safetensors file such as Real-ESRGAN. Default: lanczos.")  # fmt: skip
@o.out
@o.json
@o.recipe_options("steps", "model", of_image=True)
@o.download
@pool_options(mixed=False)
def finish(
    images: tuple[Path, ...], scale: str | None, size: str | None, strength: str | None, upscaler: str, out: Path,
    json: bool, changes: o.RecipeChanges, download: bool, pool: PoolOptions,
) -> int:  # fmt: skip
    """Make picked images larger, with more detail.

    Each image is scaled up, and the same model runs the last part of the steps again, with the same prompt and seed.
    The composition stays; a higher --strength draws more of the picture anew. The original stays as it is.

    A strength of 100% keeps nothing but prompt, seed and recipe: it makes the image again, for example at the same
    size with more steps. That is another picture.
    """
    if scale is not None and size is not None:
        raise InputError("--scale and --size cannot be combined", "Give one of them")
    how = Finish(strength=parse_share(strength, "strength") if strength else STRENGTH, upscaler=_upscaler(upscaler))
    how.check()
    check_upscaler(how.file)
    target = parse_size(size) if size else parse_scale(scale or "2")
    plan = pool.over(load_config().pool)
    folder = check_writable(out)
    waiting: list[ToFinish] = []
    code = for_each(images, lambda path: waiting.append(_read(path, how, target, changes, download)))
    if not waiting:
        return code
    if not how.keeps_source:
        tell(f"{ANOTHER}.")
    with ProgressLine() as progress, Runner(progress, load_config().keep_alive, plan) as runner:
        results = in_order([one.round.id for one in waiting], run_by_load((one.to_run for one in waiting), runner))
        by_id = {one.round.id: one for one in waiting}
        return max(code, for_each(results, lambda result: _save(by_id[result[0]], result[1], folder, json)))


def _save(finished: ToFinish, made: Made | Problem, folder: Path, as_json: bool) -> None:
    if isinstance(made, Problem):
        raise from_problem(made)
    for line in told_before(finished.record, made.here):
        tell(f"{finished.path.name}: {line}.")
    output = RoundOutput(finished.round, folder, as_json)
    for ready in made.images:
        output.save(ready)


def _upscaler(given: str) -> str:
    return given if given in UPSCALERS or not Path(given).is_file() else str(Path(given).absolute())


def _read(
    path: Path, how: Finish, target: float | tuple[int, int], changes: o.RecipeChanges, download: bool
) -> ToFinish:  # fmt: skip
    """The image in `path` and its round; `target` is a scale or a size in pixels.

    Raises:
        FileError: it cannot be read, is not one of ours, or was changed.
        InputError, ModelError: a value does not fit.
    """
    if not is_ours(path):
        raise FileError(
            f"{shown(path)} was not made by seedtui, so it cannot be made again",
            "If seedtui info can read it, refine it, and finish the result",
        )
    picture, record = read_png(path)
    if not pixels_intact(picture, record):
        raise FileError(f"{shown(path)} was changed after it was made", "Finish the original")
    recipe = changes.over(record.recipe)
    record = msgspec.structs.replace(record, recipe=msgspec.structs.replace(record.recipe, model=recipe.model))
    model = o.model_of(record.recipe, download)
    width, height = _size(record.recipe.size, target, model.multiple, path)
    round_ = finish_round(record, how, width, height, changes.given.get("steps"))
    o.model_of(round_.recipe)  # checks the new size
    return ToFinish(path, picture, record, model, round_)


def _size(now: tuple[int, int], target: float | tuple[int, int], multiple: int, path: Path) -> tuple[int, int]:
    width, height = target_size(now, target, multiple)
    if not isinstance(target, tuple) and (width, height) != (now[0] * target, now[1] * target):
        tell(f"{path.name}: {width}x{height}, as this model needs multiples of {multiple}.")
    return width, height
