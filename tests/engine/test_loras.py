"""LoRA files: the bytes of plain Diffusers, in any order of rounds, and what is wrong in one line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest
import torch
from diffusers import DiffusionPipeline
from safetensors.torch import load_file, save_file

from seedtui.core.errors import ModelError
from seedtui.core.recipes.lora import Lora
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.engine.diffusion.loading.lora_adapters import load_loras
from seedtui.engine.wire import protocol as p
from tests.support.guide import PROMPT, STEPS, guide, load
from tests.support.pipelines import tiny_lora
from tests.support.worker_client import WorkerClient


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, models: dict[str, Path]) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("loras")
    one, two = (tiny_lora(models["sd"], folder / f"{seed}.safetensors", seed) for seed in (1, 2))
    return one, two


def of(*loras: tuple[Path, float]) -> Recipe:
    return Recipe(steps=STEPS, lora=tuple(Lora(path=str(path), weight=weight) for path, weight in loras))


def plain(folder: Path, *loras: tuple[Path, float]) -> list[str]:
    """The guide's call, with the LoRAs as Diffusers' documentation loads them."""
    pipe = load(folder)
    for i, (path, _) in enumerate(loras):
        pipe.load_lora_weights(str(path.parent), weight_name=path.name, adapter_name=f"a{i}")
    if loras:
        pipe.set_adapters([f"a{i}" for i in range(len(loras))], adapter_weights=[weight for _, weight in loras])
    return guide(pipe, range(4))


def test_they_are_plain_diffusers_and_leave_nothing_behind(
    worker_client: WorkerClient, models: dict[str, Path], files: tuple[Path, Path]
) -> None:
    one, two = files
    words = tiny_lora(models["sd"], one.with_name("words.safetensors"), 3, part="text_encoder")
    sets = ((), ((one, 1.0),), ((one, 0.5),), ((one, 0.5), (two, -0.25)), ((words, 2.0),))
    expected = [plain(models["sd"], *loras) for loras in sets]
    assert len({tuple(hashes) for hashes in expected}) == len(sets)
    for loras, hashes in [*zip(sets, expected, strict=True), (sets[0], expected[0]), (sets[1], expected[1])]:
        assert worker_client.hashes(explore(PROMPT, range(4), of(*loras))) == hashes


def test_another_weight_reloads_nothing_and_is_plain_diffusers(
    worker_client: WorkerClient, models: dict[str, Path], files: tuple[Path, Path], tmp_path: Path
) -> None:
    """A round brings its weights, or a request to load does. A text encoder may change too."""
    one, two = files
    words = tiny_lora(models["sd"], tmp_path / "words.safetensors", 3, part="text_encoder")
    assert isinstance(worker_client.load(models["sd"], recipe=of((one, 0.5), (words, 2.0), (two, 0.0))), p.Loaded)
    for weights in ((0.5, 2.0, 0.0), (1.0, -1.0, -0.25), (0.0, 0.0, 3.0)):
        sets = tuple(zip((one, words, two), weights, strict=True))
        events = worker_client.run(explore(PROMPT, range(4), of(*sets)))
        assert not any(isinstance(event, p.Loading) for event in events)
        images = [event.record for event in events if isinstance(event, p.ImageReady)]
        assert [image.sha256 for image in images] == plain(models["sd"], *sets)
        assert [lora.weight for lora in images[0].recipe.lora] == list(weights)
        assert all(lora.sha256 for lora in images[0].recipe.lora)
    worker_client.worker.send(p.Load("sd", str(models["sd"]), recipe=of((one, 0.1), (words, 1.0), (two, 0.0))))
    loaded = worker_client.until((p.Loaded,))
    assert len(loaded) == 1 and isinstance(loaded[0], p.Loaded)
    assert [lora.weight for lora in loaded[0].model.lora] == [0.1, 1.0, 0.0]
    other_order = worker_client.run(explore(PROMPT, [0], of((words, 1.0), (one, 0.1), (two, 0.0))))
    assert any(isinstance(event, p.Loading) for event in other_order)


def test_a_file_of_the_same_layout_takes_the_place_of_another(
    worker_client: WorkerClient, models: dict[str, Path], files: tuple[Path, Path], tmp_path: Path
) -> None:
    """With the bytes of a fresh load: nothing is left of the file before."""
    one, two = files
    worker_client.load(models["sd"], recipe=of((one, 1.0)))
    for file in (two, one):
        events = worker_client.run(explore(PROMPT, range(4), of((file, 0.5))))
        assert not any(isinstance(event, p.Loading) for event in events)
        images = [event.record for event in events if isinstance(event, p.ImageReady)]
        assert [image.sha256 for image in images] == plain(models["sd"], (file, 0.5))
        assert images[0].recipe.lora[0].sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
        assert not images[0].notes


@pytest.mark.parametrize("kind", ["fewer", "rank", "alpha", "unused", "words", "float8"])
def test_what_could_leave_something_behind_loads_the_model_again(
    worker_client: WorkerClient, models: dict[str, Path], files: tuple[Path, Path], tmp_path: Path, kind: str
) -> None:
    before, after = files[0], tmp_path / "after.safetensors"
    weights = load_file(files[1])
    if kind == "fewer":
        weights = dict(list(weights.items())[:8])
    elif kind == "rank":
        weights = {n: torch.cat([w, w / 2], dim=0 if "lora.down" in n else 1) for n, w in weights.items()}
    elif kind == "alpha":
        before, weights = tmp_path / "before.safetensors", with_alpha(weights, 4.0)
        save_file(with_alpha(load_file(files[0]), 1.0), before)
    elif kind == "unused":
        unused = {"unet.nowhere.to_q.lora.down.weight": torch.ones(2, 32)}
        before, weights = tmp_path / "before.safetensors", {**weights, **unused}
        save_file({**load_file(files[0]), **unused}, before)
    save_file(weights, after)
    if kind == "words":
        before = tiny_lora(models["sd"], tmp_path / "before.safetensors", 3, part="text_encoder")
        tiny_lora(models["sd"], after, 4, part="text_encoder")
    more = {"weights": "float8"} if kind == "float8" else {}
    assert isinstance(
        worker_client.load(models["sd"], recipe=msgspec.structs.replace(of((before, 1.0)), **more)), p.Loaded
    )
    recipe = msgspec.structs.replace(of((after, 0.5)), **more)
    events = worker_client.run(explore(PROMPT, range(4), recipe))
    assert any(isinstance(event, p.Loading) for event in events)
    images = [event.record.sha256 for event in events if isinstance(event, p.ImageReady)]
    if kind != "float8":
        assert images == plain(models["sd"], (after, 0.5))


def with_alpha(weights: dict[str, torch.Tensor], alpha: float) -> dict[str, torch.Tensor]:
    """The weights as other trainers write them, with a scale for each pair of matrices."""
    found: dict[str, torch.Tensor] = {}
    for name, weight in weights.items():
        part, way = name.split(".lora.")
        place = "lora_" + part.replace(".", "_")
        found |= {f"{place}.lora_{way}": weight, f"{place}.alpha": torch.tensor(alpha)}
    return found


def test_a_file_that_changed_is_loaded_again(
    worker_client: WorkerClient, models: dict[str, Path], tmp_path: Path
) -> None:
    file = tiny_lora(models["sd"], tmp_path / "x.safetensors", 1)
    first = worker_client.load(models["sd"], recipe=of((file, 1.0)))
    recipe = of((file, 1.0))
    ran = worker_client.hashes(explore(PROMPT, range(4), recipe))
    tiny_lora(models["sd"], file, 2)
    assert worker_client.hashes(explore(PROMPT, range(4), recipe)) != ran
    tiny_lora(models["sd"], file, 3)
    second = worker_client.load(models["sd"], recipe=of((file, 1.0)))
    assert isinstance(first, p.Loaded) and isinstance(second, p.Loaded)
    assert first.model.lora[0].sha256 != second.model.lora[0].sha256
    assert worker_client.hashes(explore(PROMPT, range(4), of((file, 1.0)))) == plain(models["sd"], (file, 1.0))


def test_a_file_that_does_not_fit_is_told_and_the_model_stays(
    worker_client: WorkerClient, models: dict[str, Path], tmp_path: Path
) -> None:
    wide = tiny_lora(models["sdxl"], tmp_path / "xl.safetensors", 1)
    before = worker_client.hashes(explore(PROMPT, range(4), of()))
    worker_client.worker.send(p.Run(explore(PROMPT, range(4), of((wide, 1.0)))))
    failed = next(event for event in worker_client.rest() if isinstance(event, p.RoundFailed))
    assert "“xl.safetensors” does not fit this model" in failed.problem.message
    assert worker_client.hashes(explore(PROMPT, range(4), of())) == before


def test_one_of_the_text_encoder_alone(models: dict[str, Path], tmp_path: Path) -> None:
    pipe = DiffusionPipeline.from_pretrained(models["sd"], use_safetensors=True)
    ids = torch.tensor([[0, 5, 6, 1]])
    before = pipe.text_encoder(ids)[0]
    file = tiny_lora(models["sd"], tmp_path / "text.safetensors", 1, part="text_encoder")
    (lora,), notes = load_loras(pipe, (Lora(path=str(file), weight=2.0),))
    assert len(lora.sha256 or "") == 64 and not notes
    assert not torch.equal(pipe.text_encoder(ids)[0], before)


@pytest.mark.parametrize(
    ("more", "note"),
    [
        ({}, None),
        ({"unet.nowhere.to_q.lora.down.weight": (2, 32), "unet.nowhere.to_q.lora.up.weight": (32, 2)}, "2 of its 34"),
        ({"text_encoder_3.q.lora.down.weight": (2, 32), "text_encoder_3.q.lora.up.weight": (32, 2)}, "2 of its 34"),
        ({"unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q.dora_scale": (1, 64)}, "it is a DoRA"),
    ],
)
def test_what_of_a_file_is_not_used_is_told(
    models: dict[str, Path], tmp_path: Path, more: dict[str, tuple[int, int]], note: str | None
) -> None:
    file = tiny_lora(models["sd"], tmp_path / "ink.safetensors", 1)
    save_file({**load_file(file), **{name: torch.ones(shape) for name, shape in more.items()}}, file)
    notes = load_loras(DiffusionPipeline.from_pretrained(models["sd"]), (Lora(path=str(file)),)).notes
    assert [note is not None and note in told and "“ink.safetensors”" in told for told in notes] == [True] * bool(note)


def test_it_is_told_on_each_image(worker_client: WorkerClient, models: dict[str, Path], tmp_path: Path) -> None:
    file = tiny_lora(models["sd"], tmp_path / "ink.safetensors", 1)
    save_file({**load_file(file), "unet.x.lora.down.weight": torch.ones(2, 32)}, file)
    events = worker_client.run(explore(PROMPT, range(4), of((file, 1.0))))
    images = [event.record for event in events if isinstance(event, p.ImageReady)]
    assert len(images) == 4 and all("1 of its 33 weights" in "".join(record.notes) for record in images)


@pytest.mark.parametrize(("name", "kind"), [("hada_w1_a", "LoHa"), ("lokr_w1", "LoKr")])
def test_relatives_of_lora_are_told_as_such(models: dict[str, Path], tmp_path: Path, name: str, kind: str) -> None:
    file = tmp_path / "x.safetensors"
    save_file({f"lora_unet_down_blocks_1_attentions_0_proj_in.{name}": torch.ones(2, 2)}, file)
    with pytest.raises(ModelError, match=f"is a {kind}, which Diffusers cannot load"):
        load_loras(DiffusionPipeline.from_pretrained(models["sd"]), (Lora(path=str(file)),))
