"""Folders as Diffusers reads them: any variant, whole or in shards, mixed with plain parts, and strays beside them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from diffusers import DiffusionPipeline, StableDiffusionPipeline

from seedtui.core.errors import ModelError
from seedtui.engine.diffusion.loading.load import load_pipeline
from seedtui.engine.diffusion.loading.readable import readable
from seedtui.models.completeness import check_weights
from seedtui.models.resolve import find_model
from seedtui.models.weights import find_variant, part_of

Change = Callable[[Path], object]


@pytest.fixture
def folder(models: dict[str, Path], tmp_path: Path) -> Path:
    """A copy that a test may harm."""
    return Path(shutil.copytree(models["sd"], tmp_path / "model"))


def saved(models: dict[str, Path], folder: Path, **options: object) -> Path:
    """The tiny model as Diffusers saves it with `options`."""
    StableDiffusionPipeline.from_pretrained(models["sd"], use_safetensors=True).save_pretrained(folder, **options)
    return folder


def weights(pipe: DiffusionPipeline) -> list[torch.Tensor]:
    return [tensor for part in (pipe.unet, pipe.vae, pipe.text_encoder) for tensor in part.state_dict().values()]


def load(folder: Path) -> DiffusionPipeline:
    return load_pipeline(folder, torch.float32, "cpu", lambda *at: None)


def older_names(folder: Path) -> None:
    """Shards named as Diffusers 0.30 did: the variant at the end."""
    for file in folder.rglob("*"):
        new = re.sub(r"\.fp16(-\d{5}-of-\d{5})\.safetensors$", r"\1.fp16.safetensors", file.name)
        new = re.sub(r"\.index\.fp16\.json$", ".fp16.index.json", new)
        if new != file.name:
            place = file.rename(file.with_name(new))
            if new.endswith(".json"):
                place.write_text(
                    re.sub(r"\.fp16(-\d{5}-of-\d{5})\.safetensors", r"\1.fp16.safetensors", place.read_text())
                )


@pytest.mark.parametrize(
    ("options", "change"),
    [
        ({"variant": "fp16"}, None),
        ({"variant": "bf16"}, None),
        ({"variant": "non_ema"}, None),
        ({"max_shard_size": "200KB"}, None),
        ({"variant": "fp16", "max_shard_size": "200KB"}, None),
        ({"variant": "fp16", "max_shard_size": "200KB"}, lambda m: older_names(m / "unet")),
    ],
)
def test_weights_load_in_any_form_that_diffusers_saves(
    models: dict[str, Path], tmp_path: Path, options: dict, change: Change | None
) -> None:
    folder = saved(models, tmp_path / "m", **options)
    if change:
        change(folder)
    assert find_model(str(folder)).path == folder
    expected = weights(load(models["sd"]))
    assert all(torch.equal(a, b) for a, b in zip(weights(load(folder)), expected, strict=True))


@pytest.mark.parametrize("plain", ["unet", "vae", "text_encoder"])
def test_parts_in_a_variant_and_parts_without(models: dict[str, Path], tmp_path: Path, plain: str) -> None:
    folder = saved(models, tmp_path / "m", variant="fp16")
    for file in (folder / plain).glob("*.fp16.safetensors"):
        file.rename(file.with_name(file.name.replace(".fp16", "")))
    assert find_variant(folder, half=False) == find_variant(folder, half=True) == "fp16"
    assert len(weights(load(folder))) == len(weights(load(models["sd"])))


def test_half_precision_is_taken_where_it_is_wanted(models: dict[str, Path], tmp_path: Path) -> None:
    folder = saved(models, tmp_path / "m", variant="fp16")
    saved(models, folder)
    assert (find_variant(folder, half=True), find_variant(folder, half=False)) == ("fp16", None)


def test_parts_without_a_variant_in_common(models: dict[str, Path], tmp_path: Path) -> None:
    folder = saved(models, tmp_path / "m", variant="fp16")
    for file in (folder / "vae").glob("*.fp16.safetensors"):
        file.rename(file.with_name(file.name.replace("fp16", "bf16")))
    with pytest.raises(ModelError, match=r"no variant in common: .*vae: bf16"):
        find_model(str(folder))


def stray(name: str, data: bytes = b"\0\5\x16\7Mac OS X") -> Change:
    return lambda folder: (folder / name).write_bytes(data)


@pytest.mark.parametrize(
    "change",
    [
        stray("unet/._diffusion_pytorch_model.safetensors"),
        stray("._model_index.json"),
        stray("vae/.DS_Store"),
        stray("unet/model-00001-of-00002.safetensors"),
        stray("unet/diffusion_pytorch_model.safetensors.part"),
        stray("old.safetensors"),
        stray("v1-5-pruned.fp16.safetensors"),
        stray("unet/LICENSE"),
        lambda folder: (folder / "scheduler/backup").mkdir(),
    ],
)
@pytest.mark.parametrize("variant", [None, "fp16"])
def test_strays_do_not_matter(models: dict[str, Path], tmp_path: Path, change: Change, variant: str | None) -> None:
    folder = saved(models, tmp_path / "m", variant=variant)
    change(folder)
    assert find_model(str(folder)).path == folder
    load(folder)


def test_settings_with_a_byte_order_mark(folder: Path) -> None:
    for name in ("model_index.json", "unet/config.json", "scheduler/scheduler_config.json"):
        file = folder / name
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert find_model(str(folder)).pipeline == "StableDiffusionPipeline"
    load(folder)


def test_folders_within_a_part_are_there_beside_a_byte_order_mark(folder: Path) -> None:
    file = folder / "model_index.json"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    (folder / "tokenizer/additional_chat_templates").mkdir()
    (folder / "tokenizer/additional_chat_templates/other.jinja").write_text("{{ messages }}")
    with readable(folder, None) as view:
        assert view != folder
        assert (view / "tokenizer/additional_chat_templates/other.jinja").read_text() == "{{ messages }}"


@pytest.mark.parametrize("names", [(".bin",), (".bin", ".bin.index.json")])
def test_pickled_weights_alone_are_told_and_how_to_convert_them(
    models: dict[str, Path], tmp_path: Path, names: tuple[str, ...]
) -> None:
    options = {"max_shard_size": "200KB"} if len(names) > 1 else {}
    folder = saved(models, tmp_path / "m", safe_serialization=False)
    if options:
        shutil.rmtree(folder)
        saved(models, folder, safe_serialization=False, **options)
    if not list(folder.rglob("*.bin")):
        pytest.skip("transformers saves no pickles any more")
    with pytest.raises(ModelError) as error:
        find_model(str(folder))
    assert "only .bin weights" in error.value.problem.message
    assert "only safetensors" in error.value.problem.message
    assert "save_pretrained" in error.value.problem.hint
    assert str(folder) in error.value.problem.hint


def test_a_shard_that_an_index_names_and_that_is_gone(models: dict[str, Path], tmp_path: Path) -> None:
    folder = saved(models, tmp_path / "m", max_shard_size="200KB")
    next((folder / "unet").glob("*-00001-of-*.safetensors")).unlink()
    with pytest.raises(ModelError, match="incomplete: unet"):
        find_model(str(folder))


def test_only_what_is_read_has_to_be_whole(models: dict[str, Path], tmp_path: Path) -> None:
    folder = saved(models, tmp_path / "m", variant="fp16")
    saved(models, folder)
    (folder / "unet" / "diffusion_pytorch_model.fp16.safetensors").write_bytes(b"cut")
    assert find_model(str(folder)).path == folder
    assert check_weights(folder, half=False).variant is None
    with pytest.raises(ModelError, match="is damaged"):
        check_weights(folder, half=True)


def test_a_blob_of_the_cache_that_is_gone_names_the_download(
    models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    kept = tmp_path / "cache" / "models--owner--name"
    shutil.copytree(models["sd"], kept / "snapshots" / "abc")
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("abc")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    assert find_model("owner/name").revision == "abc"
    file = kept / "snapshots" / "abc" / "unet" / "diffusion_pytorch_model.safetensors"
    file.unlink()
    file.symlink_to(kept / "blobs" / "gone")
    with pytest.raises(ModelError) as error:
        find_model("owner/name")
    assert "unet/diffusion_pytorch_model.safetensors is missing" in error.value.problem.message
    assert "seedtui models --download owner/name" in error.value.problem.hint
    with pytest.raises(ModelError, match="model owner/name"):  # by its name, not by the hash of its folder
        load(file.parent.parent)


def test_a_name_in_capitals_is_a_safetensors_file_too(folder: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(folder / "vae" / "diffusion_pytorch_model.safetensors", tmp_path / "X.SAFETENSORS"))
    assert find_model(str(file)).source == "file"


def test_a_tokenizer_with_settings_of_a_network_needs_no_weights(folder: Path) -> None:
    (folder / "tokenizer" / "config.json").write_text(json.dumps({"model_type": "clip"}))
    load(folder)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["model.safetensors"], {None}),
        (["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"], set()),
        (["model-00001-of-00001.safetensors", "model.safetensors.index.json"], {None}),
        (["model-00001-of-00002.safetensors", "model.safetensors.index.json"], set()),
        (["model.fp16-00001-of-00001.safetensors", "model.safetensors.index.fp16.json"], {"fp16"}),
        (["model-00001-of-00001.fp16.safetensors", "model.safetensors.fp16.index.json"], {"fp16"}),
        (["other.safetensors", "._model.safetensors", "model.fp16.bin"], set()),
    ],
)
def test_names_of_weights(files: list[str], found: set[str | None]) -> None:
    assert set(part_of("unet", files).weights) == found
