"""``generate`` and ``refine`` with wildcards: what is stored is resolved, and makes the same bytes again."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedtui.library.images.png import read_record

from .conftest import Command


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "pet.txt").write_text("cat\ndog\nred fox\nowl\n")
    (folder / "style.txt").write_text("oil\n{light|dark} ink\n")
    return folder


def test_a_round_with_a_prompt_for_each_image(
    seedtui: Command, lists: Path, models: dict[str, Path], tmp_path: Path
) -> None:
    words = ("generate", "a __pet__", "--model", models["sd"], "--steps", 2, "--json")
    result = seedtui(*words, "--seeds", "0-4", "--wildcards", lists)
    assert result.code == 0
    prompts = [line["prompt"] for line in result.lines]
    assert len(set(prompts)) > 1 and "__" not in "".join(prompts)
    records = [read_record(Path(line["path"])) for line in result.lines]
    assert [record.prompt for record in records] == prompts
    assert {record.template for record in records} == {"a __pet__"}
    again = seedtui(*words, "--seeds", "2", "--wildcards", lists)
    assert again.lines[0]["prompt"] == prompts[2], "the seed alone decides"
    (lists / "pet.txt").unlink()
    verified = seedtui("verify", *(line["path"] for line in result.lines), "--json")
    assert [line["exact"] for line in verified.lines] == [True] * 5
    (tmp_path / "r.toml").write_text(seedtui("export", "--recipe", result.lines[1]["path"]).out)
    same = seedtui("generate", "--recipe", "r.toml", "--json")
    assert [line["sha256"] for line in same.lines] == [result.lines[1]["sha256"]]
    control = seedtui("refine", result.lines[3]["path"], "--suffix", "", "--json").lines[0]
    assert control["sha256"] == result.lines[3]["sha256"]


def test_the_bytes_are_those_of_a_call_with_many_prompts(
    seedtui: Command, lists: Path, models: dict[str, Path]
) -> None:
    """Prompts and seeds in a row, which the pipeline takes as lists."""
    import torch
    from diffusers import DiffusionPipeline

    from seedtui.core.images.record import pixel_hash

    made = seedtui(
        "generate", "a __pet__", "--seeds", "0-3", "--model", models["sd"], "--steps", 2, "--wildcards", lists, "--json"
    ).lines  # fmt: skip
    pipe = DiffusionPipeline.from_pretrained(models["sd"])
    pipe.set_progress_bar_config(disable=True)
    record = read_record(Path(made[0]["path"]))
    images = pipe(
        prompt=[line["prompt"] for line in made], num_inference_steps=2, width=record.recipe.width,
        height=record.recipe.height, guidance_scale=record.recipe.guidance,
        generator=[torch.Generator("cpu").manual_seed(seed) for seed in range(4)],
    ).images  # fmt: skip
    assert [pixel_hash(image.convert("RGB").tobytes()) for image in images] == [line["sha256"] for line in made]


def test_suffixes(seedtui: Command, lists: Path, pictures: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEEDTUI_WILDCARD_FOLDER", str(lists))
    words = ("refine", pictures[1], "--suffix", ", __style__", "--suffix", ", __style__", "--json")
    made = seedtui(*words).lines
    assert made[0]["suffix"] != made[1]["suffix"] and "__" not in made[0]["suffix"] + made[1]["suffix"]
    assert [line["suffix"] for line in seedtui(*words).lines] == [line["suffix"] for line in made]
    assert seedtui("verify", *(line["path"] for line in made)).code == 0
    (kept,) = seedtui("refine", pictures[1], "--suffix", r", \__style__", "--json").lines
    assert kept["suffix"] == ", __style__"
    (off,) = seedtui("refine", pictures[1], "--suffix", ", __x__", "--wildcards", "off", "--json").lines
    assert off["suffix"] == ", __x__"
    (kept_again,) = seedtui("refine", kept["path"], "--suffix", "", "--json").lines
    assert kept_again["prompt"] == "a cat, __style__", "the prompt of a picture is never resolved"


def test_an_unknown_wildcard_is_told_before_anything_runs(bare: Command, lists: Path) -> None:
    for words in (("generate", "a __pets__"), ("generate", "__a__ __pet__", "--seeds", "1")):
        result = bare(*words, "--wildcards", lists)
        assert result.code == 2 and "no wildcard" in result.err and str(lists) in result.err
    assert "__pet__" in bare("generate", "a __pets__", "--wildcards", lists).err


def test_a_prompt_stays_unless_the_settings_say_otherwise(
    seedtui: Command, lists: Path, models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("generate", "a __pet__", "--seeds", 0, "--model", models["sd"], "--steps", 1, "--json")
    assert seedtui(*words).lines[0]["prompt"] == "a __pet__"
    monkeypatch.setenv("SEEDTUI_WILDCARDS", "prompts")
    monkeypatch.setenv("SEEDTUI_WILDCARD_FOLDER", str(lists))
    assert "__" not in seedtui(*words).lines[0]["prompt"]
    monkeypatch.setenv("SEEDTUI_WILDCARDS", "sometimes")
    assert "Use off, suffixes, prompts" in seedtui(*words).err
