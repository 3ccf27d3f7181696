"""The lines of a plain Diffusers program that change the prompts in the middle of a call."""

from __future__ import annotations

from collections.abc import Sequence

from seedtui.core.rounds.hold import Hold

SWAPPING = ("callback_on_step_end=swap", 'callback_on_step_end_tensor_inputs=["latents", *names]')
"""The arguments of the call that swap the prompts."""


def holding(names: Sequence[str], holds: Sequence[tuple[Hold, ...]], given: str = "prompt=prompts") -> list[str]:
    """Lines that use the names `pipe`, `torch`, `arguments` and `prompts`, and define the callback `swap`.

    `names` are the tensors of the prompt in the step callback; `holds` has an entry for each slot. `given` is how the
    call gets `prompts`.
    """
    each = [[(hold.share, hold.prompt) for hold in of_slot] for of_slot in holds]
    return _LINES.format(names=[*names], holds=each, size=len(each), given=given).splitlines()


_LINES = """
# Images with a hold follow other prompts up to a share of the steps, then their own: (share, prompt).
names = {names!r}
holds = {holds!r}
stages = [[*(prompt for _, prompt in hold), prompt] for hold, prompt in zip(holds, prompts)]


class Taken(Exception):
    pass


def in_force(prompts):
    # What the prompts are for the pipeline, from a call that is given up after its first step.
    found = {{}}

    def take(pipe, step, timestep, tensors):
        found.update({{name: tensors[name].clone() for name in names}})
        raise Taken

    noise = [torch.Generator().manual_seed(0) for _ in prompts]
    try:
        pipe({given}, **arguments, generator=noise, callback_on_step_end=take,
             callback_on_step_end_tensor_inputs=names)
    except Taken:
        pipe.maybe_free_model_hooks()
    return found


later = [in_force([each[min(n, len(each) - 1)] for each in stages]) for n in range(1, max(map(len, stages)))]
prompts = [each[0] for each in stages]


def swap(pipe, step, timestep, tensors):
    steps = getattr(pipe, "num_timesteps", None) or len(pipe.scheduler.timesteps)
    for slot, hold in enumerate(holds):
        for (share, _), now in zip(hold, later):
            if step + 1 == min(max(round(share * steps), 1), steps - 1):
                for name in names:
                    tensors[name] = tensors[name].clone()
                    tensors[name][slot::{size}] = now[name][slot::{size}]
    return tensors


"""
