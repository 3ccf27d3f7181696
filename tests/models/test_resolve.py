"""Names of models, and the folders they lead to. No torch is needed to say no."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from seedtui.core.errors import InputError, ModelError
from seedtui.core.recipes.schedulers import SCHEDULERS, scheduler_class
from seedtui.models.resolve import find_model


@pytest.fixture
def folder(models: dict[str, Path], tmp_path: Path) -> Path:
    """A copy that a test may harm."""
    return Path(shutil.copytree(models["sd"], tmp_path / "model"))


def test_a_folder_is_found_by_any_path_to_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    found = [find_model(name) for name in (str(folder), "model", "./model", f"../{folder.parent.name}/model")]
    assert {(model.name, model.path) for model in found} == {(str(folder), folder)}
    assert found[0].pipeline == "StableDiffusionPipeline"
    assert found[0].multiple == 8
    assert found[0].scheduler == "PNDMScheduler"


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("nope", "no model “nope”"),
        ("/nope", "no model"),
        ("a/b/c", "no model"),
        ("weights.safetensors", "no file"),
        ("stable-diffusion-v1-5/stable-diffusion-v1-5", "not on this machine"),
        ("sd15", "not on this machine"),
        ("runwayml/stable-diffusion-v1-5", "stable-diffusion-v1-5/stable-diffusion-v1-5 is not on this machine"),
        ("a b/c d", "not on this machine"),
        ("\x1b[2J", "no model"),
        ("x" * 300, "no model"),
        ("~nobody-of-that-name/model", "not on this machine"),
        ("~nobody/of/that/name", "no model"),
    ],
)
def test_a_name_that_leads_nowhere(name: str, word: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=word) as error:
        find_model(name)
    assert error.value.problem.hint


@pytest.mark.parametrize("index", [b"", b"[]", b"{", b'{"_class_name": ["a", "b"]}', b"\xff\xfe", b"[" * 100_000])
def test_an_index_that_is_none(folder: Path, index: bytes) -> None:
    (folder / "model_index.json").write_bytes(index)
    with pytest.raises(ModelError):
        find_model(str(folder))


def test_a_part_that_is_missing(folder: Path) -> None:
    shutil.rmtree(folder / "vae")
    with pytest.raises(ModelError, match="vae is missing"):
        find_model(str(folder))


@pytest.mark.parametrize("keep", [0, 7, 100, -1])
def test_weights_that_are_cut_off(folder: Path, keep: int) -> None:
    file = folder / "unet" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(ModelError, match="is damaged"):
        find_model(str(folder))


@pytest.mark.parametrize("name", [*SCHEDULERS, "EULER-A", "DPMSolverSDEScheduler"])
def test_schedulers_have_short_names_and_their_own(name: str) -> None:
    assert scheduler_class(name).endswith("Scheduler")


@pytest.mark.parametrize("name", ["", "foo", "x;Scheduler", "os.system('x')#Scheduler"])
def test_what_is_no_scheduler(name: str) -> None:
    with pytest.raises(InputError):
        scheduler_class(name)


def test_the_client_and_the_names_need_no_torch() -> None:
    program = (
        "import sys, seedtui.engine.client.connection, seedtui.models.resolve as m; m.find_model('starter');"
        "assert not {'torch', 'diffusers', 'transformers', 'huggingface_hub'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
