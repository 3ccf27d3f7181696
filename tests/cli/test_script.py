"""``script``: plain Diffusers that makes the same bytes, whatever the record says."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from seedtui.cli.script.program import Source, program
from seedtui.core.errors import InputError
from seedtui.core.images.record import pixel_hash
from seedtui.library.images.png import encode_png, read_png, read_record
from tests.support.pipelines import tiny_sd3

from .conftest import Command


def test_it_makes_the_same_bytes(
    seedtui: Command, pictures: list[Path], models: dict[str, Path], tmp_path: Path
) -> None:
    """Both kinds of round, with settings of their own, and noise that the pipeline or the scheduler takes from nowhere.
    One process runs all programs, as torch is slow to start."""
    explored = seedtui(
        "generate", 'it\'s a "cat"', "--seeds", "4-6", "--model", models["sd"], "--steps", 3, "--scheduler", "ddim",
        "--negative", "dog", "--size", "72x64", "--json",
    ).lines[1]  # fmt: skip
    refined = seedtui("refine", explored["path"], "--json").lines[2]
    turbo = seedtui("generate", "a cat", "--seeds", 3, "--model", models["lcm"], "--json").lines[0]
    noisy = [
        seedtui("generate", scheduler, "--scheduler", scheduler, "--model", model, "--steps", 2, "--json").lines[2]
        for scheduler, model in (("ddpm", tiny_sd3(tmp_path / "sd3")), ("DPMSolverSDEScheduler", models["sd"]))
    ]
    # Noise of philox, for the latents and, with these schedulers, in each step: by the pipeline, and by the scheduler.
    words = ("--generator-device", "philox", "--steps", 3, "--json")
    for scheduler, model in (("euler-a", models["sd"]), ("ddpm", tmp_path / "sd3")):
        noisy += seedtui("generate", f"card {scheduler}", "--scheduler", scheduler, "--model", model, *words).lines[1:2]
    Path("pet.txt").write_text("cat\ndog\nred fox")
    wild = seedtui("generate", "a __pet__", "--wildcards", ".", "--model", models["sd"], "--steps", 2, "--json").lines[
        1
    ]
    made = [
        explored,
        refined,
        turbo,
        wild,
        *noisy,
        {"path": str(pictures[2]), "sha256": read_record(pictures[2]).sha256},
    ]
    programs = []
    for image in made:
        result = seedtui("script", image["path"])
        assert result.code == 0
        assert "seedtui" not in result.out
        programs.append(result.out)
    done = subprocess.run([sys.executable, "-c", "\n".join(programs)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"exact {image['sha256']}" for image in made]
    for image in made:
        with Image.open(f"again_{Path(image['path']).name.replace('_' + str(image.get('round'))[:4], '')}") as again:
            assert pixel_hash(again.tobytes()) == image["sha256"]


def test_the_profile_and_what_memory_allowed_are_in_it(seedtui: Command, pictures: list[Path]) -> None:
    """A round from an image that was made in halves is made in halves too, and is verified so."""
    halved = remade(pictures[3], fallback="halves")
    made = [
        seedtui("refine", halved, "--json").lines[3],
        seedtui("refine", halved, "--profile", "small", "--json").lines[1],
    ]
    for image, profile in zip(made, ("plain", "small"), strict=True):
        recipe = read_record(Path(image["path"])).recipe
        assert (recipe.profile, recipe.fallback) == (profile, "halves")
    assert seedtui("verify", *(image["path"] for image in made)).code == 0
    assert run_programs(seedtui, made) == [f"exact {image['sha256']}" for image in made]


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["strict", "fast"])
def test_profiles_of_a_whole_process(seedtui: Command, models: dict[str, Path], profile: str) -> None:
    words = ("generate", "a cat", "--seeds", 1, "--model", models["sd"], "--steps", 2, "--json")
    made = seedtui(*words, "--profile", profile).lines
    assert run_programs(seedtui, made) == [f"exact {made[0]['sha256']}"]
    assert seedtui("verify", made[0]["path"]).out.endswith("exact\n")


def remade(path: Path, **settings: object) -> Path:
    """A copy of an image, with a recipe of other `settings` in it."""
    picture, record = read_png(path)
    copy = path.with_name(f"remade_{path.name}")
    recipe = msgspec.structs.replace(record.recipe, **settings)
    copy.write_bytes(encode_png(picture, msgspec.structs.replace(record, recipe=recipe)))
    return copy


def run_programs(seedtui: Command, made: list[dict]) -> list[str]:
    """What the programs of those images print, all run in one process."""
    programs = "\n".join(seedtui("script", image["path"]).out for image in made)
    done = subprocess.run([sys.executable, "-c", programs], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_model_that_is_not_here_is_named_as_recorded(seedtui: Command, pictures: list[Path]) -> None:
    result = seedtui("script", pictures[0], "--model", "sd15")
    assert result.code == 0
    assert "from_pretrained(\n    'stable-diffusion-v1-5/stable-diffusion-v1-5',\n" in result.out
    assert "not on this machine" in result.err


def test_a_hub_model_has_its_commit(pictures: list[Path]) -> None:
    text = program(read_record(pictures[0]), Source("owner/name", "abc123", "fp16"), "again.png")
    assert "'owner/name',\n    revision='abc123',\n    variant='fp16',\n" in text


def test_a_hostile_record_puts_no_code_into_it(pictures: list[Path]) -> None:
    record = read_record(pictures[0])
    evil = "x'''\"\"\"\n);import os;os.system('x')#\\"
    recipe = msgspec.structs.replace(record.recipe, negative=evil)
    environment = msgspec.structs.replace(record.environment, torch=evil, gpu=evil)
    changed = msgspec.structs.replace(record, prompt=evil, suffix=evil, recipe=recipe, environment=environment)
    calls = [
        node.func.id
        for node in ast.walk(ast.parse(program(changed, Source(evil), "again.png")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert set(calls) == {"pipe", "print"}
    with pytest.raises(InputError):
        program(
            msgspec.structs.replace(record, recipe=msgspec.structs.replace(recipe, scheduler="os;Scheduler")),
            Source("x"),
            "again.png",
        )


def test_a_scheduler_with_settings_of_its_own(seedtui: Command, models: dict[str, Path]) -> None:
    """Its short name is recorded, as the class alone would make another picture."""
    words = ("generate", "a cat", "--seeds", 1, "--model", models["sd"], "--steps", 3, "--json", "--scheduler")
    (made,) = seedtui(*words, "dpm++2m-sde").lines
    (plain,) = seedtui(*words, "dpm++2m").lines
    assert made["sha256"] != plain["sha256"]
    assert read_record(Path(made["path"])).recipe.scheduler == "dpm++2m-sde"
    assert seedtui("verify", made["path"], plain["path"]).code == 0
    assert run_programs(seedtui, [made, plain]) == [f"exact {image['sha256']}" for image in (made, plain)]
