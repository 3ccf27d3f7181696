"""One tiny pipeline of each text-to-image family of Diffusers, from the smallest settings of its parts."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import diffusers as d
import torch
import transformers as t

from tests.support import tiny_parts as p


class Family(NamedTuple):
    """`make` builds the parts of `pipeline`. `recipe` is what a round of so many `images` asks for; `call` what the
    bare call is given for it, beside prompt and seeds."""

    pipeline: str
    make: Callable[[], dict[str, Any]]
    recipe: dict[str, Any] = {"width": 64, "height": 64, "steps": 2}
    also: dict[str, Any] = {}
    images: int = 4

    @property
    def call(self) -> dict[str, Any]:
        names = {"steps": "num_inference_steps", "guidance": "guidance_scale"}
        return {names.get(name, name): value for name, value in self.recipe.items()} | self.also

    def save(self, folder: Path) -> Path:
        """Build it, with the weights of one seed, in `folder`."""
        torch.manual_seed(0)
        parts = self.make()
        for part in parts.values():
            if isinstance(part, torch.nn.Module):
                _fill(part)
        getattr(d, self.pipeline)(**parts).save_pretrained(folder)
        return folder


STEPS = {"steps": 2}
SMALL = {"width": 32, "height": 32, **STEPS}
LARGE: tuple[dict[str, Any], dict[str, Any], int] = ({"steps": 1}, {}, 2)
"""For those that make 1024 x 1024 pixels whatever they are asked for."""


def _fill(part: torch.nn.Module) -> None:
    """Weights that a class leaves as the memory was, or at zero, as those that only training moves, get values."""
    with torch.no_grad():
        for weight in part.parameters():
            largest = weight.abs().max() if weight.is_floating_point() and weight.numel() else 1.0
            if not 0.0 < largest < 100.0:
                weight.normal_(std=0.05)


SD = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}


def _sd(**parts: Any) -> dict[str, Any]:
    usual = {
        "vae": p.vae(), "unet": p.unet(), "text_encoder": p.clip(), "tokenizer": p.clip_tokenizer(),
        "scheduler": d.DDIMScheduler(steps_offset=1), **SD,
    }  # fmt: skip
    return usual | parts


def _sdxl() -> dict[str, Any]:
    return {
        "vae": p.vae(), "unet": p.unet_xl(), "text_encoder": p.clip(), "text_encoder_2": p.clip(projection=True),
        "tokenizer": p.clip_tokenizer(), "tokenizer_2": p.clip_tokenizer(), "scheduler": d.EulerDiscreteScheduler(),
    }  # fmt: skip


def _sd3(layers: int = 1) -> dict[str, Any]:
    transformer = d.SD3Transformer2DModel(
        sample_size=8, patch_size=2, in_channels=16, num_layers=layers, attention_head_dim=8, num_attention_heads=4,
        caption_projection_dim=32, joint_attention_dim=32, pooled_projection_dim=64, out_channels=16,
    )  # fmt: skip
    return {
        "transformer": transformer, "scheduler": p.flow(), "vae": p.vae(16, shifted=True),
        "text_encoder": p.clip(projection=True), "tokenizer": p.clip_tokenizer(),
        "text_encoder_2": p.clip(projection=True), "tokenizer_2": p.clip_tokenizer(),
        "text_encoder_3": p.t5(), "tokenizer_3": p.t5_tokenizer(),
    }  # fmt: skip


def _flux(levels: int = 4) -> dict[str, Any]:
    transformer = d.FluxTransformer2DModel(
        patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=32, pooled_projection_dim=32, axes_dims_rope=(4, 4, 8), guidance_embeds=True,
    )  # fmt: skip
    return {
        "scheduler": p.flow(), "vae": p.vae(4, levels, shifted=True), "text_encoder": p.clip(),
        "tokenizer": p.clip_tokenizer(), "text_encoder_2": p.t5(), "tokenizer_2": p.t5_tokenizer(),
        "transformer": transformer,
    }  # fmt: skip


def _flux2(klein: bool = True) -> dict[str, Any]:
    transformer = d.Flux2Transformer2DModel(
        patch_size=1, in_channels=4, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=48, timestep_guidance_channels=16, axes_dims_rope=[4, 4, 4, 4], guidance_embeds=not klein,
    )  # fmt: skip
    return {
        "transformer": transformer, "scheduler": p.flow(), "vae": p.vae_flux2(),
        "text_encoder": p.qwen3(t.Qwen3ForCausalLM, num_hidden_layers=28), "tokenizer": p.qwen_tokenizer(),
    }  # fmt: skip


def _pixart(layers: int = 1) -> dict[str, Any]:
    transformer = d.PixArtTransformer2DModel(
        sample_size=32, num_layers=layers, patch_size=2, attention_head_dim=8, num_attention_heads=3,
        caption_channels=32, in_channels=4, cross_attention_dim=24, out_channels=8, attention_bias=True,
        activation_fn="gelu-approximate", num_embeds_ada_norm=1000, norm_type="ada_norm_single",
        norm_elementwise_affine=False, norm_eps=1e-6, use_additional_conditions=False,
    )  # fmt: skip
    return {
        "tokenizer": p.t5_tokenizer(), "text_encoder": p.t5(), "vae": p.vae(), "transformer": transformer,
        "scheduler": d.DPMSolverMultistepScheduler(),
    }  # fmt: skip


def _sana(sprint: bool = False) -> dict[str, Any]:
    transformer = d.SanaTransformer2DModel(
        patch_size=1, in_channels=4, out_channels=4, num_layers=1, num_attention_heads=2, attention_head_dim=4,
        num_cross_attention_heads=2, cross_attention_head_dim=4, cross_attention_dim=8, caption_channels=8,
        sample_size=32 if sprint else 16,
        **({"guidance_embeds": True, "qk_norm": "rms_norm_across_heads"} if sprint else {}),
    )  # fmt: skip
    return {
        "tokenizer": p.gemma_tokenizer(), "text_encoder": p.gemma2(), "vae": p.dc(), "transformer": transformer,
        "scheduler": d.SCMScheduler() if sprint else p.flow(shift=7.0),
    }  # fmt: skip


def _flux2_dev() -> dict[str, Any]:
    """With a plain tokenizer in place of the processor, which works with torchvision alone."""
    vision = {"model_type": "pixtral", "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
              "intermediate_size": 16, "image_size": 32, "patch_size": 8}  # fmt: skip
    text = {"model_type": "mistral", **p.LLM, "num_hidden_layers": 31}
    encoder = t.Mistral3ForConditionalGeneration(t.Mistral3Config(text_config=text, vision_config=vision))
    return {**_flux2(klein=False), "text_encoder": encoder, "tokenizer": p.qwen_tokenizer()}


def _chroma() -> dict[str, Any]:
    transformer = d.ChromaTransformer2DModel(
        patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=32, axes_dims_rope=(4, 4, 8), approximator_num_channels=8, approximator_hidden_dim=32,
        approximator_layers=1,
    )  # fmt: skip
    return {
        "scheduler": p.flow(), "vae": p.vae(4, shifted=True), "text_encoder": p.t5(), "tokenizer": p.t5_tokenizer(),
        "transformer": transformer,
    }  # fmt: skip


def _aura_flow() -> dict[str, Any]:
    transformer = d.AuraFlowTransformer2DModel(
        sample_size=8, patch_size=2, in_channels=4, num_mmdit_layers=1, num_single_dit_layers=1, attention_head_dim=8,
        num_attention_heads=4, caption_projection_dim=32, joint_attention_dim=32, out_channels=4,
        pos_embed_max_size=256,
    )  # fmt: skip
    return {
        "scheduler": p.flow(), "vae": p.vae(), "text_encoder": p.umt5(), "tokenizer": p.t5_tokenizer(),
        "transformer": transformer,
    }  # fmt: skip


def _bria() -> dict[str, Any]:
    transformer = d.BriaTransformer2DModel(
        patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=8, num_attention_heads=2,
        joint_attention_dim=32, axes_dims_rope=[0, 4, 4],
    )  # fmt: skip
    return {
        "scheduler": p.flow(), "vae": p.vae(4, shifted=True), "text_encoder": p.t5(), "tokenizer": p.t5_tokenizer(),
        "transformer": transformer,
    }  # fmt: skip


def _bria_fibo() -> dict[str, Any]:
    from diffusers.models.transformers.transformer_bria_fibo import BriaFiboTransformer2DModel

    transformer = BriaFiboTransformer2DModel(
        patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=8, num_attention_heads=2,
        joint_attention_dim=32, text_encoder_dim=16, pooled_projection_dim=None, axes_dims_rope=[0, 4, 4],
    )  # fmt: skip
    vae = d.AutoencoderKLWan(
        base_dim=16, decoder_base_dim=16, num_res_blocks=1, out_channels=12, patch_size=2, scale_factor_spatial=16,
        scale_factor_temporal=4, temperal_downsample=[False, True, True], z_dim=16,
    )  # fmt: skip
    text = t.SmolLM3ForCausalLM(t.SmolLM3Config(**{**p.LLM, "vocab_size": 128256}))
    return {
        "scheduler": p.flow(), "vae": vae, "text_encoder": text, "tokenizer": p.qwen_tokenizer(),
        "transformer": transformer,
    }  # fmt: skip


def _cogview3() -> dict[str, Any]:
    transformer = d.CogView3PlusTransformer2DModel(
        patch_size=2, in_channels=4, num_layers=1, attention_head_dim=4, num_attention_heads=2, out_channels=4,
        text_embed_dim=32, time_embed_dim=8, condition_dim=2, pos_embed_max_size=16, sample_size=8,
    )  # fmt: skip
    return {
        "tokenizer": p.t5_tokenizer(), "text_encoder": p.t5(), "vae": p.vae(), "transformer": transformer,
        "scheduler": d.CogVideoXDDIMScheduler(),
    }  # fmt: skip


def _cogview4() -> dict[str, Any]:
    transformer = d.CogView4Transformer2DModel(
        patch_size=2, in_channels=4, num_layers=1, attention_head_dim=4, num_attention_heads=2, out_channels=4,
        text_embed_dim=16, time_embed_dim=8, condition_dim=4, rope_axes_dim=(16, 16),
    )  # fmt: skip
    text = t.GlmModel(t.GlmConfig(**p.LLM, head_dim=8, pad_token_id=0))
    return {
        "tokenizer": p.gemma_tokenizer(), "text_encoder": text, "vae": p.vae(), "transformer": transformer,
        "scheduler": p.flow(),
    }  # fmt: skip


def _ernie() -> dict[str, Any]:
    transformer = d.ErnieImageTransformer2DModel(
        hidden_size=32, num_attention_heads=2, num_layers=1, ffn_hidden_size=32, in_channels=4, out_channels=4,
        patch_size=1, text_in_dim=16, rope_axes_dim=(8, 4, 4),
    )  # fmt: skip
    vision = {"model_type": "pixtral", "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
              "intermediate_size": 16, "image_size": 32, "patch_size": 8}  # fmt: skip
    text = t.Mistral3Model(t.Mistral3Config(text_config={"model_type": "mistral", **p.LLM}, vision_config=vision))
    return {
        "transformer": transformer, "vae": p.vae_flux2(), "text_encoder": text, "tokenizer": p.qwen_tokenizer(),
        "scheduler": p.flow(),
    }  # fmt: skip


def _hidream() -> dict[str, Any]:
    transformer = d.HiDreamImageTransformer2DModel(
        patch_size=8, in_channels=4, out_channels=4, num_layers=1, num_single_layers=1, attention_head_dim=8,
        num_attention_heads=4, caption_channels=[32, 16], text_emb_dim=64, num_routed_experts=4,
        num_activated_experts=2, axes_dims_rope=(4, 2, 2), max_resolution=(32, 32), llama_layers=(0, 1),
        force_inference_output=True,
    )  # fmt: skip
    tokenizer = p.qwen_tokenizer()
    return {
        "scheduler": p.flow(), "vae": p.vae(4, levels=1, shifted=True),
        "text_encoder": p.clip(projection=True, max_position_embeddings=128),
        "tokenizer": p.clip_tokenizer(), "text_encoder_2": p.clip(projection=True, max_position_embeddings=128),
        "tokenizer_2": p.clip_tokenizer(), "text_encoder_3": p.t5(), "tokenizer_3": p.t5_tokenizer(),
        "text_encoder_4": t.LlamaForCausalLM(t.LlamaConfig(**p.LLM)), "tokenizer_4": tokenizer,
        "transformer": transformer,
    }  # fmt: skip


def _hunyuan_dit() -> dict[str, Any]:
    transformer = d.HunyuanDiT2DModel(
        sample_size=8, num_layers=2, patch_size=2, attention_head_dim=8, num_attention_heads=3, in_channels=4,
        cross_attention_dim=32, cross_attention_dim_t5=32, pooled_projection_dim=16, hidden_size=24,
        activation_fn="gelu-approximate",
    )  # fmt: skip
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *p.LETTERS, *(f"##{c}" for c in p.LETTERS)]
    bert = t.BertModel(t.BertConfig(vocab_size=300, hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
                                    intermediate_size=32))  # fmt: skip
    return {
        "vae": p.vae(), "text_encoder": bert, "tokenizer": t.BertTokenizer({w: i for i, w in enumerate(words)}),
        "transformer": transformer, "scheduler": d.DDPMScheduler(), "text_encoder_2": p.t5(),
        "tokenizer_2": p.t5_tokenizer(), **SD,
    }  # fmt: skip


def _hunyuan_image(distilled: bool = False) -> dict[str, Any]:
    from diffusers.guiders import AdaptiveProjectedMixGuidance

    transformer = d.HunyuanImageTransformer2DModel(
        in_channels=4, out_channels=4, num_attention_heads=2, attention_head_dim=8, num_layers=1, num_single_layers=1,
        num_refiner_layers=1, patch_size=(1, 1), guidance_embeds=distilled, text_embed_dim=16, text_embed_2_dim=32,
        rope_axes_dim=(4, 4),
    )  # fmt: skip
    vae = d.AutoencoderKLHunyuanImage(
        in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(32, 32), layers_per_block=1,
        spatial_compression_ratio=2, sample_size=8, scaling_factor=0.476986, downsample_match_channel=False,
        upsample_match_channel=False,
    )  # fmt: skip
    guiders = {} if distilled else {
        "guider": AdaptiveProjectedMixGuidance(adaptive_projected_guidance_start_step=1),
        "ocr_guider": AdaptiveProjectedMixGuidance(adaptive_projected_guidance_start_step=1),
    }  # fmt: skip
    return {
        "scheduler": p.flow(), "vae": vae, "text_encoder": p.qwen_vl(), "tokenizer": p.qwen_tokenizer(),
        "text_encoder_2": p.t5(vocab_size=400), "tokenizer_2": t.ByT5Tokenizer(), "transformer": transformer, **guiders,
    }  # fmt: skip


def _deepfloyd() -> dict[str, Any]:
    unet = d.UNet2DConditionModel(
        sample_size=32, layers_per_block=1, block_out_channels=(16, 32), in_channels=3, out_channels=6,
        down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        cross_attention_dim=32, encoder_hid_dim=32, attention_head_dim=8, addition_embed_type="text",
        addition_embed_type_num_heads=2, cross_attention_norm="group_norm", resnet_time_scale_shift="scale_shift",
        act_fn="gelu", norm_num_groups=8,
    )  # fmt: skip
    scheduler = d.DDPMScheduler(
        beta_schedule="squaredcos_cap_v2", thresholding=True, dynamic_thresholding_ratio=0.95, sample_max_value=1.0,
        prediction_type="epsilon", variance_type="learned_range",
    )  # fmt: skip
    return {
        "tokenizer": p.t5_tokenizer(77), "text_encoder": p.t5(), "unet": unet, "scheduler": scheduler,
        "safety_checker": None, "feature_extractor": None, "watermarker": None, "requires_safety_checker": False,
    }  # fmt: skip


def _ideogram() -> dict[str, Any]:
    from diffusers.pipelines.ideogram4.pipeline_ideogram4 import QWEN3_VL_ACTIVATION_LAYERS as LAYERS

    def transformer() -> Any:
        return d.Ideogram4Transformer2DModel(
            in_channels=16, num_layers=1, attention_head_dim=8, num_attention_heads=4, intermediate_size=32,
            adaln_dim=16, llm_features_dim=len(LAYERS) * 16, rope_theta=10_000, mrope_section=(2, 1, 1), norm_eps=1e-5,
        )  # fmt: skip

    return {
        "scheduler": p.flow(), "vae": p.vae_flux2(4), "text_encoder": p.qwen3_vl(t.Qwen3VLModel, max(LAYERS) + 1),
        "tokenizer": p.qwen_tokenizer(), "transformer": transformer(), "unconditional_transformer": transformer(),
    }  # fmt: skip


def _kandinsky3() -> dict[str, Any]:
    unet = d.Kandinsky3UNet(
        in_channels=4, time_embedding_dim=4, groups=2, attention_head_dim=4, layers_per_block=3,
        block_out_channels=(32, 64), cross_attention_dim=4, encoder_hid_dim=32,
    )  # fmt: skip
    movq = p.vq(block_out_channels=(32, 64), norm_num_groups=8, norm_type="spatial",
                down_block_types=("DownEncoderBlock2D", "AttnDownEncoderBlock2D"),
                up_block_types=("AttnUpDecoderBlock2D", "UpDecoderBlock2D"))  # fmt: skip
    return {
        "tokenizer": p.t5_tokenizer(), "text_encoder": p.t5(), "unet": unet, "movq": movq,
        "scheduler": d.DDPMScheduler(beta_schedule="squaredcos_cap_v2", clip_sample=False, steps_offset=0),
    }  # fmt: skip


def _image_processor() -> Any:
    return t.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})


def _kandinsky_prior() -> dict[str, Any]:
    scheduler = d.UnCLIPScheduler(
        variance_type="fixed_small_log", prediction_type="sample", num_train_timesteps=1000, clip_sample=True,
        clip_sample_range=5.0,
    )  # fmt: skip
    return {
        "prior_prior": p.prior(), "prior_image_encoder": p.clip_vision(), "prior_text_encoder": p.clip(projection=True),
        "prior_tokenizer": p.clip_tokenizer(), "prior_scheduler": scheduler,
        "prior_image_processor": _image_processor(),
    }  # fmt: skip


def _kandinsky22() -> dict[str, Any]:
    unet = p.unet(
        out_channels=8, addition_embed_type="image", encoder_hid_dim=32, encoder_hid_dim_type="image_proj",
        resnet_time_scale_shift="scale_shift", class_embed_type=None, attention_head_dim=4,
        down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
    )  # fmt: skip
    movq = p.vq(norm_type="spatial", layers_per_block=1, block_out_channels=(32, 64), norm_num_groups=8,
                down_block_types=("DownEncoderBlock2D", "AttnDownEncoderBlock2D"),
                up_block_types=("AttnUpDecoderBlock2D", "UpDecoderBlock2D"))  # fmt: skip
    return {
        "unet": unet, "movq": movq, "scheduler": d.DDPMScheduler(variance_type="learned_range", clip_sample=False),
        **_kandinsky_prior(),
    }  # fmt: skip


def _kandinsky5() -> dict[str, Any]:
    """With a plain tokenizer in place of the processor, which works with torchvision alone."""
    transformer = d.Kandinsky5Transformer3DModel(
        in_visual_dim=4, in_text_dim=16, in_text_dim2=32, time_dim=16, out_visual_dim=4, patch_size=(1, 2, 2),
        model_dim=16, ff_dim=32, num_text_blocks=1, num_visual_blocks=1, axes_dims=(2, 2, 4),
    )  # fmt: skip
    return {
        "transformer": transformer, "vae": p.vae(), "text_encoder": p.qwen_vl(), "tokenizer": p.qwen_tokenizer(),
        "text_encoder_2": p.clip(), "tokenizer_2": p.clip_tokenizer(), "scheduler": p.flow(),
    }  # fmt: skip


def _kolors() -> dict[str, Any]:
    import io

    import sentencepiece
    from diffusers.pipelines.kolors import ChatGLMModel, ChatGLMTokenizer
    from diffusers.pipelines.kolors.text_encoder import ChatGLMConfig

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(p.LETTERS)]), model_writer=model, vocab_size=100, character_coverage=1.0,
        model_type="char", hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    file = Path(tempfile.mkdtemp()) / "tokenizer.model"
    file.write_bytes(model.getvalue())
    config = ChatGLMConfig(
        num_layers=2, padded_vocab_size=300, hidden_size=32, ffn_hidden_size=32, kv_channels=8, num_attention_heads=4,
        seq_length=256, multi_query_attention=True, multi_query_group_num=2, add_qkv_bias=True, rmsnorm=True,
        add_bias_linear=False, original_rope=True,
    )  # fmt: skip
    return {
        "vae": p.vae(), "unet": p.unet_xl(context=32, pooled=80), "text_encoder": ChatGLMModel(config),
        "tokenizer": ChatGLMTokenizer(str(file)), "scheduler": d.EulerDiscreteScheduler(),
    }  # fmt: skip


def _krea2() -> dict[str, Any]:
    transformer = d.Krea2Transformer2DModel(
        in_channels=16, num_layers=1, attention_head_dim=8, num_attention_heads=4, num_key_value_heads=2,
        intermediate_size=32, timestep_embed_dim=8, text_hidden_dim=16, num_text_layers=3, text_num_attention_heads=2,
        text_num_key_value_heads=1, text_intermediate_size=16, num_layerwise_text_blocks=1, num_refiner_text_blocks=1,
        axes_dims_rope=(4, 2, 2), rope_theta=1000.0,
    )  # fmt: skip
    return {
        "transformer": transformer, "vae": p.vae_qwen(), "tokenizer": p.qwen_tokenizer(),
        "text_encoder": p.qwen3_vl(t.Qwen3VLModel), "text_encoder_select_layers": (0, 1, 2),
        "scheduler": p.flow(use_dynamic_shifting=True),
    }  # fmt: skip


def _lumina() -> dict[str, Any]:
    transformer = d.LuminaNextDiT2DModel(
        sample_size=4, patch_size=2, in_channels=4, hidden_size=24, num_layers=1, num_attention_heads=3,
        num_kv_heads=1, multiple_of=16, ffn_dim_multiplier=None, norm_eps=1e-5, learn_sigma=True, qk_norm=True,
        cross_attention_dim=16, scaling_factor=1.0,
    )  # fmt: skip
    text = t.GemmaModel(t.GemmaConfig(**p.LLM, head_dim=4))
    return {
        "transformer": transformer, "vae": p.vae(), "scheduler": p.flow(), "text_encoder": text,
        "tokenizer": p.gemma_tokenizer(),
    }  # fmt: skip


def _lumina2() -> dict[str, Any]:
    transformer = d.Lumina2Transformer2DModel(
        sample_size=4, patch_size=2, in_channels=4, hidden_size=8, num_layers=1, num_attention_heads=1, num_kv_heads=1,
        multiple_of=16, scaling_factor=1.0, axes_dim_rope=[4, 2, 2], cap_feat_dim=8,
    )  # fmt: skip
    return {
        "transformer": transformer, "vae": p.vae(4, shifted=True), "scheduler": p.flow(), "text_encoder": p.gemma2(),
        "tokenizer": p.gemma_tokenizer(),
    }  # fmt: skip


def _ovis() -> dict[str, Any]:
    transformer = d.OvisImageTransformer2DModel(
        patch_size=1, in_channels=16, out_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16,
        num_attention_heads=2, joint_attention_dim=16, axes_dims_rope=(4, 4, 8),
    )  # fmt: skip
    return {
        "scheduler": p.flow(), "vae": p.vae(4, shifted=True), "text_encoder": p.qwen3(t.Qwen3Model),
        "tokenizer": p.qwen_tokenizer(), "transformer": transformer,
    }  # fmt: skip


def _qwen_image() -> dict[str, Any]:
    transformer = d.QwenImageTransformer2DModel(
        patch_size=2, in_channels=16, out_channels=4, num_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=16, guidance_embeds=False, axes_dims_rope=(8, 4, 4),
    )  # fmt: skip
    return {
        "transformer": transformer, "vae": p.vae_qwen(), "scheduler": p.flow(), "text_encoder": p.qwen_vl(),
        "tokenizer": p.qwen_tokenizer(),
    }  # fmt: skip


def _z_image(omni: bool = False) -> dict[str, Any]:
    transformer = d.ZImageTransformer2DModel(
        all_patch_size=(2,), all_f_patch_size=(1,), in_channels=16, dim=32, n_layers=1, n_refiner_layers=1, n_heads=2,
        n_kv_heads=2, cap_feat_dim=16, axes_dims=[8, 4, 4], axes_lens=[1024, 64, 64],
        **({"siglip_feat_dim": 16} if omni else {}),
    )  # fmt: skip
    parts = {
        "transformer": transformer, "vae": p.vae(16, shifted=True), "scheduler": p.flow(),
        "text_encoder": p.qwen3(t.Qwen3Model), "tokenizer": p.qwen_tokenizer(),
    }  # fmt: skip
    if not omni:
        return parts
    config = t.Siglip2VisionConfig(hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
                                   patch_size=8, num_patches=16)  # fmt: skip
    return {**parts, "siglip": t.Siglip2VisionModel(config), "siglip_processor": t.Siglip2ImageProcessor(patch_size=8)}


def _stable_unclip() -> dict[str, Any]:
    from diffusers.pipelines.stable_diffusion.stable_unclip_image_normalizer import StableUnCLIPImageNormalizer

    unet = p.unet(class_embed_type="projection", projection_class_embeddings_input_dim=64, attention_head_dim=(2, 4),
                  use_linear_projection=True)  # fmt: skip
    return {
        "prior_tokenizer": p.clip_tokenizer(), "prior_text_encoder": p.clip(projection=True), "prior": p.prior(),
        "prior_scheduler": d.DDPMScheduler(variance_type="fixed_small_log", prediction_type="sample",
                                           clip_sample=True, clip_sample_range=5.0,
                                           beta_schedule="squaredcos_cap_v2"),
        "image_normalizer": StableUnCLIPImageNormalizer(embedding_dim=32),
        "image_noising_scheduler": d.DDPMScheduler(beta_schedule="squaredcos_cap_v2"),
        "tokenizer": p.clip_tokenizer(), "text_encoder": p.clip(), "unet": unet,
        "scheduler": d.DDIMScheduler(prediction_type="v_prediction", set_alpha_to_one=False), "vae": p.vae(),
    }  # fmt: skip


def _latent_diffusion() -> dict[str, Any]:
    from diffusers.pipelines.latent_diffusion.pipeline_latent_diffusion import LDMBertConfig, LDMBertModel

    bert = LDMBertModel(LDMBertConfig(vocab_size=300, encoder_layers=1, encoder_ffn_dim=32, encoder_attention_heads=2,
                                      head_dim=8, d_model=32, max_position_embeddings=77))  # fmt: skip
    return {
        "vqvae": p.vae(), "bert": bert, "tokenizer": p.clip_tokenizer(), "unet": p.unet(),
        "scheduler": d.DDIMScheduler(clip_sample=False, set_alpha_to_one=False),
    }  # fmt: skip


FAMILIES: dict[str, Family] = {
    "stable-diffusion": Family("StableDiffusionPipeline", _sd),
    "stable-diffusion-pag": Family("StableDiffusionPAGPipeline", _sd),
    "stable-diffusion-sag": Family("StableDiffusionSAGPipeline", _sd),
    "stable-diffusion-panorama": Family("StableDiffusionPanoramaPipeline", _sd),
    "stable-diffusion-safe": Family("StableDiffusionPipelineSafe", _sd),
    "stable-diffusion-model-editing": Family("StableDiffusionModelEditingPipeline", _sd),
    "stable-diffusion-paradigms": Family(
        "StableDiffusionParadigmsPipeline", lambda: _sd(scheduler=d.DDIMParallelScheduler(steps_offset=1))
    ),
    "semantic-stable-diffusion": Family("SemanticStableDiffusionPipeline", _sd),
    "lcm": Family("LatentConsistencyModelPipeline",
                  lambda: _sd(unet=p.unet(time_cond_proj_dim=32), scheduler=d.LCMScheduler())),
    "stable-diffusion-xl": Family("StableDiffusionXLPipeline", _sdxl),
    "stable-diffusion-xl-pag": Family("StableDiffusionXLPAGPipeline", _sdxl),
    "stable-diffusion-3": Family("StableDiffusion3Pipeline", _sd3),
    "stable-diffusion-3-pag": Family("StableDiffusion3PAGPipeline", lambda: _sd3(layers=2)),
    "stable-unclip": Family("StableUnCLIPPipeline", _stable_unclip, STEPS),
    "flux": Family("FluxPipeline", _flux),
    "flux-kontext": Family("FluxKontextPipeline", lambda: _flux(levels=6), *LARGE),
    "flux2": Family("Flux2Pipeline", _flux2_dev, SMALL),
    "flux2-klein": Family("Flux2KleinPipeline", _flux2, SMALL),
    "flux2-klein-kv": Family("Flux2KleinKVPipeline", _flux2, SMALL),
    "chroma": Family("ChromaPipeline", _chroma),
    "pixart-alpha": Family("PixArtAlphaPipeline", _pixart, STEPS),
    "pixart-sigma": Family("PixArtSigmaPipeline", _pixart, STEPS),
    "pixart-sigma-pag": Family("PixArtSigmaPAGPipeline", lambda: _pixart(layers=2), STEPS),
    "sana": Family("SanaPipeline", _sana, *LARGE),
    "sana-pag": Family("SanaPAGPipeline", _sana, *LARGE),
    "sana-sprint": Family("SanaSprintPipeline", lambda: _sana(sprint=True), {"steps": 2}, {}, 2),
    "auraflow": Family("AuraFlowPipeline", _aura_flow),
    "bria": Family("BriaPipeline", _bria),
    "bria-fibo": Family("BriaFiboPipeline", _bria_fibo),
    "cogview3": Family("CogView3PlusPipeline", _cogview3),
    "cogview4": Family("CogView4Pipeline", _cogview4),
    "ernie-image": Family("ErnieImagePipeline", _ernie, SMALL),
    "hidream": Family("HiDreamImagePipeline", _hidream),
    "hunyuan-dit": Family("HunyuanDiTPipeline", _hunyuan_dit, *LARGE),
    "hunyuan-dit-pag": Family("HunyuanDiTPAGPipeline", _hunyuan_dit, *LARGE),
    "hunyuan-image": Family("HunyuanImagePipeline", _hunyuan_image, SMALL),
    "hunyuan-image-distilled": Family("HunyuanImagePipeline", lambda: _hunyuan_image(distilled=True), SMALL),
    "deepfloyd-if": Family("IFPipeline", _deepfloyd, STEPS),
    "ideogram4": Family("Ideogram4Pipeline", _ideogram, {**SMALL, "guidance": 7.0}, {"guidance_schedule": None}),
    "kandinsky22": Family("KandinskyV22CombinedPipeline", _kandinsky22, {**STEPS, "width": 64, "height": 64}),
    "kandinsky3": Family("Kandinsky3Pipeline", _kandinsky3),
    "kandinsky5": Family("Kandinsky5T2IPipeline", _kandinsky5, *LARGE),
    "kolors": Family("KolorsPipeline", _kolors),
    "kolors-pag": Family("KolorsPAGPipeline", _kolors),
    "krea2": Family("Krea2Pipeline", _krea2, SMALL),
    "latent-diffusion": Family("LDMTextToImagePipeline", _latent_diffusion),
    "lumina": Family("LuminaPipeline", _lumina, SMALL),
    "lumina2": Family("Lumina2Pipeline", _lumina2, SMALL),
    "ovis-image": Family("OvisImagePipeline", _ovis),
    "qwen-image": Family("QwenImagePipeline", _qwen_image, SMALL),
    "z-image": Family("ZImagePipeline", _z_image),
    "z-image-omni": Family("ZImageOmniPipeline", lambda: _z_image(omni=True)),
}  # fmt: skip
