"""Graphs of ComfyUI, in the form that its API takes and that is in its images, as people really build them."""

from __future__ import annotations

from typing import Any

Graph = dict[str, Any]


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    """A node; an input of two words is a link."""
    return {
        "class_type": kind,
        "inputs": {n.rstrip("_"): list(v) if isinstance(v, tuple) else v for n, v in inputs.items()},
    }


def checkpoint(name: str = "v1-5.safetensors") -> dict[str, Any]:
    return node("CheckpointLoaderSimple", ckpt_name=name)


def encode(text: Any, clip: str = "4") -> dict[str, Any]:
    return node("CLIPTextEncode", text=text, clip=(clip, 1))


def sampler(
    positive: Any = ("6", 0), negative: Any = ("7", 0), latent: Any = ("5", 0), **changes: Any
) -> dict[str, Any]:
    given = {"seed": 42, "steps": 25, "cfg": 8.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0}
    return node(
        "KSampler", **{**given, **changes}, model=("4", 0), positive=positive, negative=negative, latent_image=latent
    )


def graph(**nodes: dict[str, Any]) -> Graph:
    """ComfyUI's first workflow, with other nodes besides, or in place of its own: `_3` is the node 3."""
    first = {
        "3": sampler(),
        "4": checkpoint(),
        "5": node("EmptyLatentImage", width=512, height=640, batch_size=1),
        "6": encode("a castle"),
        "7": encode("watermark"),
        "8": node("VAEDecode", samples=("3", 0), vae=("4", 2)),
        "9": node("SaveImage", filename_prefix="ComfyUI", images=("8", 0)),
    }
    return first | {name.removeprefix("_"): made for name, made in nodes.items()}


def guided(**nodes: dict[str, Any]) -> Graph:
    """The Flux example: every setting in a node of its own."""
    first = {
        "6": encode("a castle", "11"),
        "8": node("VAEDecode", samples=("13", 0), vae=("10", 0)),
        "9": node("SaveImage", filename_prefix="f", images=("8", 0)),
        "10": node("VAELoader", vae_name="ae.safetensors"),
        "11": node("DualCLIPLoader", clip_name1="t5.safetensors", clip_name2="clip_l.safetensors", type="flux"),
        "12": node("UNETLoader", unet_name="flux1-dev.safetensors", weight_dtype="default"),
        "13": node(
            "SamplerCustomAdvanced",
            noise=("25", 0),
            guider=("22", 0),
            sampler=("16", 0),
            sigmas=("17", 0),
            latent_image=("27", 0),
        ),
        "16": node("KSamplerSelect", sampler_name="euler"),
        "17": node("BasicScheduler", scheduler="simple", steps=20, denoise=1.0, model=("30", 0)),
        "22": node("BasicGuider", model=("30", 0), conditioning=("26", 0)),
        "25": node("RandomNoise", noise_seed=219670278747233),
        "26": node("FluxGuidance", guidance=3.5, conditioning=("6", 0)),
        "27": node("EmptySD3LatentImage", width=("34", 0), height=("35", 0), batch_size=1),
        "30": node(
            "ModelSamplingFlux", max_shift=1.15, base_shift=0.5, width=("34", 0), height=("35", 0), model=("12", 0)
        ),
        "34": node("PrimitiveNode", value=1024),
        "35": node("PrimitiveInt", value=768),
    }
    return first | {name.removeprefix("_"): made for name, made in nodes.items()}


CONTROLNET = graph(
    _3=sampler(("20", 0), ("20", 1)),
    _20=node(
        "ControlNetApplyAdvanced",
        strength=0.8,
        start_percent=0.0,
        end_percent=1.0,
        positive=("6", 0),
        negative=("7", 0),
        control_net=("21", 0),
        image=("22", 0),
    ),
    _21=node("ControlNetLoader", control_net_name="canny.safetensors"),
    _22=node("LoadImage", image="edges.png"),
)

OLD_CONTROLNET = graph(
    _3=sampler(("20", 0)),
    _20=node("ControlNetApply", strength=0.8, conditioning=("6", 0), control_net=("21", 0), image=("22", 0)),
    _21=node("ControlNetLoader", control_net_name="canny.safetensors"),
    _22=node("LoadImage", image="edges.png"),
)

# The second pass has the lower number.
TWO_PASSES = graph(
    _1=sampler(latent=("10", 0), seed=7, steps=12, denoise=0.5),
    _3=sampler(),
    _8=node("VAEDecode", samples=("1", 0), vae=("4", 2)),
    _10=node("LatentUpscale", upscale_method="nearest", width=1024, height=1280, crop="disabled", samples=("3", 0)),
)

# It goes over pixels, and through a model that enlarges.
HIRES_PIXELS = graph(
    _1=sampler(latent=("12", 0), seed=7, steps=12, denoise=0.5),
    _8=node("VAEDecode", samples=("1", 0), vae=("4", 2)),
    _10=node("VAEDecode", samples=("3", 0), vae=("4", 2)),
    _11=node("ImageUpscaleWithModel", upscale_model=("13", 0), image=("10", 0)),
    _12=node("VAEEncode", pixels=("11", 0), vae=("4", 2)),
    _13=node("UpscaleModelLoader", model_name="4x-UltraSharp.pth"),
)

SDXL_BASE_AND_REFINER = graph(
    _3=node(
        "KSamplerAdvanced",
        add_noise="disable",
        noise_seed=0,
        steps=25,
        cfg=8.0,
        sampler_name="euler",
        scheduler="normal",
        start_at_step=20,
        end_at_step=10000,
        return_with_leftover_noise="disable",
        model=("12", 0),
        positive=("15", 0),
        negative=("16", 0),
        latent_image=("10", 0),
    ),
    _5=node("EmptyLatentImage", width=1024, height=1024, batch_size=1),
    _6=node(
        "CLIPTextEncodeSDXL",
        width=1024,
        height=1024,
        crop_w=0,
        crop_h=0,
        target_width=1024,
        target_height=1024,
        text_g="a castle",
        text_l="a castle",
        clip=("4", 1),
    ),
    _10=node(
        "KSamplerAdvanced",
        add_noise="enable",
        noise_seed=721897303308196,
        steps=25,
        cfg=8.0,
        sampler_name="euler",
        scheduler="normal",
        start_at_step=0,
        end_at_step=20,
        return_with_leftover_noise="enable",
        model=("4", 0),
        positive=("6", 0),
        negative=("7", 0),
        latent_image=("5", 0),
    ),
    _4=checkpoint("sd_xl_base_1.0.safetensors"),
    _12=checkpoint("sd_xl_refiner_1.0.safetensors"),
    _15=node(
        "CLIPTextEncodeSDXLRefiner", ascore=6.0, width=1024, height=1024, text="a castle, refined", clip=("12", 1)
    ),
    _16=node("CLIPTextEncodeSDXLRefiner", ascore=2.5, width=1024, height=1024, text="ugly", clip=("12", 1)),
)

COMBINED = graph(
    _3=sampler(("20", 0)),
    _6=encode("a castle"),
    _20=node("ConditioningCombine", conditioning_1=("21", 0), conditioning_2=("22", 0)),
    _21=node("ConditioningSetArea", width=256, height=512, x=0, y=0, strength=1.0, conditioning=("6", 0)),
    _22=node("ConditioningConcat", conditioning_to=("23", 0), conditioning_from=("24", 0)),
    _23=encode("a moat"),
    _24=encode("at night"),
)

STRINGS = graph(
    _6=encode(("20", 0)),
    _7=encode(("23", 0)),
    _20=node("StringConcatenate", string_a=("21", 0), string_b=("22", 0), delimiter=", "),
    _21=node("PrimitiveStringMultiline", value="a castle"),
    _22=node("Text Multiline", text="at night"),
    _23=node("Reroute", **{"": ("24", 0)}),
    _24=node("String Literal", string="watermark"),
)

STYLER = graph(
    _6=encode(("20", 0)),
    _7=encode(("20", 1)),
    _20=node("SDXLPromptStyler", text_positive="a castle", text_negative="watermark", style="base", log_prompt="No"),
)

REROUTES = graph(
    _3=sampler(("20", 0), ("21", 0), seed=("22", 0)),
    _20=node("Reroute", **{"": ("6", 0)}),
    _21=node("Reroute (rgthree)", **{"": ("7", 0)}),
    _22=node("Seed (rgthree)", seed=42),
)

LORAS = graph(
    _3=sampler() | {"inputs": sampler()["inputs"] | {"model": ["20", 0]}},
    _6=encode("a castle", "21"),
    _20=node(
        "LoraLoader",
        lora_name="paper.safetensors",
        strength_model=0.8,
        strength_clip=1.0,
        model=("22", 0),
        clip=("22", 1),
    ),
    _21=node("CLIPSetLastLayer", stop_at_clip_layer=-2, clip=("20", 1)),
    _22=node(
        "Power Lora Loader (rgthree)",
        PowerLoraLoaderHeaderWidget={"type": "PowerLoraLoaderHeaderWidget"},
        lora_1={"on": True, "lora": "ink.safetensors", "strength": 0.6},
        lora_2={"on": False, "lora": "no.safetensors"},
        model=("4", 0),
        clip=("4", 1),
    ),
)

EFFICIENT: Graph = {
    "1": node(
        "Efficient Loader",
        ckpt_name="dream.safetensors",
        vae_name="Baked VAE",
        clip_skip=-2,
        lora_name="None",
        lora_model_strength=1.0,
        lora_clip_strength=1.0,
        positive="a castle",
        negative="watermark",
        token_normalization="none",
        weight_interpretation="comfy",
        empty_latent_width=512,
        empty_latent_height=640,
        batch_size=1,
    ),
    "2": node(
        "KSampler (Efficient)",
        seed=42,
        steps=25,
        cfg=8.0,
        sampler_name="euler",
        scheduler="normal",
        denoise=1.0,
        preview_method="auto",
        vae_decode="true",
        model=("1", 0),
        positive=("1", 1),
        negative=("1", 2),
        latent_image=("1", 3),
        optional_vae=("1", 4),
    ),
    "3": node("SaveImage", filename_prefix="x", images=("2", 5)),
}

EASY_USE: Graph = {
    "1": node(
        "easy fullLoader",
        ckpt_name="dream.safetensors",
        vae_name="Baked VAE",
        clip_skip=-1,
        lora_name="None",
        resolution="width x height (custom)",
        empty_latent_width=512,
        empty_latent_height=640,
        positive="a castle",
        negative="watermark",
        batch_size=1,
    ),
    "2": node(
        "easy preSampling",
        steps=25,
        cfg=8.0,
        sampler_name="euler",
        scheduler="normal",
        denoise=1.0,
        seed=42,
        pipe=("1", 0),
    ),
    "3": node("easy kSampler", image_output="Save", link_id=0, save_prefix="x", pipe=("2", 0)),
}

IMG2IMG = graph(
    _3=sampler(latent=("20", 0), denoise=0.6),
    _20=node("VAEEncode", pixels=("21", 0), vae=("4", 2)),
    _21=node("LoadImage", image="in.png"),
)

FLUX_CHECKPOINT = graph(
    _3=sampler(("20", 0), ("21", 0), cfg=1.0),
    _6=node("CLIPTextEncodeFlux", clip_l="castle", t5xxl="a castle", guidance=3.5, clip=("4", 1)),
    _20=node("Reroute", **{"": ("6", 0)}),
    _21=node("ConditioningZeroOut", conditioning=("6", 0)),
)

CFG_GUIDER = guided(
    _22=node("CFGGuider", cfg=4.5, model=("12", 0), positive=("6", 0), negative=("7", 0)),
    _7=encode("watermark", "11"),
    _17=node("SplitSigmas", step=10, sigmas=("18", 0)),
    _18=node("KarrasScheduler", steps=20, sigma_max=14.6, sigma_min=0.03, rho=7.0),
    _16=node("SamplerEulerAncestral", eta=1.0, s_noise=1.0),
)

SAMPLER_CUSTOM = graph(
    _3=node(
        "SamplerCustom",
        add_noise=True,
        noise_seed=42,
        cfg=8.0,
        model=("4", 0),
        positive=("6", 0),
        negative=("7", 0),
        sampler=("20", 0),
        sigmas=("21", 0),
        latent_image=("5", 0),
    ),
    _20=node("KSamplerSelect", sampler_name="euler"),
    _21=node("SDTurboScheduler", steps=25, denoise=1.0, model=("4", 0)),
)

PIPE: Graph = graph(
    _3=node(
        "ImpactKSamplerBasicPipe",
        seed=42,
        steps=25,
        cfg=8.0,
        sampler_name="euler",
        scheduler="normal",
        denoise=1.0,
        basic_pipe=("20", 0),
        latent_image=("5", 0),
    ),
    _20=node("ToBasicPipe", model=("4", 0), clip=("4", 1), vae=("4", 2), positive=("6", 0), negative=("7", 0)),
)

DETAILER = graph(
    _9=node("SaveImage", filename_prefix="x", images=("1", 0)),
    _1=node(
        "FaceDetailer",
        guide_size=384,
        seed=1,
        steps=20,
        cfg=5.0,
        sampler_name="dpmpp_2m",
        scheduler="karras",
        denoise=0.5,
        image=("8", 0),
        model=("4", 0),
        clip=("4", 1),
        vae=("4", 2),
        positive=("20", 0),
        negative=("7", 0),
    ),
    _20=encode("a face"),
)

SWITCH = graph(
    _3=sampler(("20", 0)),
    _20=node("ImpactSwitch", select=2, input1=("21", 0), input2=("6", 0)),
    _21=encode("a hut"),
)

WILDCARDS = graph(
    _6=encode(("20", 0)),
    _20=node(
        "ImpactWildcardProcessor", wildcard_text="a {castle|hut}", populated_text="a castle", mode="fixed", seed=3
    ),
)

RING = graph(
    _3=sampler(("20", 0), ("21", 0), latent=("3", 0)),
    _20=node("ConditioningCombine", conditioning_1=("21", 0), conditioning_2=("6", 0)),
    _21=node("ConditioningCombine", conditioning_1=("20", 0), conditioning_2=("7", 0)),
)

EFFICIENT_SDXL: Graph = {
    "1": node(
        "Eff. Loader SDXL",
        base_ckpt_name="juggernaut.safetensors",
        base_clip_skip=-2,
        refiner_ckpt_name="None",
        positive_ascore=6.0,
        negative_ascore=2.0,
        positive=("4", 0),
        negative="watermark",
        empty_latent_width=512,
        empty_latent_height=640,
        batch_size=1,
    ),
    "2": node(
        "KSampler SDXL (Eff.)",
        noise_seed=[42],
        steps=[25],
        cfg=[8.0],
        sampler_name=["euler"],
        scheduler=["normal"],
        start_at_step=0,
        refine_at_step=-1,
        sdxl_tuple=("1", 0),
        latent_image=("1", 1),
    ),
    "3": node("PreviewImage", images=("2", 3)),
    "4": node("Prompt Box", mutable_prompt="a castle", seed=3),
}

WILDCARD_ENCODE: Graph = EFFICIENT_SDXL | {
    "1": node(
        "Pack SDXL Tuple", base_model=("5", 0), base_clip=("5", 1), base_positive=("5", 2), base_negative=("6", 0)
    ),
    "2": EFFICIENT_SDXL["2"] | {"inputs": EFFICIENT_SDXL["2"]["inputs"] | {"latent_image": ["8", 0]}},
    "5": node(
        "ImpactWildcardEncode", wildcard_text="a __place__", populated_text="a castle", model=("7", 0), clip=("7", 1)
    ),
    "6": encode("watermark", "5"),
    "7": checkpoint(),
    "8": node("EmptyLatentImage", width=512, height=640, batch_size=1),
}

WAN: Graph = {
    "198": node("WanVideoModelLoader", model="wan2.1.safetensors", base_precision="fp16"),
    "232": node("WanVideoTextEmbedBridge", positive=("234", 0), negative=("235", 0)),
    "234": encode("a castle", "233"),
    "235": encode("watermark", "233"),
    "252": node(
        "WanVideoSampler",
        steps=25,
        cfg=8.0,
        shift=6.0,
        seed=42,
        scheduler="euler",
        model=("198", 0),
        text_embeds=("232", 0),
    ),
}

PICKERS = graph(
    _4=node("CheckpointLoader|pysssh", ckpt_name={"content": "dream.safetensors", "image": None}),
    _5=node("EmptyLatentImage", width=("20", 0), height=("20", 1), batch_size=1),
    _20=node("SDXL Resolutions", resolution="512 x 640 (portrait)"),
    _8=node("VAEDecode", samples=("3", 0), vae=("21", 0)),
    _21=node("VAELoader", vae_name="vae-ft-mse.safetensors"),
)
