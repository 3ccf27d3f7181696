"""Takes the place of the networks of a pipeline that run step by step."""

from __future__ import annotations

import functools
from typing import Any

from diffusers import ModelMixin

from seedtui.engine.diffusion.loading.placement import DECODERS


def denoisers(pipe: Any) -> dict[str, Any]:
    """The components of `pipe` that run step by step, by name: its networks apart from encoders and decoders."""
    return {
        name: part
        for name, part in pipe.components.items()
        if isinstance(part, ModelMixin) and name not in DECODERS and "encoder" not in name
    }


class Hook:
    """Replaces what runs when `net` is called, compiled or not."""

    def __init__(self, net: Any, called: Any) -> None:
        # A compiled network must not be traced again with the hook in it.
        self._net, self._place = net, "forward" if net._compiled_call_impl is None else "_compiled_call_impl"
        inner = getattr(net, self._place)
        self._before = vars(net).get(self._place)

        @functools.wraps(inner)  # pipelines read the signature of `forward`
        def hook(*args: Any, **kwargs: Any) -> Any:
            return called(inner, args, kwargs)

        self._own = hook
        setattr(net, self._place, hook)

    def remove(self) -> None:
        if vars(self._net).get(self._place) is not self._own:
            return  # offloading set its hooks anew at the end of the call
        if self._before is None:
            delattr(self._net, self._place)
        else:
            setattr(self._net, self._place, self._before)
