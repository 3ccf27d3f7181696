"""The folder of weights as it ships."""

import json
from pathlib import Path

import pytest

from seedtui.starter import WEIGHTS
from seedtui.starter.recipe.art.subjects import SUBJECTS

pytestmark = pytest.mark.skipif(not WEIGHTS.exists(), reason="no weights in this checkout")

LIMIT = 48 * 1000 * 1000
"""Bytes."""


def _config(part: str, name: str = "config.json") -> dict:
    return json.loads((WEIGHTS / part / name).read_text())


def test_the_folder_is_small_enough() -> None:
    assert sum(path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file()) <= LIMIT


def test_the_card_lists_what_was_taught_and_shows_it() -> None:
    card = (WEIGHTS.parent / "MODEL_CARD.md").read_text()
    listed = " ".join(card.split())
    assert ", ".join(json.loads((WEIGHTS / "seedtui.json").read_text())["subjects"]) in listed
    assert (WEIGHTS.parent / "contact-sheet.webp").stat().st_size < 400_000
    assert "(contact-sheet.webp)" in card


def test_the_weights_are_safetensors() -> None:
    kinds = {path.suffix for path in WEIGHTS.rglob("*") if path.is_file()}
    assert kinds <= {".json", ".safetensors", ".txt"}


def test_the_pipeline_is_of_stock_classes_without_a_checker() -> None:
    index = json.loads((WEIGHTS / "model_index.json").read_text())
    assert index["_class_name"] == "StableDiffusionPipeline"
    assert index["safety_checker"] == [None, None]
    assert index["requires_safety_checker"] is False


def test_the_parts_fit_together() -> None:
    unet, text = _config("unet"), _config("text_encoder")
    assert unet["sample_size"] == 16
    assert unet["in_channels"] == unet["out_channels"] == _config("vae")["latent_channels"]
    assert unet["cross_attention_dim"] == text["hidden_size"]
    assert _config("tokenizer", "tokenizer_config.json")["model_max_length"] == text["max_position_embeddings"]
    assert _config("scheduler", "scheduler_config.json")["prediction_type"] == "v_prediction"


def test_the_steps_it_needs_are_its_default() -> None:
    from seedtui.models.defaults import read_defaults

    own = read_defaults(WEIGHTS)
    assert own.steps is not None and own.steps <= 12
    assert own.guidance is None


def test_the_scheduler_adds_no_noise() -> None:
    scheduler = _config("scheduler", "scheduler_config.json")
    assert scheduler["_class_name"] == "DPMSolverMultistepScheduler"
    assert not scheduler["algorithm_type"].startswith("sde")


def test_the_json_is_complete() -> None:
    ours = json.loads((WEIGHTS / "seedtui.json").read_text())
    assert set(ours) == {"steps", "preview", "subjects", "styles"}  # guidance is the pipeline's own
    channels = _config("vae")["latent_channels"]
    assert [len(row) for row in ours["preview"]["matrix"]] == [3] * channels
    assert len(ours["preview"]["bias"]) == 3
    assert ours["subjects"] == [subject.name for subject in SUBJECTS[: len(ours["subjects"])]]
    assert "in the style of Vermeer" in ours["styles"]


@pytest.fixture(scope="module")
def pipeline():
    pytest.importorskip("diffusers")
    from seedtui.starter.recipe.evaluation.sampling import load_pipeline

    return load_pipeline(WEIGHTS)


def test_one_seed_is_one_picture(pipeline) -> None:
    from seedtui.starter.recipe.evaluation.sampling import generate

    once, again, other = (generate(pipeline, ["a Labrador"], [seed], steps=2) for seed in (1, 1, 2))
    assert once.shape == (1, 3, 256, 256)
    assert (once == again).all()
    assert (once != other).any()


def test_any_text_is_taken(pipeline) -> None:
    from seedtui.starter.recipe.networks.text_encoder import LENGTH, token_ids

    ids = token_ids(pipeline.tokenizer, ["", "naïve 日本 🐶", "word " * 100])
    assert ids.shape == (3, LENGTH)
    assert ids.max() < pipeline.text_encoder.config.vocab_size


def test_a_known_name_is_one_token(pipeline) -> None:
    assert pipeline.tokenizer.tokenize("Labrador") == ["labrador</w>"]


def test_the_preview_is_like_the_picture(pipeline) -> None:
    import torch

    from seedtui.starter.recipe.evaluation.sampling import generate

    picture = generate(pipeline, ["a rocket on a blue background"], [3], steps=8) * 2 - 1
    preview = json.loads((WEIGHTS / "seedtui.json").read_text())["preview"]
    with torch.no_grad():
        latents = pipeline.vae.encode(picture).latents[0]
    shown = torch.einsum("chw,cr->rhw", latents, torch.tensor(preview["matrix"]))
    shown = shown + torch.tensor(preview["bias"])[:, None, None]
    small = torch.nn.functional.avg_pool2d(picture, 16)[0]
    assert (shown - small).abs().mean() < 0.25


def test_importing_the_package_is_light() -> None:
    import subprocess
    import sys

    code = "import sys, seedtui.starter; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2]).returncode == 0
