"""A Stable Diffusion 1 folder as one file, its weights named as their authors did and as checkpoints have them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPImageProcessor

_RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
    "conv2": "out_layers.3", "conv_shortcut": "skip_connection",
}  # fmt: skip
_ENDS = {
    "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2", "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0", "conv_out": "out.2", "mid_block.resnets.0": "middle_block.0",
    "mid_block.attentions.0": "middle_block.1", "mid_block.resnets.1": "middle_block.2",
}  # fmt: skip
_VAE_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}


def write_single_file(folder: Path, file: Path) -> Path:
    """Write the weights of the pipeline in `folder` into `file`."""
    pipe = StableDiffusionPipeline.from_pretrained(folder, use_safetensors=True)
    named = {f"model.diffusion_model.{_unet_name(pipe.unet, k)}": v for k, v in pipe.unet.state_dict().items()}
    for name, value in pipe.vae.state_dict().items():
        named[f"first_stage_model.{_vae_name(name)}"] = (
            value[:, :, None, None] if re.search(r"attentions.*\.to_.*weight", name) else value
        )
    text = pipe.text_encoder.state_dict()
    named |= {f"cond_stage_model.transformer.{_text_name(name)}": value for name, value in text.items()}
    assert len(named) == sum(len(part.state_dict()) for part in (pipe.unet, pipe.vae, pipe.text_encoder))
    named |= {  # what the authors' program kept beside them
        "alphas_cumprod": torch.ones(1000), "model_ema.decay": torch.tensor(0.9999),
        "cond_stage_model.transformer.text_model.embeddings.position_ids": torch.arange(77)[None],
    }  # fmt: skip
    save_file({name: value.contiguous() for name, value in named.items()}, file)
    return file


def put_settings(folder: Path, cache: Path) -> None:
    """The settings of the model in `folder`, without its weights, as if they were those of Stable Diffusion 1.5 on the
    Hub: with the safety checker that it names, and in a cache as the Hub's client keeps it."""
    kept = cache / "models--stable-diffusion-v1-5--stable-diffusion-v1-5"
    snapshot = kept / "snapshots" / "0"
    shutil.copytree(folder, snapshot, ignore=shutil.ignore_patterns("*.safetensors"))
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("0")
    index = json.loads((snapshot / "model_index.json").read_text())
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    index["feature_extractor"] = ["transformers", "CLIPImageProcessor"]
    (snapshot / "model_index.json").write_text(json.dumps(index))
    (snapshot / "safety_checker").mkdir()
    CLIPConfig(architectures=["StableDiffusionSafetyChecker"]).save_pretrained(snapshot / "safety_checker")
    CLIPImageProcessor().save_pretrained(snapshot / "feature_extractor")


def _unet_name(unet: Any, name: str) -> str:
    a_block = unet.config.layers_per_block + 1
    kind, block, part, index, rest = re.fullmatch(
        r"(?:(down|up)_blocks\.(\d+)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.)?(.*)", name
    ).groups()
    if kind is None:
        for new, old in _ENDS.items():
            if name.startswith(f"{new}."):
                name = name.replace(new, old, 1)
                return name if "attentions" in new else _resnet(name)
        raise ValueError(name)
    place = int(block) * a_block + int(index)
    match part:
        case "resnets" | "attentions":
            at = f"input_blocks.{place + 1}" if kind == "down" else f"output_blocks.{place}"
            return _resnet(f"{at}.0.{rest}") if part == "resnets" else f"{at}.1.{rest}"
        case "downsamplers":
            return f"input_blocks.{place + a_block}.0.op.{rest.removeprefix('conv.')}"
        case _:
            behind = 2 if hasattr(unet.up_blocks[int(block)], "attentions") else 1
            return f"output_blocks.{place + a_block - 1}.{behind}.{rest}"


def _resnet(name: str) -> str:
    for new, old in _RESNET.items():
        name = name.replace(f".{new}.", f".{old}.")
    return name


def _vae_name(name: str) -> str:
    name = re.sub(r"down_blocks\.(\d+)\.resnets\.(\d+)", r"down.\1.block.\2", name)
    name = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0", r"down.\1.downsample", name)
    name = re.sub(r"up_blocks\.(\d+)\.resnets\.(\d+)", lambda m: f"up.{3 - int(m[1])}.block.{m[2]}", name)
    name = re.sub(r"up_blocks\.(\d+)\.upsamplers\.0", lambda m: f"up.{3 - int(m[1])}.upsample", name)
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", name)
    if "mid_block.attentions.0" in name:
        name = name.replace("mid_block.attentions.0", "mid.attn_1")
        for new, old in _VAE_ATTENTION.items():
            name = name.replace(f".{new}.", f".{old}.")
    return name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")


def _text_name(name: str) -> str:
    """transformers 5 has no more `text_model` around it; checkpoints have."""
    return name if name.startswith("text_model.") else f"text_model.{name}"
