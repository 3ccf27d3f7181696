"""Downloads, by the real client, from a server that plays the Hub."""

from __future__ import annotations

import errno
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import constants
from safetensors.numpy import save_file

from seedtui.core.errors import ModelError
from seedtui.models import hub as ours
from seedtui.models.completeness import check_weights
from seedtui.models.hub import Stopped, choose_files, download, plan_download
from seedtui.models.installed import models_here
from seedtui.models.resolve import NotHere, find_model
from tests.support.hub import COMMIT, FakeHub

NEVER = threading.Event()
TINY = "someone/tiny"


def repository(folder: Path) -> Path:
    """What looks like a model, with a pickle and another form of it beside."""
    parts = {"unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"]}
    index = {"_class_name": "StableDiffusionPipeline", **parts, "scheduler": ["diffusers", "DDIMScheduler"]}
    for number, part in enumerate(parts):
        (folder / part).mkdir(parents=True)
        (folder / part / "config.json").write_text("{}")
        save_file(
            {"weight": np.full(200_000, number, np.float32)}, folder / part / "diffusion_pytorch_model.safetensors"
        )
    (folder / "scheduler").mkdir()
    (folder / "scheduler" / "scheduler_config.json").write_text("{}")
    (folder / "model_index.json").write_text(json.dumps(index))
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"pickle")
    return folder


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., FakeHub]]:
    """Starts a hub that has a tiny model, and an empty cache."""
    folder = repository(tmp_path / "repository")
    (folder / "whole.safetensors").write_bytes(b"x" * 1000)
    (folder / "README.md").write_text("words")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with ExitStack() as stack:

        def start(**options: object) -> FakeHub:
            fake = FakeHub({TINY: folder}, **options)
            address = stack.enter_context(fake.serve())
            monkeypatch.setattr(constants, "ENDPOINT", address)
            template = "/{repo_id}/resolve/{revision}/{filename}"
            monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", address + template)
            return fake

        yield start


def why_not(hub_id: str) -> str:
    with pytest.raises(ModelError) as error:
        plan_download(hub_id, half=False)
    assert error.value.problem.hint
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_model_is_downloaded_and_found_and_only_what_it_needs(hub: Callable[..., FakeHub]) -> None:
    fake = hub()
    with pytest.raises(NotHere) as missing:
        find_model(TINY)
    assert missing.value.hub_id == TINY
    plan = plan_download(TINY, half=False)
    assert plan.here == 0
    assert plan.size == sum(fake.files(TINY)[name].stat().st_size for name, _ in plan.files)
    told: list[ours.DownloadProgress] = []
    folder = download(plan, told.append, NEVER)
    found = find_model(TINY)
    assert (found.path, found.revision, found.source) == (folder, COMMIT, "hub")
    assert TINY in {model.name for model in models_here()}
    assert not [name for name in fake.asked if name.endswith((".bin", ".md")) or name == "whole.safetensors"]
    assert told[-1].done == told[-1].total == plan.size
    assert [at.done for at in told] == sorted(at.done for at in told)


def test_a_stop_leaves_no_model_and_what_is_whole_is_not_fetched_again(hub: Callable[..., FakeHub]) -> None:
    fake = hub()
    plan = plan_download(TINY, half=False)
    stop = threading.Event()

    def tell(at: ours.DownloadProgress) -> None:
        if at.file.endswith(".safetensors") and at.done > plan.size // 2:
            stop.set()

    with pytest.raises(Stopped):
        download(plan, tell, stop)
    with pytest.raises(NotHere):
        find_model(TINY)
    came = set(fake.asked)
    fake.asked.clear()
    again = plan_download(TINY, half=False)
    assert 0 < again.size < plan.size
    assert again.here + again.size == plan.size
    download(again, lambda at: None, NEVER)
    assert len(came & set(fake.asked)) <= 1  # the one that was under way
    assert find_model(TINY).revision == COMMIT


def test_what_the_hub_refuses_is_told_in_plain_words(hub: Callable[..., FakeHub]) -> None:
    fake = hub(gated=("someone/gated",))
    assert "has no model someone/nothing" in why_not("someone/nothing")
    gated = why_not("someone/gated")
    assert "gated" in gated and "hf auth login" in gated
    fake.broken = 1
    assert "error 500" in why_not(TINY)


def test_no_hub_and_no_permission_to_ask_it(hub: Callable[..., FakeHub], monkeypatch: pytest.MonkeyPatch) -> None:
    hub()
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    assert "cannot reach the Hub" in why_not(TINY)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "HF_HUB_OFFLINE" in why_not(TINY)


def test_a_repository_that_is_no_pipeline(hub: Callable[..., FakeHub]) -> None:
    fake = hub()
    (fake.models[TINY] / "model_index.json").unlink()
    assert "not a Diffusers pipeline" in why_not(TINY)


def test_a_full_disk_is_told_before_and_on_the_way(
    hub: Callable[..., FakeHub], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub()
    plan = plan_download(TINY, half=False)

    def full(at: ours.DownloadProgress) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ModelError, match="disk is too full"):
        download(plan, full, NEVER)
    monkeypatch.setattr(ours, "_free", lambda: 1000)
    assert "disk is too full" in why_not(TINY)


NET = "diffusion_pytorch_model"


@pytest.mark.parametrize(
    ("half", "weights"),
    [
        (True, {f"unet/{NET}.fp16.safetensors", f"vae/{NET}.safetensors", "text/model.fp16-00001-of-00001.safetensors",
                "text/model.safetensors.index.fp16.json"}),
        (False, {f"unet/{NET}.safetensors", f"vae/{NET}.safetensors", "text/model.safetensors"}),
    ],
)  # fmt: skip
def test_one_precision_is_chosen(half: bool, weights: set[str]) -> None:
    names = [
        "model_index.json", "unet/config.json", f"unet/{NET}.safetensors", f"unet/{NET}.fp16.safetensors",
        f"unet/{NET}.bin", f"unet/{NET}.non_ema.safetensors", f"vae/{NET}.safetensors", "text/model.safetensors",
        "text/model.fp16-00001-of-00001.safetensors", "text/model.safetensors.index.fp16.json", "sd.safetensors",
        "onnx/unet/model.onnx", "tokenizer/spiece.model", "tokenizer/merges.txt", "tokenizer/chat_template.jinja",
    ]  # fmt: skip
    chosen, is_half = choose_files(names, half)
    settings = {"model_index.json", "unet/config.json", "tokenizer/merges.txt", "tokenizer/spiece.model"}
    assert set(chosen) == weights | settings | {"tokenizer/chat_template.jinja"}
    assert chosen[-1] == "model_index.json"
    assert is_half is half


@pytest.mark.parametrize("half", [True, False])
@pytest.mark.parametrize(
    ("unet", "vae"),
    [
        (("fp16",), (None,)),
        ((None, "fp16"), (None,)),
        ((None, "bf16"), (None, "fp16")),
        (("bf16",), ("bf16",)),
        (("non_ema", None), (None,)),
    ],
)
def test_what_is_downloaded_loads_again(
    hub: Callable[..., FakeHub], half: bool, unet: tuple[str | None, ...], vae: tuple[str | None, ...]
) -> None:
    fake = hub()
    for part, variants in (("unet", unet), ("vae", vae)):
        plain = fake.models[TINY] / part / f"{NET}.safetensors"
        for variant in variants:
            if variant:
                plain.with_name(f"{NET}.{variant}.safetensors").write_bytes(plain.read_bytes())
        if None not in variants:
            plain.unlink()
    folder = download(plan_download(TINY, half), lambda at: None, NEVER)
    assert find_model(TINY).path == folder
    for on_a_gpu in (True, False):
        assert len(check_weights(folder, on_a_gpu).files) == 2


def test_pickles_alone_are_told_before_anything_comes(hub: Callable[..., FakeHub]) -> None:
    fake = hub()
    (fake.models[TINY] / "unet" / f"{NET}.safetensors").unlink()
    assert "only .bin weights in unet" in why_not(TINY)
