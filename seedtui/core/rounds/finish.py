"""How an image is finished: made larger, then denoised again for the last part of the steps."""

from __future__ import annotations

import re

import msgspec

from seedtui.core.errors import InputError, quoted
from seedtui.core.prompts.prompt import check_text
from seedtui.core.shares import percent

UPSCALERS: dict[str, str] = {
    "lanczos": "resized with Pillow's Lanczos filter",
    "latent": "encoded by the VAE, then its latents are interpolated",
}
"""How an image can be made larger, other than with a file for spandrel."""

MAX_SCALE = 8
STRENGTH = 0.3
"""The usual strength: details are drawn again, the composition stays."""

_SHA256 = re.compile(r"([0-9a-f]{64})?")


class Finish(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """How a source image becomes one of another size, that of the round's recipe.

    `strength` is the share of the steps that run again, above 0. With 1 nothing of the source is left: it is a plain
    call with the same seed. `upscaler` is one of `UPSCALERS`, or the path of a .safetensors file, and then `sha256` is
    the hash of its content in hex, filled in once it is loaded.
    """

    strength: float = STRENGTH
    upscaler: str = "lanczos"
    sha256: str = ""

    @property
    def keeps_source(self) -> bool:
        """Whether the image is made from the pixels of its source."""
        return self.strength < 1

    @property
    def file(self) -> str:
        """The path of the upscaler's file, "" if it needs none."""
        return "" if self.upscaler in UPSCALERS else self.upscaler

    def check(self) -> Finish:
        """Return the value if it is valid.

        Raises:
            InputError: the strength is out of range, or there is no such upscaler.
        """
        if not 0 < self.strength <= 1:
            raise InputError(
                f"strength {percent(self.strength)} is out of range", f"Use 1% to 100%; {STRENGTH:.0%} is usual"
            )
        if self.file and not self.file.lower().endswith(".safetensors"):
            raise InputError(
                f"unknown upscaler {quoted(self.upscaler)}", f"Use {', '.join(UPSCALERS)} or a .safetensors file"
            )
        check_text(self.upscaler, "upscaler")
        if not _SHA256.fullmatch(self.sha256):
            raise InputError(f"upscaler hash {quoted(self.sha256)} is not a SHA-256")
        return self

    def check_steps(self, steps: int) -> None:
        """Check that at least one of `steps` runs again.

        Raises:
            InputError: none does.
        """
        if int(steps * self.strength) < 1:
            raise InputError(
                f"strength {percent(self.strength)} of {steps} steps is less than one step",
                f"Use a strength of {-(-100 // steps)}% or more, or more steps",
            )


def parse_scale(text: str) -> float:
    """A scale written as ``2``, ``1.5`` or ``2x``.

    Raises:
        InputError: it is neither, or not from 1 to `MAX_SCALE`.
    """
    match = re.fullmatch(r"\s*([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*[xX×]?\s*", text)
    if not match or not 1 <= float(match[1]) <= MAX_SCALE:
        raise InputError(f"invalid scale {quoted(text)}", f"Use 1 to {MAX_SCALE}, such as 1.5 or 2")
    return float(match[1])


def scaled_size(width: int, height: int, scale: float, multiple: int) -> tuple[int, int]:
    """The size that is `scale` times as large, in multiples of `multiple` pixels."""
    return rounded(width * scale, multiple), rounded(height * scale, multiple)


def target_size(
    source: tuple[int, int], target: float | tuple[int, int], multiple: int
) -> tuple[int, int]:  # fmt: skip
    """The size of a finished image: `target` is a scale of the size of its `source`, or is a size itself.

    Raises:
        InputError: the image would be stretched.
    """
    if isinstance(target, tuple):
        check_shape(source, target, multiple)
        return target
    return scaled_size(*source, target, multiple)


def rounded(length: float, multiple: int) -> int:
    """`length` as the nearest multiple of `multiple` pixels."""
    return max(1, round(length / multiple)) * multiple


def check_shape(source: tuple[int, int], target: tuple[int, int], multiple: int) -> None:
    """Check that an image of the size `source` is not stretched to `target` by more than a `multiple` of pixels.

    Raises:
        InputError: it would be.
    """
    height = target[0] * source[1] / source[0]
    if abs(height - target[1]) >= multiple:
        raise InputError(
            f"{target[0]}x{target[1]} has another shape than the image, which is {source[0]}x{source[1]}",
            f"Use {rounded(target[0], multiple)}x{rounded(height, multiple)}",
        )
