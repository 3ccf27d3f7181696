"""The parts that tiny pipelines are made of: networks with random weights, at sizes that run anywhere."""

from __future__ import annotations

from typing import Any

import diffusers as d
import transformers as t
from tokenizers.processors import TemplateProcessing

LETTERS = [chr(c) for c in range(33, 127)]
CHAT = (
    "{% for m in messages %}<|im_start|>{% if m.content is string %}{{ m.content }}{% else %}"
    "{% for part in m.content %}{{ part.text }}{% endfor %}{% endif %}<|im_end|>{% endfor %}"
)
"""A chat template: the words, between two marks."""

HEADS = {"num_attention_heads": 2, "num_key_value_heads": 2}
LLM = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "vocab_size": 600, **HEADS}
MROPE = {"rope_type": "default", "type": "default", "mrope_section": [1, 1, 2]}
VISION = {"depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16}
MARKS = {
    "vision_end_token_id": 3, "vision_start_token_id": 4, "vision_token_id": 5,
    "image_token_id": 6, "video_token_id": 7,
}  # fmt: skip


def flow(**settings: Any) -> d.FlowMatchEulerDiscreteScheduler:
    return d.FlowMatchEulerDiscreteScheduler(**settings)


def vae(channels: int = 4, levels: int = 4, shifted: bool = False, **settings: Any) -> d.AutoencoderKL:
    """Latents are smaller by ``2 ** (levels - 1)``."""
    usual = {"scaling_factor": 1.5, "shift_factor": 0.06, "use_quant_conv": False, "use_post_quant_conv": False}
    return d.AutoencoderKL(
        block_out_channels=(8,) * levels, down_block_types=("DownEncoderBlock2D",) * levels, norm_num_groups=4,
        up_block_types=("UpDecoderBlock2D",) * levels, latent_channels=channels,
        **(usual if shifted else {}), **settings,
    )  # fmt: skip


def vae_flux2(channels: int = 1) -> d.AutoencoderKLFlux2:
    return d.AutoencoderKLFlux2(
        down_block_types=("DownEncoderBlock2D",), up_block_types=("UpDecoderBlock2D",), block_out_channels=(4,),
        layers_per_block=1, latent_channels=channels, norm_num_groups=1, sample_size=32, use_quant_conv=False,
        use_post_quant_conv=False,
    )  # fmt: skip


def vae_qwen() -> d.AutoencoderKLQwenImage:
    return d.AutoencoderKLQwenImage(
        base_dim=12, z_dim=4, dim_mult=[1, 2, 4], num_res_blocks=1, temperal_downsample=[False, True],
        latents_mean=[0.0] * 4, latents_std=[1.0] * 4,
    )  # fmt: skip


def vq(**settings: Any) -> d.VQModel:
    usual = {
        "block_out_channels": (8, 8), "down_block_types": ("DownEncoderBlock2D",) * 2, "latent_channels": 4,
        "up_block_types": ("UpDecoderBlock2D",) * 2, "norm_num_groups": 4, "num_vq_embeddings": 12, "vq_embed_dim": 4,
    }  # fmt: skip
    return d.VQModel(**(usual | settings))


def dc(channels: int = 4, levels: int = 6) -> d.AutoencoderDC:
    return d.AutoencoderDC(
        in_channels=3, latent_channels=channels, attention_head_dim=2, encoder_block_types=("ResBlock",) * levels,
        decoder_block_types=("ResBlock",) * levels, encoder_block_out_channels=(8,) * levels,
        decoder_block_out_channels=(8,) * levels, encoder_qkv_multiscales=((),) * levels,
        decoder_qkv_multiscales=((),) * levels, encoder_layers_per_block=(1,) * levels,
        decoder_layers_per_block=(1,) * levels, downsample_block_type="conv", upsample_block_type="interpolate",
        decoder_norm_types="rms_norm", decoder_act_fns="silu", scaling_factor=0.41,
    )  # fmt: skip


def unet(**settings: Any) -> d.UNet2DConditionModel:
    usual = {
        "block_out_channels": (16, 32), "layers_per_block": 1, "sample_size": 8, "in_channels": 4, "out_channels": 4,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"), "cross_attention_dim": 32,
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"), "norm_num_groups": 8,
    }  # fmt: skip
    return d.UNet2DConditionModel(**(usual | settings))


def unet_xl(context: int = 64, pooled: int = 80) -> d.UNet2DConditionModel:
    return unet(
        attention_head_dim=(2, 4), use_linear_projection=True, addition_embed_type="text_time",
        addition_time_embed_dim=8, transformer_layers_per_block=(1, 2), projection_class_embeddings_input_dim=pooled,
        cross_attention_dim=context,
    )  # fmt: skip


def prior(width: int = 32) -> d.PriorTransformer:
    return d.PriorTransformer(num_attention_heads=2, attention_head_dim=12, embedding_dim=width, num_layers=1)


def clip(projection: bool = False, width: int = 32, pad: int = 1, **settings: Any) -> Any:
    config = t.CLIPTextConfig(
        hidden_size=width, intermediate_size=37, num_attention_heads=4, num_hidden_layers=2, vocab_size=1000,
        projection_dim=width, bos_token_id=0, eos_token_id=1, pad_token_id=pad, **settings,
    )  # fmt: skip
    return t.CLIPTextModelWithProjection(config) if projection else t.CLIPTextModel(config)


def clip_vision(width: int = 32) -> t.CLIPVisionModelWithProjection:
    return t.CLIPVisionModelWithProjection(
        t.CLIPVisionConfig(
            hidden_size=width, image_size=32, patch_size=8, projection_dim=width, intermediate_size=37,
            num_attention_heads=4, num_hidden_layers=1,
        )
    )  # fmt: skip


def clip_tokenizer() -> t.CLIPTokenizer:
    """A tokenizer of single letters, which any text passes through."""
    words = ["<|startoftext|>", "<|endoftext|>", *LETTERS, *(f"{c}</w>" for c in LETTERS)]
    end = words[1]
    return t.CLIPTokenizer({w: i for i, w in enumerate(words)}, [], unk_token=end, pad_token=end, model_max_length=77)


T5 = {"d_model": 32, "d_kv": 8, "d_ff": 37, "num_layers": 1, "num_heads": 4}


def t5(vocab_size: int = 200) -> t.T5EncoderModel:
    return t.T5EncoderModel(t.T5Config(vocab_size=vocab_size, **T5))


def umt5() -> t.UMT5EncoderModel:
    return t.UMT5EncoderModel(t.UMT5Config(vocab_size=200, **T5))


def t5_tokenizer(limit: int = 512) -> t.T5TokenizerFast:
    words = ["<pad>", "</s>", "<unk>", "▁", *LETTERS]
    return t.T5TokenizerFast(vocab=[(word, 0.0) for word in words], extra_ids=0, model_max_length=limit)


def gemma2() -> t.Gemma2Model:
    return t.Gemma2Model(t.Gemma2Config(**(LLM | {"head_dim": 4, "hidden_size": 8, "num_hidden_layers": 2})))


def gemma_tokenizer() -> t.GemmaTokenizerFast:
    words = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁", *LETTERS]
    tokenizer = t.GemmaTokenizerFast(vocab={w: i for i, w in enumerate(words)}, merges=[], model_max_length=300)
    begin = TemplateProcessing(single="<bos> $A", pair="<bos> $A <bos> $B", special_tokens=[("<bos>", 2)])
    tokenizer.backend_tokenizer.post_processor = begin
    return tokenizer


def qwen_tokenizer() -> t.Qwen2Tokenizer:
    """Single bytes, and a chat template."""
    marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *(f"<|{i}|>" for i in range(3, 8))]
    odd = [chr(256 + i) for i in range(162)]  # how bytes that are no letters are written
    rest = [c for c in map(chr, range(161, 256)) if c != "\xad"]
    vocabulary = {word: i for i, word in enumerate([*marks, *LETTERS, *rest, *odd])}
    tokenizer = t.Qwen2Tokenizer(vocab=vocabulary, merges=[], pad_token=marks[0], model_max_length=1024)
    tokenizer.chat_template = CHAT
    return tokenizer


def qwen_vl() -> t.Qwen2_5_VLForConditionalGeneration:
    return t.Qwen2_5_VLForConditionalGeneration(
        t.Qwen2_5_VLConfig(text_config={**LLM, "rope_scaling": MROPE}, vision_config=VISION, vocab_size=600, **MARKS)
    )


def qwen3_vl(cls: Any = None, layers: int = 2) -> Any:
    text = {**LLM, "head_dim": 8, "num_hidden_layers": layers, "max_position_embeddings": 2048}
    vision = {**VISION, "deepstack_visual_indexes": [0]}
    config = t.Qwen3VLConfig(text_config=text, vision_config=vision, vocab_size=600, **MARKS)
    return (cls or t.Qwen3VLForConditionalGeneration)(config)


def qwen3(cls: Any, **settings: Any) -> Any:
    return cls(t.Qwen3Config(**{**LLM, "head_dim": 8, "max_position_embeddings": 2048, **settings}))
