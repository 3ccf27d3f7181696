"""Runs a round that is made from an image or a recipe file: a PNG file and a line of output for each image."""

from __future__ import annotations

from pathlib import Path

from seedtui.cli.load_config import load_config
from seedtui.cli.messages import tell
from seedtui.cli.worker.progress import ProgressLine
from seedtui.cli.worker.round_output import RoundOutput
from seedtui.cli.worker.runner import Runner, noise_words, tell_of_model
from seedtui.core.config.recipe_file import Made
from seedtui.core.images.record import ImageRecord
from seedtui.core.images.verification import expected, what_differs
from seedtui.core.pool.plan import PoolPlan
from seedtui.core.rounds.rounds import Round
from seedtui.models.resolve import Model


def run_round(
    round_: Round,
    model: Model,
    out: Path,
    as_json: bool,
    plan: PoolPlan,
    made_from: ImageRecord | None = None,
    made: Made | None = None,
) -> None:
    """Run `round_` on the workers of `plan`; each image is saved in `out` before its line is printed.

    `made_from` is the record of the picked image of a refine round: what differs on this machine is printed first,
    and the CPU uses the same number of threads, as otherwise a control could differ from the pick. With `made`, only
    the image in that slot is saved, and its pixels are compared with the recorded hash.

    Raises:
        ModelError, EngineError, InputError: as `Runner`.
        FileError: an image cannot be written.
    """
    tell_of_model(model)
    with ProgressLine() as progress, Runner(progress, load_config().keep_alive, plan) as runner:
        threads = made_from.environment.threads if made_from else made.threads if made else 0
        info = runner.load(model, round_.recipe, threads)
        if made_from and (differs := what_differs(made_from, info)):
            for line in differs:
                tell(f"the picked image was made differently: {line}.")
            tell(f"compared with the picked image: {expected(made_from, info).value}.")
        if noise := noise_words(round_.recipe, info):
            tell(noise)
        output = RoundOutput(round_, out, as_json)
        for ready in runner.run(round_, like=made_from.environment if made_from else None):
            if made and ready.record.slot != made.slot:
                continue
            output.save(ready)
            if made and made.sha256:
                same = made.sha256 == ready.record.sha256
                tell("the pixels match the recipe file." if same else "the pixels do not match the recipe file.")
        output.end()
