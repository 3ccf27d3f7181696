"""Writes a folder with the architecture of Stable Diffusion 1.5 and random weights in fp16: for speed none others are
needed, and none have to be downloaded.

    python -m tests.bench.random_sd15 FOLDER && seedtui bench --model FOLDER --size 512x512
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from diffusers import AutoencoderKL, PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from tests.support.pipelines import _tokenizer


def random_sd15(folder: Path) -> Path:
    """Sizes as in the model's own configs: 860 million weights in the UNet, 84 in the VAE, 123 in the text encoder."""
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float16)
    text = CLIPTextConfig(
        vocab_size=49408, hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
        bos_token_id=0, eos_token_id=1, pad_token_id=1,
    )  # fmt: skip
    vae = AutoencoderKL(
        block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2, latent_channels=4, sample_size=512,
    )  # fmt: skip
    StableDiffusionPipeline(
        vae=vae, unet=UNet2DConditionModel(sample_size=64, cross_attention_dim=768),
        text_encoder=CLIPTextModel(text), tokenizer=_tokenizer(), safety_checker=None, feature_extractor=None,
        scheduler=PNDMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
                                skip_prk_steps=True, steps_offset=1),
        requires_safety_checker=False,
    ).save_pretrained(folder, variant="fp16")  # fmt: skip
    return folder


if __name__ == "__main__":
    print(random_sd15(Path(sys.argv[1])))
