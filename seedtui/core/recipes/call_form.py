"""How a pipeline's call differs from the one in the guide, which is for Stable Diffusion."""

from __future__ import annotations

import msgspec

from seedtui.core.errors import InputError, quoted


class CallForm(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The names in a pipeline's call; the defaults are those of the guide.

    `guidance` is the argument for a recipe's guidance, "" if there is none. `unset` are arguments to pass as None with
    it. `output` is the attribute of the result that holds the images. `lists` means that the call only makes one image
    per prompt of a list. `schedulers` are the names of inner pipelines that share the scheduler. `held` are the tensors
    of the prompt that the step callback can change, which a hold needs; without any, it is not possible. `unsized`
    means that the call takes no size: the image it is made from has it. `embeds` are the arguments for prompts that
    compel encodes; without any, it cannot encode for this call.
    """

    guidance: str = "guidance_scale"
    unset: tuple[str, ...] = ()
    output: str = "images"
    lists: bool = False
    schedulers: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    unsized: bool = False
    embeds: tuple[str, ...] = ()

    def check(self) -> CallForm:
        """Return the form if it is valid.

        Raises:
            InputError: something in it is not an identifier.
        """
        for name in (self.guidance or "none", *self.unset, self.output, *self.schedulers, *self.held, *self.embeds):
            if not name.isidentifier() or len(name) > 100:
                raise InputError(f"{quoted(name)} is not the name of an argument")
        return self
