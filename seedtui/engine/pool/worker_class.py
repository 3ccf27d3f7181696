"""Classes of workers: those of one class make the same pixels. Names prove nothing, so each makes a batch first."""

from __future__ import annotations

import msgspec

from seedtui.core.errors import SeedtuiError
from seedtui.core.images.environment import Environment, differences
from seedtui.core.recipes.lora import Lora
from seedtui.core.recipes.recipe import Compute, Recipe
from seedtui.core.rounds.make import explore
from seedtui.core.rounds.rounds import Round
from seedtui.engine.wire import protocol as p

PROBE = "probe"
"""The id of the round that each worker makes first."""

_PROMPT = "a probe of this worker"
_STEPS = 2


class WorkerClass(msgspec.Struct, frozen=True):
    """What decides the pixels of a worker, as far as it can be told, and `probe`, the hashes of the batch it made."""

    revision: str
    dtype: str
    device: str
    compute: Compute
    transformer_sha256: str
    lora: tuple[Lora, ...]
    environment: Environment
    probe: tuple[str, ...]

    @classmethod
    def of(cls, info: p.ModelInfo, probe: tuple[str, ...]) -> WorkerClass:
        """The class of a worker that has loaded the model of `info`."""
        lora = tuple(msgspec.structs.replace(one, path="") for one in info.lora)
        device = info.device.partition(":")[0]
        compute = msgspec.structs.replace(info.compute, transformer="")
        return cls(info.revision, info.dtype, device, compute, info.transformer_sha256, lora, info.environment, probe)

    def differences(self, name: str, other: WorkerClass, other_name: str) -> tuple[str, ...]:
        """How it differs from `other`, in the words of `verify`: ``torch: 2.13 on gpu 0, 2.11 on box2``."""
        pairs = (
            ("weights", self.revision[:12], other.revision[:12]),
            ("dtype", self.dtype, other.dtype),
            ("device", self.device, other.device),
            ("transformer", self.transformer_sha256[:12], other.transformer_sha256[:12]),
        )
        where = f"on {other_name}", f"on {name}"
        own = (f"{what}: {theirs} {where[0]}, {ours} {where[1]}" for what, ours, theirs in pairs if ours != theirs)
        words = (*own, *differences(other.environment, self.environment, where))
        return words or ("the same versions, but other pixels",)

    def is_like(self, environment: Environment) -> bool:
        """Whether it is that environment, as far as both are known."""
        return not differences(environment, self.environment)


def probe_round(recipe: Recipe | None) -> Round | None:
    """The batch that a worker makes first: two steps in the shape of its later calls. None if there is none for it."""
    recipe = msgspec.structs.replace(recipe or Recipe(), steps=_STEPS, fallback=None)
    try:
        round_ = explore(_PROMPT, range(recipe.batch_size), recipe)
    except SeedtuiError:
        return None
    return msgspec.structs.replace(round_, id=PROBE)
