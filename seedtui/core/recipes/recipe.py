"""The recipe: all settings that decide pixels, except prompt and seed."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any, Literal

import msgspec

from seedtui.core.errors import InputError, quoted
from seedtui.core.prompts.prompt import check_text
from seedtui.core.recipes.gguf import check_gguf
from seedtui.core.recipes.lora import Lora, check_loras
from seedtui.core.shares import percent

DTYPES = ("float32", "float16", "bfloat16")
BATCH_SIZE = 4
"""Images per call of the pipeline, however many the round asks for: the batch shape affects the low bits."""

Profile = Literal["plain", "fast", "small", "strict"]

PROFILES: dict[Profile, str] = {
    "plain": "computes like the guide's call",
    "fast": "compiled; the first round of each size waits for the compiler",
    "small": "less memory: decodes one by one, keeps only the active part on the GPU",
    "strict": "deterministic kernels only, no TF32",
}
"""How a model computes. The same profile gives the same pixels; a different one changes the low bits."""

Weights = Literal["full", "float8", "int8", "nf4"]

WEIGHTS: dict[Weights, str] = {
    "full": "stored as they compute",
    "float8": "stored in 8 bits, half the memory: similar pictures",
    "int8": "quantized to 8 bits, with the package torchao: similar pictures",
    "nf4": "quantized to 4 bits, with the package bitsandbytes: similar pictures",
}
"""How the weights of the UNet or transformer are stored."""

PACKAGES: dict[Weights, str] = {"int8": "torchao", "nf4": "bitsandbytes"}
"""The packages that quantize weights; seedtui does not install them."""

Offload = Literal["none", "layers"]

OFFLOADS: dict[Offload, str] = {
    "none": "the profile decides",
    "layers": "on the CPU; a GPU holds only the layers that compute",
}
"""Where the weights are while they do not compute."""

Attention = Literal["auto", "math", "flash", "efficient", "cudnn"]

BACKENDS: dict[Attention, str] = {
    "auto": "native",
    "math": "_native_math",
    "flash": "_native_flash",
    "efficient": "_native_efficient",
    "cudnn": "_native_cudnn",
}
"""The kernels of PyTorch that compute attention, and Diffusers' names for them. Each has other low bits."""


Draft = Literal["none", "cache"]

DRAFTS: dict[Draft, str] = {
    "none": "every step computes the whole model",
    "cache": "draft: steps that change little reuse the one before; another picture, which depends on its batch",
}
"""Whether to save work at the price of other pictures, and the note on the image."""


PromptEncoding = Literal["plain", "long", "weighted"]

PROMPT_ENCODINGS: dict[PromptEncoding, str] = {
    "plain": "as the pipeline does: plain text, cut off at the text encoder's limit",
    "long": "plain text of any length, encoded in parts by compel",
    "weighted": "(word:1.2), word+ and word- weigh words, in text of any length, by compel",
}
"""How prompts become tensors. All but the first need a model of the Stable Diffusion or SDXL families."""


THRESHOLD = 0.2
"""How much the first block's output may change for a step to reuse the one before; from Diffusers' guide."""


class Compute(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a loaded model computes, apart from its dtype: for another value it is loaded again.

    `transformer` is the path of a GGUF file in place of the model's transformer or UNet, "" for its own.
    """

    profile: Profile = "plain"
    weights: Weights = "full"
    offload: Offload = "none"
    attention: Attention = "auto"
    draft: Draft = "none"
    transformer: str = ""

    def __str__(self) -> str:
        """What is not the default: ``small · float8 · layers · draft``, or ``flux-Q4.gguf``."""
        values = zip(self.__struct_fields__, self.__struct_defaults__, strict=True)
        set_ = {name: str(getattr(self, name)) for name, default in values if getattr(self, name) != default}
        words = {"draft": "draft", "transformer": PurePath(self.transformer).name}
        return " · ".join(words.get(name, value) for name, value in set_.items())


PHILOX = "philox"

GENERATORS: dict[str, str] = {
    "cpu": "noise drawn on the CPU: the same on every machine",
    PHILOX: "noise drawn on the CPU as an NVIDIA card draws it, up to its wave",
}
"""Where noise can be drawn, other than on the model's device as in the guide. Each gives other noise."""

Fallback = Literal["sliced", "halves", "singles", "offload", "tiled"]

FALLBACKS: dict[Fallback, str] = {
    "sliced": "low memory: decoded one by one",
    "halves": "low memory: made in two halves",
    "singles": "low memory: made one by one",
    "offload": "low memory: made one by one, parts offloaded",
    "tiled": "low memory: the VAE works in tiles, which changes the picture a little",
}
"""What to try when memory runs out, in this order, and the note on the image. Each changes the low bits.
Only finished images are made in tiles."""

SPREAD_SHARE = 0.25
"""For which share of the steps a seed spread changes the prompt, if nothing else is said."""

MAX_BATCH = 16
MAX_STEPS = 1000
MAX_SIDE = 4096
MAX_MODEL = 4096
"""Maximum length of the name or path of a model, in characters."""


class Recipe(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The settings that decide pixels. None means "the pipeline's default", and is never passed to the pipeline.

    `model` is the name the user gave. `revision` identifies its content (a commit hash, or a SHA-256 of its weights)
    and is filled in once the model is loaded. `width` and `height` are in pixels. Users never set `fallback`: it says
    how an image was made that did not fit into memory, so that it can be made again in the same way. `transformer` is
    the path of a GGUF file, "" for the model's own; `transformer_sha256`, in hex, is filled in once it is loaded.
    `spread`, 0 to 1, is the strength of the noise that each seed adds to the prompt for the first `spread_share` of the
    steps, so that the pictures of a model whose seeds look alike differ more.
    """

    model: str = "starter"
    revision: str | None = None
    dtype: str | None = None
    device: str | None = None
    scheduler: str | None = None
    steps: int | None = None
    guidance: float | None = None
    width: int | None = None
    height: int | None = None
    negative: str | None = None
    prompt_encoding: PromptEncoding = "plain"
    batch_size: int = BATCH_SIZE
    generator_device: Literal["cpu", "philox"] | None = None
    profile: Profile = "plain"
    weights: Weights = "full"
    offload: Offload = "none"
    attention: Attention = "auto"
    draft: Draft = "none"
    transformer: str = ""
    transformer_sha256: str = ""
    fallback: Fallback | None = None
    lora: tuple[Lora, ...] = ()
    spread: float = 0.0
    spread_share: float = SPREAD_SHARE

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, 0 where they are left to the model."""
        return self.width or 0, self.height or 0

    @property
    def compute(self) -> Compute:
        return Compute(self.profile, self.weights, self.offload, self.attention, self.draft, self.transformer)

    def check(self) -> Recipe:
        """Return the recipe if it is valid.

        Raises:
            InputError: no pipeline can take one of its values, or two of them exclude each other.
        """
        self.check_each()
        if self.profile == "fast" and (self.weights, self.offload, self.draft) != ("full", "none", "none"):
            what = (
                f"weights {self.weights}" if self.weights != "full"
                else f"offload {self.offload}" if self.offload != "none" else f"draft {self.draft}"
            )  # fmt: skip
            raise InputError(f"profile fast cannot be combined with {what}", "Use the profile plain or small")
        if self.lora and self.weights in PACKAGES:
            raise InputError(f"LoRA files cannot be combined with weights {self.weights}", "Use --weights float8")
        if self.transformer and (other := self._not_with_gguf()):
            raise InputError(f"a GGUF transformer cannot be combined with {other}", f"Use it without {other}")
        return self

    def _not_with_gguf(self) -> str:
        """What has not been tested together with a GGUF transformer, "" if nothing is set."""
        others = {
            "LoRA files": bool(self.lora),
            "the profile fast": self.profile == "fast",
            f"weights {self.weights}": self.weights != "full",
            f"draft {self.draft}": self.draft != "none",
        }
        return next((words for words, is_set in others.items() if is_set), "")

    def check_each(self) -> Recipe:
        """Return the recipe if each value is valid by itself.

        Raises:
            InputError: no pipeline can take one of its values.
        """
        _within("steps", self.steps, 1, MAX_STEPS)
        _within("batch size", self.batch_size, 1, MAX_BATCH)
        _within("width", self.width, 8, MAX_SIDE)
        _within("height", self.height, 8, MAX_SIDE)
        if (self.width is None) != (self.height is None):
            raise InputError("a size needs a width and a height", "Write it as 512x512")
        if self.guidance is not None and not 0 <= self.guidance <= 100:
            raise InputError(f"guidance {self.guidance} is out of range", "Use 0 to 100; 7.5 is typical")
        if self.dtype is not None and self.dtype not in DTYPES:
            raise InputError(f"unknown dtype {quoted(self.dtype)}", f"Use {', '.join(DTYPES)}")
        if not 0 <= self.spread <= 1:
            raise InputError(f"spread {percent(self.spread)} is out of range", "Use 0% to 100%; 40% is a good start")
        if not 0 < self.spread_share <= 1:
            raise InputError(
                f"spread share {percent(self.spread_share)} is out of range", "Use 1% to 100% of the steps"
            )
        if self.profile not in PROFILES:
            raise InputError(f"unknown profile {quoted(self.profile)}", f"Use {', '.join(PROFILES)}")
        for name, value, known in (
            ("weights", self.weights, WEIGHTS), ("offload", self.offload, OFFLOADS),
            ("attention", self.attention, BACKENDS), ("draft", self.draft, DRAFTS),
            ("prompt encoding", self.prompt_encoding, PROMPT_ENCODINGS),
        ):  # fmt: skip
            if value not in known:
                raise InputError(f"unknown {name} {quoted(value)}", f"Use {', '.join(known)}")
        if self.device is not None and not re.fullmatch(r"cpu|mps|(cuda|xpu)(:\d+)?", self.device):
            raise InputError(f"unknown device {quoted(self.device)}", "Use cpu, cuda, cuda:1, xpu or mps")
        if not self.model.strip() or not self.model.isprintable() or len(self.model) > MAX_MODEL:
            raise InputError(f"{quoted(self.model)} is not a model", "Give a Hub id, a folder or a .safetensors file")
        if self.negative is not None:
            check_text(self.negative, "negative prompt")
        check_loras(self.lora)
        check_gguf(self.transformer)
        if not re.fullmatch(r"([0-9a-f]{64})?", self.transformer_sha256):
            raise InputError(f"transformer hash {quoted(self.transformer_sha256)} is not a SHA-256")
        return self

    def check_multiple(self, multiple: int) -> Recipe:
        """Return the recipe if its size is a multiple of `multiple` pixels, as the model requires.

        Raises:
            InputError: it is not; the hint names the nearest valid size.
        """
        if self.width is None or self.height is None:
            return self
        if self.width % multiple or self.height % multiple:
            width, height = (max(multiple, round(v / multiple) * multiple) for v in (self.width, self.height))
            raise InputError(
                f"size {self.width}x{self.height} does not fit this model",
                f"Width and height must be multiples of {multiple}: try {width}x{height}",
            )
        return self

    def with_changes(self, **changes: Any) -> Recipe:
        """A checked copy with `changes`; a change to None keeps the old value."""
        given = {name: value for name, value in changes.items() if value is not None}
        return msgspec.structs.replace(self, **given).check()


def parse_size(text: str) -> tuple[int, int]:
    """Parse ``512x768`` into width and height in pixels.

    Raises:
        InputError: not two whole numbers with an x between them.
    """
    match = re.fullmatch(r"\s*(\d{1,6})\s*[xX×]\s*(\d{1,6})\s*", text)
    if not match:
        raise InputError(f"invalid size {quoted(text)}", "Write it as 512x512")
    return int(match[1]), int(match[2])


def _within(name: str, value: int | None, low: int, high: int) -> None:
    if value is not None and not low <= value <= high:
        raise InputError(f"{name} {value} is out of range", f"Use {low} to {high}")
