"""The lines of a plain Diffusers program that apply a profile, and the fallback an image was made with."""

from __future__ import annotations

import os.path

from seedtui.core.recipes.recipe import BACKENDS, PACKAGES, THRESHOLD, Recipe

_NET = 'net = getattr(pipe, "unet", None) or pipe.transformer'


def before_torch(recipe: Recipe) -> list[str]:
    """Environment variables to set before torch is imported. Uses the name `os`."""
    if recipe.profile == "strict":
        return ['os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"']
    if recipe.profile == "fast":
        return ['os.environ["TORCHINDUCTOR_DETERMINISTIC"] = "1"']
    return []


def adapters(recipe: Recipe) -> list[str]:
    """Loads the LoRA files into `pipe`, before anything is fused or compiled."""
    if not recipe.lora:
        return []
    names = [f"lora_{number}" for number in range(len(recipe.lora))]
    loads = [
        f"pipe.load_lora_weights(\n    {os.path.dirname(lora.path)!r},"
        f"\n    weight_name={os.path.basename(lora.path)!r},\n    adapter_name={name!r},\n    use_safetensors=True,\n)"
        for name, lora in zip(names, recipe.lora, strict=True)
    ]
    return [*loads, f"pipe.set_adapters({names!r}, adapter_weights={[lora.weight for lora in recipe.lora]!r})"]


def classes(recipe: Recipe) -> list[str]:
    """The classes of Diffusers that the lines use."""
    used = {"int8": "TorchAoConfig", "nf4": "BitsAndBytesConfig"}.get(recipe.weights)
    cache = ["FirstBlockCacheConfig"] if recipe.draft == "cache" else []
    return ["PipelineQuantizationConfig", used, *cache] if used else cache


def quantization(recipe: Recipe) -> list[str]:
    """Lines that make `quantization`, to load the pipeline with; none if it is loaded without."""
    if recipe.weights not in PACKAGES:
        return []
    dtype = f"torch.{recipe.dtype or 'float32'}"
    return [
        *(
            [
                "from torchao.quantization import Int8WeightOnlyConfig",
                "",
                "config = TorchAoConfig(Int8WeightOnlyConfig())",
            ]
            if recipe.weights == "int8"
            else [
                "config = BitsAndBytesConfig(",
                f'    load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype={dtype}',
                ")",
            ]
        ),
        'quantization = PipelineQuantizationConfig(quant_mapping={"unet": config, "transformer": config})',
    ]


def after_loading(recipe: Recipe) -> list[str]:
    """Moves `pipe` to its device and configures it."""
    device = recipe.device or "cpu"
    by_layers = recipe.offload == "layers"
    chosen = [*([_NET] if recipe.attention != "auto" or recipe.weights == "float8" or recipe.draft != "none" else [])]
    if recipe.attention != "auto":
        chosen.append(f"net.set_attention_backend({BACKENDS[recipe.attention]!r})")
    if recipe.draft == "cache":
        chosen.append(f"net.enable_cache(FirstBlockCacheConfig(threshold={THRESHOLD}))")
    if recipe.weights == "float8":
        chosen += [
            "net.enable_layerwise_casting(",
            f"    storage_dtype=torch.float8_e4m3fn, compute_dtype=torch.{recipe.dtype or 'float32'}",
            ")",
        ]
    to_device = f"pipe.to({device!r})"
    offload = f"pipe.enable_model_cpu_offload(device={device!r})"
    slicing = ['if hasattr(pipe.vae, "use_slicing"):', "    pipe.vae.enable_slicing()"]
    offloaded = device != "cpu" and (recipe.profile == "small" or recipe.fallback in ("offload", "tiled"))
    lines = _PROFILE_LINES.get(recipe.profile, [])
    if recipe.profile == "fast" and recipe.fallback in (None, "sliced"):
        lines = [*lines, *_COMPILING]
    sliced = slicing if recipe.profile == "small" or recipe.fallback else []
    placed = _by_layers(device) if by_layers else [offload if offloaded else to_device]
    return [*chosen, *placed, *sliced, *lines]


def _by_layers(device: str) -> list[str]:
    return [
        "pipe.enable_group_offload(",
        f"    onload_device=torch.device({device!r}),",
        '    offload_type="leaf_level",',
        *(["    use_stream=True,"] if device.startswith("cuda") else []),
        '    exclude_modules=["vae", "movq", "vqgan", "vqvae"],',
        ")",
    ]


def part_of(recipe: Recipe, slot: int) -> tuple[int, int]:
    """The size of the batch that the image in `slot` was actually made in, and its place in that batch."""
    whole = recipe.batch_size
    size = {None: whole, "sliced": whole, "halves": (whole + 1) // 2}.get(recipe.fallback, 1)
    first = slot - slot % size
    return min(size, whole - first), slot - first


_COMPILING = [
    "if any(type(part).__name__ in net._repeated_blocks for part in net.modules()):",
    "    net.compile_repeated_blocks(dynamic=False)",
    "else:",
    "    net.compile(dynamic=False)",
]

_PROFILE_LINES = {
    "strict": [
        "torch.use_deterministic_algorithms(True)",
        "torch.backends.cudnn.deterministic = True",
        "torch.backends.cudnn.allow_tf32 = False",
        "torch.backends.cuda.matmul.allow_tf32 = False",
    ],
    "fast": [
        _NET,
        "for part in (net, pipe.vae):",
        "    if all(weight.ndim < 5 for weight in part.parameters()):",
        "        part.to(memory_format=torch.channels_last)",
        'if hasattr(net, "fuse_qkv_projections") and not hasattr(net, "peft_config"):',
        "    net.fuse_qkv_projections()",
    ],
}
