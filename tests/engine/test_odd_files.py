"""Whatever lies in a model's folder: the list ends and leaves it out, and one line says what is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedtui.core.errors import ModelError
from seedtui.core.recipes.lora import Lora
from seedtui.core.recipes.recipe import Recipe
from seedtui.models.defaults import Defaults, read_defaults
from seedtui.models.installed import bytes_of, models_here
from seedtui.models.lora_files import check_files
from seedtui.models.resolve import find_model
from tests.support.no_files import NO_FILES, put_no_file
from tests.support.odd_model import HEADERS, TEXTS, WEIGHTS, make_model

JSON_FILES = ("model_index.json", "unet/config.json", "vae/config.json", "scheduler/scheduler_config.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_model(tmp_path / "models" / "odd")


def assert_told_or_usable(folder: Path) -> None:
    """The list ends, whatever is in it, and the model is one that can be named, or one line says why not."""
    for model in models_here([folder.parent], smallest=0):
        assert bytes_of(model)
    try:
        model = find_model(str(folder))
    except ModelError as error:
        str(error).encode()
        return
    assert 0 < model.multiple <= 2**20
    f"{model}".encode()
    Recipe(width=512, height=512).check_multiple(model.multiple) if 512 % model.multiple == 0 else None


def test_the_folder_is_a_model(folder: Path) -> None:
    assert find_model(str(folder)).multiple == 8
    assert str(folder) in {model.name for model in models_here([folder.parent], smallest=0)}


@pytest.mark.parametrize("kind", HEADERS)
def test_damaged_weights_are_told(folder: Path, kind: str) -> None:
    (folder / WEIGHTS).write_bytes(HEADERS[kind])
    assert_told_or_usable(folder)
    with pytest.raises(ModelError, match=r"unet/diffusion_pytorch_model.safetensors is damaged"):
        find_model(str(folder))
    with pytest.raises(ModelError):
        find_model(str(folder / WEIGHTS))
    with pytest.raises(ModelError):
        check_files((Lora(path=str(folder / WEIGHTS)),))


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("name", JSON_FILES)
def test_settings_of_any_content(folder: Path, name: str, kind: str) -> None:
    (folder / name).write_bytes(TEXTS[kind])
    assert_told_or_usable(folder)


@pytest.mark.parametrize("kind", [kind for kind in NO_FILES if kind != "folder"])
@pytest.mark.parametrize("name", [*JSON_FILES, WEIGHTS, "unet/extra.safetensors", "pipe", "unet/.hidden", "vae"])
def test_what_is_no_file_is_told_and_never_waited_for(folder: Path, name: str, kind: str) -> None:
    if (folder / name).is_dir():
        (folder / name).rename(folder / "elsewhere")
    elif (folder / name).exists():
        (folder / name).unlink()
    put_no_file(folder / name, kind)
    assert_told_or_usable(folder)
    if kind != "nowhere":
        with pytest.raises(ModelError):
            find_model(str(folder))


@pytest.mark.parametrize("kind", [kind for kind in NO_FILES if kind not in ("folder", "not ours")])
def test_a_file_that_is_none_is_not_said_to_be_missing(tmp_path: Path, kind: str) -> None:
    path = put_no_file(tmp_path / "portrait.safetensors", kind)
    with pytest.raises(ModelError, match=r"portrait\.safetensors is not a regular file"):
        find_model(str(path))


@pytest.mark.parametrize("kind", [*TEXTS, *NO_FILES])
def test_defaults_and_previews_that_are_none_are_left_out(folder: Path, kind: str) -> None:
    if kind in TEXTS:
        (folder / "seedtui.json").write_bytes(TEXTS[kind])
    else:
        put_no_file(folder / "seedtui.json", kind)
    assert read_defaults(folder) == Defaults()


def test_a_folder_in_a_files_place(folder: Path) -> None:
    for name in (*JSON_FILES, WEIGHTS):
        (folder / name).unlink()
        (folder / name).mkdir()
        assert_told_or_usable(folder)


def test_odd_things_beside_models_are_passed_over(folder: Path) -> None:
    for kind in NO_FILES:
        if kind != "not ours":
            put_no_file(folder.parent / f"{kind}.safetensors", kind)
            put_no_file(folder.parent / kind, kind)
    os.symlink(folder.parent, folder.parent / "round and round")
    names = {model.name for model in models_here([folder.parent, folder.parent / "pipe"], smallest=0)}
    assert str(folder) in names


def test_settings_larger_than_any_are_told(folder: Path) -> None:
    with (folder / "unet" / "config.json").open("r+b") as file:
        file.truncate(2**34)
    with pytest.raises(ModelError, match="too large"):
        find_model(str(folder))


@pytest.mark.parametrize("examples", [50, pytest.param(500, marks=pytest.mark.slow)])
def test_a_folder_of_any_bytes(tmp_path_factory: pytest.TempPathFactory, examples: int) -> None:
    texts = st.sampled_from(list(TEXTS.values())) | st.binary(max_size=300)
    weights = st.sampled_from(list(HEADERS.values())) | st.binary(max_size=300)

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(st.dictionaries(st.sampled_from(JSON_FILES), texts, max_size=2), st.none() | weights, st.integers(0, 400))
    def check(files: dict[str, bytes], header: bytes | None, flip: int) -> None:
        folder = make_model(tmp_path_factory.mktemp("any") / "odd")
        for name, data in files.items():
            (folder / name).write_bytes(data)
        if header is not None:
            (folder / WEIGHTS).write_bytes(header)
        else:
            bits = bytearray((folder / WEIGHTS).read_bytes())
            bits[flip % len(bits)] ^= 1 + flip % 255
            (folder / WEIGHTS).write_bytes(bits)
        assert_told_or_usable(folder)

    check()
