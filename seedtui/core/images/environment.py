"""The environment: what can change pixels apart from the recipe."""

from __future__ import annotations

import msgspec

from seedtui.core.noise.wave import Card, card_named


class Environment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The hardware and libraries that an image was made with. An empty string means "none", such as cuDNN on a CPU.

    `multiprocessors` and `threads_per_multiprocessor` of the GPU decide which noise it draws. `driver` is that of the
    GPU, `cuda` or `rocm` the version that torch was built for, `cpu` the vector instructions that torch uses on a CPU.
    `compel` is set where it encoded the prompts.
    Older images do not have these fields.
    """

    gpu: str = ""
    torch: str = ""
    diffusers: str = ""
    transformers: str = ""
    cudnn: str = ""
    attention: str = ""
    tf32: bool = False
    threads: int = 0
    multiprocessors: int = 0
    threads_per_multiprocessor: int = 0
    driver: str = ""
    cuda: str = ""
    rocm: str = ""
    cpu: str = ""
    compel: str = ""

    @property
    def card(self) -> Card | None:
        """What the noise of the GPU depends on: as recorded, or by its name; None if that is not known."""
        if self.multiprocessors and self.threads_per_multiprocessor:
            return Card(self.multiprocessors, self.threads_per_multiprocessor)
        return card_named(self.gpu)


_NAMES = {
    "gpu": "GPU", "cudnn": "cuDNN", "tf32": "TF32", "threads_per_multiprocessor": "threads per multiprocessor",
    "driver": "GPU driver", "cuda": "CUDA", "rocm": "ROCm", "cpu": "CPU instructions",
}  # fmt: skip

_NEWER = ("multiprocessors", "threads_per_multiprocessor", "driver", "cuda", "rocm", "cpu", "compel")
"""Fields that older images lack, or some images: a CPU has some and a GPU others."""


def differences(
    made_with: Environment, here: Environment, where: tuple[str, str] = ("then", "here")
) -> tuple[str, ...]:  # fmt: skip
    """The differences between the environment of an image and this one, one short line each.

    The fields in `_NEWER` count only where both have them. `where` says of the values of each where they are so.
    """
    then, now = where
    return tuple(
        f"{_NAMES.get(name, name)}: {_shown(a)} {then}, {_shown(b)} {now}"
        for name in Environment.__struct_fields__
        if (a := getattr(made_with, name)) != (b := getattr(here, name)) and (name not in _NEWER or (a and b))
    )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if value not in ("", 0) else "none"
