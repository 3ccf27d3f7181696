"""How the call of a pipeline is written where it is not as the guide writes that of Stable Diffusion."""

from __future__ import annotations

import msgspec

from seedtui.core.errors import InputError, quoted


class CallForm(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Names of a pipeline's call; the defaults are those of the guide.

    `guidance` is the argument that a recipe's guidance goes into, "" if there is none. `unset` are arguments that are
    None beside it. `output` is what the images are called in what the call returns. `lists` says that the call makes
    one image for each prompt in a list, and nothing else. `schedulers` are pipelines inside that have the same
    scheduler, by their names.
    """

    guidance: str = "guidance_scale"
    unset: tuple[str, ...] = ()
    output: str = "images"
    lists: bool = False
    schedulers: tuple[str, ...] = ()

    def check(self) -> CallForm:
        """The form itself.

        Raises:
            InputError: something in it is no name.
        """
        for name in (self.guidance or "none", *self.unset, self.output, *self.schedulers):
            if not name.isidentifier() or len(name) > 100:
                raise InputError(f"{quoted(name)} is no name of an argument")
        return self
