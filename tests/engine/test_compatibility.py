"""Which pipelines are taken, and why the others are not, before any weights are read."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from seedtui.core.errors import ModelError
from seedtui.engine.diffusion.loading.compatibility import check_text_to_image, missing_for_parts, packages_in
from seedtui.engine.diffusion.loading.load import load_pipeline
from tests.support.families import SD
from tests.support.tiny_parts import clip, clip_tokenizer, unet, vae


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("StableDiffusionImg2ImgPipeline", "starts from an image"),
        ("StableDiffusionInpaintPipeline", "starts from an image"),
        ("StableDiffusionControlNetPipeline", "also needs a control image"),
        ("FluxControlPipeline", "also needs a control image"),
        ("StableDiffusionAttendAndExcitePipeline", "also needs token_indices"),
        ("StableCascadeDecoderPipeline", "also needs image_embeddings"),
        ("KandinskyPriorPipeline", "embeddings for another pipeline"),
        ("WanPipeline", "makes videos"),
        ("TextToVideoZeroPipeline", "makes videos"),
        ("AudioLDMPipeline", "makes sound"),
        ("DDPMPipeline", "does not take a prompt"),
    ],
)
def test_why_a_pipeline_is_none_of_text_to_image(name: str, why: str) -> None:
    with pytest.raises(ModelError, match=f"{name} is not a text-to-image pipeline: it .*{why.split()[-1]}") as error:
        check_text_to_image(name)
    assert why in error.value.problem.message


@pytest.mark.parametrize(
    "name",
    [
        "Flux2Pipeline", "Flux2KleinPipeline", "Flux2KleinKVPipeline", "FluxKontextPipeline", "ZImageOmniPipeline",
        "BriaFibo2Pipeline", "GlmImagePipeline", "QwenImage21Pipeline", "LDMTextToImagePipeline", "UnCLIPPipeline",
        "Kandinsky5T2IPipeline", "KandinskyV22CombinedPipeline", "StableCascadeCombinedPipeline", "KolorsPipeline",
    ],
)  # fmt: skip
def test_what_may_be_left_out_is_not_asked_for(name: str) -> None:
    check_text_to_image(name)


def test_an_image_that_is_insisted_on_is_found_out_at_load(tmp_path: Path) -> None:
    from diffusers import DDIMScheduler, StableDiffusionInstructPix2PixPipeline

    torch.manual_seed(0)
    StableDiffusionInstructPix2PixPipeline(
        vae=vae(), unet=unet(in_channels=8), text_encoder=clip(), tokenizer=clip_tokenizer(),
        scheduler=DDIMScheduler(), image_encoder=None, **SD,
    ).save_pretrained(tmp_path / "m")  # fmt: skip
    with pytest.raises(ModelError, match="fails with only a prompt"):
        load_pipeline(tmp_path / "m", torch.float32, "cpu", lambda *at: None)


@pytest.mark.skipif(find_spec("cv2") is not None, reason="nothing is missing")
def test_a_pipeline_that_waits_for_a_package_names_it_and_how_to_get_it() -> None:
    with pytest.raises(ModelError, match="ConsisIDPipeline needs opencv-python") as error:
        check_text_to_image("ConsisIDPipeline")
    assert error.value.problem.hint == "pip install opencv-python"


@pytest.mark.skipif(find_spec("torchvision") is not None, reason="nothing is missing")
@pytest.mark.parametrize("part", ["Qwen2VLProcessor", "Qwen3VLProcessor", "PixtralProcessor"])
def test_parts_that_wait_for_a_package(part: str) -> None:
    assert missing_for_parts({"processor": ["transformers", part], "vae": ["diffusers", "AutoencoderKL"]}) == (
        "torchvision",
    )


def test_an_error_is_looked_through_for_the_package_behind_it() -> None:
    wrapped = OSError("it does not load")
    wrapped.__cause__ = ModuleNotFoundError("no", name="timm_of_another_name")
    assert packages_in(wrapped) == ("timm_of_another_name",)
    assert packages_in(ValueError("some weights are wrong")) == ()
