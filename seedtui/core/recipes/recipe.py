"""The recipe: all settings that decide pixels, apart from prompt and seed."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from seedtui.core.errors import InputError, quoted
from seedtui.core.prompts.prompt import check_text
from seedtui.core.recipes.lora import Lora, check_loras

DTYPES = ("float32", "float16", "bfloat16")
BATCH_SIZE = 4
"""Images in one call of the pipeline, whatever the round asks for: a changed batch shape changes low bits."""

Profile = Literal["plain", "fast", "small", "strict"]

PROFILES: dict[Profile, str] = {
    "plain": "as the guide's call computes",
    "fast": "compiled; the first round of each size waits for the compiler",
    "small": "less memory: decodes one by one, keeps on the GPU only what works",
    "strict": "deterministic kernels alone, no TF32",
}
"""How a model is computed, and what that means. The same profile gives the same pixels, another moves low bits."""

Fallback = Literal["sliced", "halves", "singles", "offload"]

FALLBACKS: dict[Fallback, str] = {
    "sliced": "memory was short: decoded one by one",
    "halves": "memory was short: made in two halves",
    "singles": "memory was short: made one by one",
    "offload": "memory was short: made one by one, parts offloaded",
}
"""What is done when memory runs out, in the order it is tried, and the note on the image. Each moves low bits."""

MAX_BATCH = 16
MAX_STEPS = 1000
MAX_SIDE = 4096
MAX_MODEL = 4096
"""Characters in the name or path of a model."""


class Recipe(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What decides pixels. None means "as the model's pipeline does by itself", and is never passed to it.

    `model` is the name the user gave, `revision` the content it had (a commit hash, or a SHA-256 of its
    weights), filled in once the model is loaded. `width` and `height` are in pixels. `fallback` is never asked for:
    it is how an image was made that did not fit into memory, so that it is made again in the same way.
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
    batch_size: int = BATCH_SIZE
    generator_device: Literal["cpu"] | None = None
    profile: Profile = "plain"
    fallback: Fallback | None = None
    lora: tuple[Lora, ...] = ()

    def check(self) -> Recipe:
        """The recipe itself.

        Raises:
            InputError: a value that no pipeline can take.
        """
        _within("steps", self.steps, 1, MAX_STEPS)
        _within("batch size", self.batch_size, 1, MAX_BATCH)
        _within("width", self.width, 8, MAX_SIDE)
        _within("height", self.height, 8, MAX_SIDE)
        if (self.width is None) != (self.height is None):
            raise InputError("a size has a width and a height", "Write it as 512x512")
        if self.guidance is not None and not 0 <= self.guidance <= 100:
            raise InputError(f"guidance {self.guidance} is out of range", "Use 0 to 100; 7.5 is usual")
        if self.dtype is not None and self.dtype not in DTYPES:
            raise InputError(f"dtype {quoted(self.dtype)} is not known", f"Use {', '.join(DTYPES)}")
        if self.profile not in PROFILES:
            raise InputError(f"profile {quoted(self.profile)} is not known", f"Use {', '.join(PROFILES)}")
        if self.device is not None and not re.fullmatch(r"cpu|mps|(cuda|xpu)(:\d+)?", self.device):
            raise InputError(f"device {quoted(self.device)} is not known", "Use cpu, cuda, cuda:1, xpu or mps")
        if not self.model.strip() or not self.model.isprintable() or len(self.model) > MAX_MODEL:
            raise InputError(f"model {quoted(self.model)} is no name", "Name a model, a folder or a .safetensors file")
        if self.negative is not None:
            check_text(self.negative, "negative prompt")
        check_loras(self.lora)
        return self

    def check_multiple(self, multiple: int) -> Recipe:
        """The recipe itself, for a model whose sizes are multiples of `multiple` pixels.

        Raises:
            InputError: the size is not one; the message names the nearest that is.
        """
        if self.width is None or self.height is None:
            return self
        if self.width % multiple or self.height % multiple:
            width, height = (max(multiple, round(v / multiple) * multiple) for v in (self.width, self.height))
            raise InputError(
                f"size {self.width}x{self.height} does not fit this model",
                f"Width and height are multiples of {multiple}: try {width}x{height}",
            )
        return self

    def with_changes(self, **changes: Any) -> Recipe:
        """A checked copy with `changes`; those that are None leave the value as it is."""
        given = {name: value for name, value in changes.items() if value is not None}
        return msgspec.structs.replace(self, **given).check()


def parse_size(text: str) -> tuple[int, int]:
    """Width and height in pixels from ``512x768``.

    Raises:
        InputError: not two whole numbers with an x between.
    """
    match = re.fullmatch(r"\s*(\d{1,6})\s*[xX×]\s*(\d{1,6})\s*", text)
    if not match:
        raise InputError(f"size {quoted(text)} is not understood", "Write it as 512x512")
    return int(match[1]), int(match[2])


def _within(name: str, value: int | None, low: int, high: int) -> None:
    if value is not None and not low <= value <= high:
        raise InputError(f"{name} {value} is out of range", f"Use {low} to {high}")
