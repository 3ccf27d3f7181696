"""The lines of a plain Diffusers program that turn the noise of images towards that of other seeds."""

from __future__ import annotations

from collections.abc import Sequence

from seedtui.cli.script.source_text import definitions_in
from seedtui.core.rounds.variation import Variation


def turning(turns: Sequence[tuple[Variation, ...]], make: str) -> list[str]:
    """Lines that use the names `pipe`, `inspect` and `torch`; `make` is the code of a generator.

    `turns` has an entry for each slot, as in `Shot.turns`.
    """
    if not any(turns):
        return []
    each = [[(one.seed, one.strength) for one in of_slot] for of_slot in turns]
    (slerp,) = definitions_in("engine/diffusion/call/turned_noise.py", ("slerp",))
    return _LINES.format(turns=each, make=make, slerp=slerp).splitlines()


_LINES = """
# The noise of each slot is turned towards that of other seeds, by a share of the way: (seed, share).
turns = {turns!r}
plain_latents = pipe.prepare_latents


{slerp}


def prepare_latents(*args, **kwargs):
    drawn = plain_latents(*args, **kwargs)
    call = inspect.signature(plain_latents).bind(*args, **kwargs)
    first, *rest = drawn if isinstance(drawn, tuple) else (drawn,)
    first = first.clone()
    for n in range(max(map(len, turns))):
        due = {{slot: turn[n] for slot, turn in enumerate(turns) if n < len(turn)}}
        others = [due[slot][0] if slot in due else 0 for slot in range(len(turns))]
        call.arguments["generator"] = [{make}.manual_seed(seed) for seed in others]
        other = plain_latents(*call.args, **call.kwargs)
        other = other[0] if isinstance(other, tuple) else other
        for slot, (_, share) in due.items():
            first[slot] = slerp(first[slot], other[slot], share)
    return (first, *rest) if isinstance(drawn, tuple) else first


pipe.prepare_latents = prepare_latents
"""
