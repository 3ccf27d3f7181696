"""What sizes have to be multiples of, by the settings of models that people use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedtui.models.sizes import read_multiple

FOUR = {"block_out_channels": [128, 256, 512, 512]}
QWEN = {"z_dim": 16, "temperal_downsample": [False, True, True], "dim_mult": [1, 2, 4, 4]}
FLUX2 = {**FOUR, "latent_channels": 32, "patch_size": [2, 2]}

SETTINGS: dict[str, tuple[dict, dict, dict, int]] = {
    "stable diffusion": (FOUR, {}, {}, 8),
    "flux": ({**FOUR, "latent_channels": 16}, {"patch_size": 1, "in_channels": 64}, {}, 16),
    "z-image": ({**FOUR, "latent_channels": 16}, {"all_patch_size": [2], "in_channels": 16}, {}, 16),
    "hunyuan image": (
        {"spatial_compression_ratio": 32, "block_out_channels": [128, 256, 512, 512, 1024, 1024]},
        {"patch_size": [1, 1]}, {}, 64,
    ),
    "qwen-image": (QWEN, {"patch_size": 2, "in_channels": 64}, {}, 16),
    "qwen-image 2.1": (
        {"z_dim": 64, "temperal_downsample": [False, True, True, True]},
        {"patch_size": 1, "in_channels": 64, "causal_condition": True}, {}, 32,
    ),
    "krea 2": (QWEN, {"in_channels": 64}, {"patch_size": 2}, 16),
    "flux.2": (FLUX2, {"patch_size": 1, "in_channels": 128}, {}, 16),
    "bria fibo": (
        {"z_dim": 48, "scale_factor_spatial": 16, "patch_size": 2, "temperal_downsample": [False, True, True]},
        {"patch_size": 1, "in_channels": 48}, {}, 16,
    ),
    "kandinsky 5": ({**FOUR, "latent_channels": 16}, {"patch_size": [1, 2, 2]}, {}, 16),
    "sana": ({"encoder_block_out_channels": [128, 256, 512, 512, 1024, 1024]}, {"patch_size": 1}, {}, 32),
    "glm-image": (FOUR, {"patch_size": 2, "prior_vq_quantizer_codebook_size": 16384}, {}, 32),
    "damaged": ({"block_out_channels": [1] * 5000}, {"patch_size": 10**9}, {"patch_size": True}, 8),
    "nothing": ({}, {}, {}, 8),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_the_multiple_is_what_the_pipeline_asks_for(tmp_path: Path, name: str) -> None:
    vae, transformer, index, multiple = SETTINGS[name]
    for part, values in (("vae", vae), ("transformer", transformer)):
        (tmp_path / part).mkdir()
        (tmp_path / part / "config.json").write_text(json.dumps(values))
    (tmp_path / "model_index.json").write_text(json.dumps(index))
    assert read_multiple(tmp_path) == multiple
