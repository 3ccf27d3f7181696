"""Models of the Hub on the command line: nothing is downloaded that nobody agreed to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import constants
from safetensors.numpy import save_file

from tests.support.hub import FakeHub


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub with one model, and an empty cache."""
    unet = tmp_path / "repository" / "unet"
    unet.mkdir(parents=True)
    (unet / "config.json").write_text("{}")
    save_file({"weight": np.zeros(10_000, np.float32)}, unet / "diffusion_pytorch_model.safetensors")
    index = {"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}
    (unet.parent / "model_index.json").write_text(json.dumps(index))
    fake = FakeHub({"someone/tiny": unet.parent})
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with fake.serve() as address:
        monkeypatch.setattr(constants, "ENDPOINT", address)
        template = address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield fake


def test_nothing_is_downloaded_where_nobody_can_be_asked(bare: Callable, hub: FakeHub) -> None:
    for words in (["generate", "a cat", "--model", "someone/tiny"], ["models", "--download", "someone/tiny"]):
        left = bare(*words)
        assert left.code == 2
        assert "not on this machine" in left.err
        assert "--download" in left.err
    assert not hub.asked


def test_a_download_that_was_agreed_to(bare: Callable, hub: FakeHub) -> None:
    done = bare("models", "--download", "someone/tiny", "--yes", "--json")
    assert done.code == 0, done.err
    assert done.lines[0]["name"] == "someone/tiny"
    assert done.lines[0]["source"] == "hub"
    assert "40 kB to download in 3 files" in done.err
    assert sorted(hub.asked) == ["model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors"]
    again = bare("models", "--download", "someone/tiny", "--json")
    assert again.code == 0
    assert len(hub.asked) == 3
