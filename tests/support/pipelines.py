"""Tiny pipelines with random weights, in local folders: the classes that people use, at a size that runs anywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from diffusers import (
    AutoencoderDC,
    AutoencoderKL,
    DDIMScheduler,
    DiffusionPipeline,
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxPipeline,
    FluxTransformer2DModel,
    LatentConsistencyModelPipeline,
    LCMScheduler,
    PixArtAlphaPipeline,
    PixArtTransformer2DModel,
    PNDMScheduler,
    SanaPipeline,
    SanaTransformer2DModel,
    SD3Transformer2DModel,
    StableDiffusion3Pipeline,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import load_file
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    Gemma2Config,
    Gemma2Model,
    GemmaTokenizerFast,
    T5Config,
    T5EncoderModel,
    T5TokenizerFast,
)


def tiny_sd(folder: Path, scheduler: str = "pndm") -> Path:
    """Stable Diffusion 1: 64 x 64 pixels, a VAE of factor 8."""
    torch.manual_seed(0)
    schedulers = {"pndm": PNDMScheduler(skip_prk_steps=True, steps_offset=1), "ddim": DDIMScheduler(steps_offset=1)}
    StableDiffusionPipeline(
        vae=_vae(), unet=_unet(), text_encoder=_text_encoder(), tokenizer=_tokenizer(),
        scheduler=schedulers[scheduler], safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def tiny_lcm(folder: Path) -> Path:
    """A latent consistency model: few steps, guidance in the UNet, a scheduler that draws noise."""
    torch.manual_seed(1)
    LatentConsistencyModelPipeline(
        vae=_vae(), unet=_unet(time_cond_proj_dim=32), text_encoder=_text_encoder(), tokenizer=_tokenizer(),
        scheduler=LCMScheduler(), safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def tiny_sdxl(folder: Path) -> Path:
    """Stable Diffusion XL: two text encoders, size and crop as conditions."""
    torch.manual_seed(2)
    unet = _unet(
        attention_head_dim=(2, 4), use_linear_projection=True, addition_embed_type="text_time",
        addition_time_embed_dim=8, transformer_layers_per_block=(1, 2), projection_class_embeddings_input_dim=80,
        cross_attention_dim=64,
    )  # fmt: skip
    StableDiffusionXLPipeline(
        vae=_vae(), unet=unet, text_encoder=_text_encoder(), text_encoder_2=_text_encoder(projection=True),
        tokenizer=_tokenizer(), tokenizer_2=_tokenizer(), scheduler=EulerDiscreteScheduler(),
    ).save_pretrained(folder)  # fmt: skip
    return folder


def tiny_sd3(folder: Path) -> Path:
    """Stable Diffusion 3: three text encoders, 16 channels of latents, a transformer, a flow."""
    torch.manual_seed(3)
    transformer = SD3Transformer2DModel(
        sample_size=8, patch_size=2, in_channels=16, num_layers=1, attention_head_dim=8, num_attention_heads=4,
        caption_projection_dim=32, joint_attention_dim=32, pooled_projection_dim=64, out_channels=16,
    )  # fmt: skip
    StableDiffusion3Pipeline(
        transformer=transformer, scheduler=FlowMatchEulerDiscreteScheduler(), vae=_vae(channels=16, flow=True),
        text_encoder=_text_encoder(projection=True), tokenizer=_tokenizer(),
        text_encoder_2=_text_encoder(projection=True), tokenizer_2=_tokenizer(),
        text_encoder_3=_t5(), tokenizer_3=_t5_tokenizer(),
    ).save_pretrained(folder)  # fmt: skip
    return folder


def tiny_flux(folder: Path) -> Path:
    """Flux: latents packed 2 x 2 into tokens, guidance as an input of the transformer."""
    torch.manual_seed(4)
    transformer = FluxTransformer2DModel(
        patch_size=1, in_channels=64, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=32, pooled_projection_dim=32, axes_dims_rope=(4, 4, 8), guidance_embeds=True,
    )  # fmt: skip
    pipe = FluxPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(), vae=_vae(channels=16, flow=True),
        text_encoder=_text_encoder(), tokenizer=_tokenizer(), text_encoder_2=_t5(), tokenizer_2=_t5_tokenizer(),
        transformer=transformer,
    )  # fmt: skip
    pipe.save_pretrained(folder)
    return folder


def tiny_pixart(folder: Path) -> Path:
    """PixArt: T5 alone, the older hook for steps, sizes in bins."""
    torch.manual_seed(5)
    transformer = PixArtTransformer2DModel(
        sample_size=32, num_layers=1, patch_size=2, attention_head_dim=8, num_attention_heads=3,
        caption_channels=32, in_channels=4, cross_attention_dim=24, out_channels=8, attention_bias=True,
        activation_fn="gelu-approximate", num_embeds_ada_norm=1000, norm_type="ada_norm_single",
        norm_elementwise_affine=False, norm_eps=1e-6, use_additional_conditions=False,
    )  # fmt: skip
    PixArtAlphaPipeline(
        tokenizer=_t5_tokenizer(), text_encoder=_t5(), vae=_vae(), transformer=transformer,
        scheduler=DPMSolverMultistepScheduler(),
    ).save_pretrained(folder)  # fmt: skip
    return folder


def tiny_sana(folder: Path) -> Path:
    """Sana: an LLM as text encoder, linear attention, a VAE of factor 32."""
    torch.manual_seed(6)
    transformer = SanaTransformer2DModel(
        patch_size=1, in_channels=4, out_channels=4, num_layers=1, num_attention_heads=2, attention_head_dim=4,
        num_cross_attention_heads=2, cross_attention_head_dim=4, cross_attention_dim=8, caption_channels=8,
        sample_size=16,
    )  # fmt: skip
    vae = AutoencoderDC(
        in_channels=3, latent_channels=4, attention_head_dim=2, encoder_block_types=("ResBlock",) * 6,
        decoder_block_types=("ResBlock",) * 6, encoder_block_out_channels=(8,) * 6,
        decoder_block_out_channels=(8,) * 6, encoder_qkv_multiscales=((),) * 6, decoder_qkv_multiscales=((),) * 6,
        encoder_layers_per_block=(1,) * 6, decoder_layers_per_block=(1,) * 6, downsample_block_type="conv",
        upsample_block_type="interpolate", decoder_norm_types="rms_norm", decoder_act_fns="silu", scaling_factor=0.41,
    )  # fmt: skip
    llm = Gemma2Model(
        Gemma2Config(
            head_dim=4,
            hidden_size=8,
            intermediate_size=16,
            num_attention_heads=2,
            num_hidden_layers=1,
            num_key_value_heads=2,
            vocab_size=200,
        )
    )
    SanaPipeline(
        tokenizer=_gemma_tokenizer(), text_encoder=llm, vae=vae, transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=7.0),
    ).save_pretrained(folder)  # fmt: skip
    return folder


def _t5() -> T5EncoderModel:
    return T5EncoderModel(
        T5Config(vocab_size=200, d_model=32, d_kv=8, d_ff=37, num_layers=1, num_heads=4, is_encoder_decoder=False)
    )


def _t5_tokenizer() -> T5TokenizerFast:
    """Single letters, as `_tokenizer`."""
    words = ["<pad>", "</s>", "<unk>", "▁", *(chr(c) for c in range(33, 127))]
    return T5TokenizerFast(vocab=[(word, 0.0) for word in words], extra_ids=0, model_max_length=512)


def _gemma_tokenizer() -> GemmaTokenizerFast:
    words = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁", *(chr(c) for c in range(33, 127))]
    return GemmaTokenizerFast(vocab={word: i for i, word in enumerate(words)}, merges=[], model_max_length=300)


def _vae(channels: int = 4, flow: bool = False) -> AutoencoderKL:
    usual = {"scaling_factor": 1.5, "shift_factor": 0.06, "use_quant_conv": False, "use_post_quant_conv": False}
    return AutoencoderKL(
        block_out_channels=(32, 32, 32, 32), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, latent_channels=channels, norm_num_groups=8,
        **(usual if flow else {}),
    )  # fmt: skip


def _unet(**settings: object) -> UNet2DConditionModel:
    usual = {
        "block_out_channels": (32, 64), "layers_per_block": 1, "sample_size": 8, "in_channels": 4, "out_channels": 4,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"), "cross_attention_dim": 32,
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"), "norm_num_groups": 8,
    }  # fmt: skip
    return UNet2DConditionModel(**(usual | settings))


def _text_encoder(projection: bool = False) -> CLIPTextModel:
    config = CLIPTextConfig(
        hidden_size=32, intermediate_size=37, num_attention_heads=4, num_hidden_layers=2, vocab_size=1000,
        projection_dim=32, bos_token_id=0, eos_token_id=1, pad_token_id=1,
    )  # fmt: skip
    return CLIPTextModelWithProjection(config) if projection else CLIPTextModel(config)


def _tokenizer() -> CLIPTokenizer:
    """A tokenizer of single letters, which any text passes through."""
    letters = [chr(c) for c in range(33, 127)]
    words = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{c}</w>" for c in letters)]
    end = "<|endoftext|>"
    return CLIPTokenizer({w: i for i, w in enumerate(words)}, [], unk_token=end, pad_token=end, model_max_length=77)


def tiny_gguf(folder: Path, file: Path, part: str = "transformer", scale: float = 1.0, without: str = "?") -> Path:
    """The `part` of the pipeline in `folder`, times `scale`, as a GGUF file: Q8_0 where shapes allow, F16 and F32.

    Weights whose name begins with `without` are left out.
    """
    import gguf

    writer = gguf.GGUFWriter(str(file), "tiny")
    kind = gguf.GGMLQuantizationType.Q8_0
    for name, weight in load_file(folder / part / "diffusion_pytorch_model.safetensors").items():
        if name.startswith(without):
            continue
        values = (weight.float() * scale).numpy()
        if values.ndim == 2 and values.shape[1] % 32 == 0:
            writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, values.astype(np.float16) if values.ndim > 1 else values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def tiny_lora(folder: Path, file: Path, seed: int, part: str = "unet") -> Path:
    """A LoRA of rank 2 for the attention of the `part` of the pipeline in `folder`, as Diffusers writes it."""
    from diffusers.utils import convert_state_dict_to_diffusers
    from peft import LoraConfig, get_peft_model_state_dict

    pipe = DiffusionPipeline.from_pretrained(folder, use_safetensors=True)
    net, names = getattr(pipe, part), ["to_q", "to_v"] if part == "unet" else ["q_proj", "v_proj"]
    torch.manual_seed(seed)
    net.add_adapter(LoraConfig(r=2, lora_alpha=2, init_lora_weights=False, target_modules=names))
    weights = convert_state_dict_to_diffusers(get_peft_model_state_dict(net))
    type(pipe).save_lora_weights(file.parent, **{f"{part}_lora_layers": weights}, weight_name=file.name)
    return file
