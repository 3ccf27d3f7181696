"""``seedtui bench``: how fast each profile is, compared with the plain Diffusers script."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import click

from seedtui.bench.app import App
from seedtui.bench.contenders import Contender, Ours, PlainScript
from seedtui.bench.pool import PoolBench
from seedtui.bench.report import PoolResult, Report, Result, print_report
from seedtui.cli import options as o
from seedtui.cli.declaration import command, option
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import print_json
from seedtui.cli.pool_options import PoolOptions, pool_options
from seedtui.cli.worker.progress import ProgressLine
from seedtui.core.errors import InputError, quoted
from seedtui.core.pool.plan import PoolPlan
from seedtui.core.prompts.prompt import EXAMPLE, SUFFIXES
from seedtui.core.recipes.recipe import PROFILES, Profile, Recipe
from seedtui.library.paths import runtime_dir, worker_log
from seedtui.models.defaults import read_defaults
from seedtui.models.resolve import Model

CPU_STEPS, GPU_STEPS = 10, 30

Tell = Callable[[str], None]

Name = Profile | Literal["app"]
"""What is compared with the script: a profile in the worker, or the whole app."""


@command
@option("--profiles", metavar="NAMES", default=",".join(PROFILES),
        help="Profiles to compare, separated by commas. Default: all.")  # fmt: skip
@option("--rounds", metavar="N", type=click.IntRange(1, 1000), default=3,
        help="Timed rounds of each, after its first; 1 to 1000. Default: 3.")  # fmt: skip
@option("--app/--no-app", "with_app", default=True,
        help="Also time rounds of the app, which draws in a terminal of its own. Default: --app.")  # fmt: skip
@option("--apart", is_flag=True, help="Run one profile at a time beside the script, to save memory.")
@o.json
@o.recipe_options("model", "steps", "size", "dtype", "device", "batch_size")
@pool_options(mixed=False)
def bench(
    profiles: str, rounds: int, with_app: bool, apart: bool, json: bool, changes: o.RecipeChanges, pool: PoolOptions
) -> int:  # fmt: skip
    """Compare the profiles with the plain Diffusers script.

    They take turns, round by round, so that other load on this machine affects all of them alike.

    With several workers, these are compared with one of them: both make the same seeds, and every image must be the
    same.

    Exit code 1: an image of the pool differs.
    """
    config = load_config()
    recipe = changes.over(config.recipe).with_changes(profile="plain")
    plan = pool.over(config.pool)
    chosen = chosen_profiles(profiles)
    found = o.model_of(recipe)
    with ProgressLine() as progress:
        report = measure(
            found, recipe, groups(chosen, apart, with_app), rounds, lambda words: progress.loading(words, 0, 0)
        )
        if plan.is_pool:
            report.pool = measure_pool(found, report.recipe, plan, rounds, lambda words: progress.loading(words, 0, 0))
    if json:
        for line in report.lines():
            print_json(line)
    else:
        print_report(report)
    return 1 if report.pool and report.pool.differing else 0


def chosen_profiles(text: str) -> list[Profile]:
    """The profiles in ``plain,fast``, each once.

    Raises:
        InputError: one is unknown, or there is none.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names or [text]:
        if name not in PROFILES:
            raise InputError(f"unknown profile {quoted(name)}", f"Use {', '.join(PROFILES)}")
    return [profile for profile in PROFILES if profile in names]


def groups(chosen: Sequence[Profile], apart: bool, with_app: bool = False) -> list[list[Name]]:
    """The profiles that take turns, and the app."""
    names: list[Name] = list(chosen)
    if with_app:
        names.append("app")
    return [[name] for name in names] if apart else [names]


def measure(model: Model, recipe: Recipe, turns: list[list[Name]], rounds: int, tell: Tell) -> Report:
    """Run everything that is compared.

    Raises:
        EngineError, ModelError: one of them could not run. All processes have ended.
    """
    report = Report(model.name, recipe)
    for group in turns:
        with ExitStack() as running:
            _measure_group(report, model, group, rounds, tell, running)
    return report


def measure_pool(model: Model, recipe: Recipe, plan: PoolPlan, rounds: int, tell: Tell) -> PoolResult:
    """Compare the workers of `plan` with one of them; `recipe` has steps.

    Raises:
        EngineError, ModelError, InputError: they could not run. All have ended.
    """
    logs: set[Path] = set()

    def log(lane: str) -> Path:
        logs.add(found := worker_log(f"bench-{lane}"))
        return found

    bench = PoolBench(model, recipe, plan, log, runtime_dir())
    tell("the pool")
    with ExitStack() as running:
        running.callback(bench.close)
        bench.load()
        result = bench.result()
        for number, prompt in enumerate(_prompts(rounds)):
            tell(f"the pool, round {number + 1} of {rounds}")
            bench.turn(result, prompt)
    for file in logs:
        file.unlink(missing_ok=True)
    return result


def with_defaults(recipe: Recipe, model: Model, device: str) -> Recipe:
    """`recipe` with steps and guidance set, so that the script, which does not read our defaults, uses the same."""
    own = read_defaults(model.path)
    steps = recipe.steps or own.steps or (CPU_STEPS if device == "cpu" else GPU_STEPS)
    return recipe.with_changes(steps=steps, guidance=own.guidance)


def _measure_group(
    report: Report, model: Model, group: list[Name], rounds: int, tell: Tell, running: ExitStack
) -> None:
    log = worker_log()
    script = PlainScript(model, report.recipe, log.with_name(f"bench-script-{log.name}"))
    tell("the script")
    load = _loaded(script, running)
    script.recipe = report.recipe = with_defaults(report.recipe, model, script.about.device)
    report.about = script.about
    rows: list[tuple[Contender, Result]] = [(script, Result(script.name, load, script.round(EXAMPLE)))]
    for name in group:
        tell(f"{name}: compiling may take minutes" if name == "fast" else "the app" if name == "app" else name)
        contender: Contender = (
            App(model, report.recipe)
            if name == "app"
            else Ours(model, report.recipe, name, log.with_name(f"bench-{name}-{log.name}"))
        )
        load = _loaded(contender, running)
        rows.append((contender, Result(name, load, contender.round(EXAMPLE))))
    report.flop = report.flop or script.flop(EXAMPLE)
    for number, prompt in enumerate(_prompts(rounds)):
        report.fastest = max(report.fastest, script.fastest())
        for contender, result in rows:
            tell(f"{result.name}, round {number + 1} of {rounds}")
            result.rounds.append(contender.round(prompt))
    for contender, result in rows:
        result.peak = contender.peak
        result.against(rows[0][1])
        if result.name not in (known.name for known in report.results):
            report.results.append(result)


def _loaded(contender: Contender, running: ExitStack) -> float:
    running.callback(contender.close)
    return contender.load()


def _prompts(rounds: int) -> Iterator[str]:
    """A new prompt for each round, so that cached prompts give no advantage."""
    return (f"{EXAMPLE}{SUFFIXES[i % len(SUFFIXES)]}{' more' * (i // len(SUFFIXES))}" for i in range(rounds))
