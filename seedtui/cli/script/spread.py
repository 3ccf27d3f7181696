"""The lines of a plain Diffusers program that give each prompt noise of its own seed for the first steps."""

from __future__ import annotations

from collections.abc import Sequence

from seedtui.cli.script.source_text import definitions_in
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Shot

SPREADING = (
    "callback_on_step_end=change",
    'callback_on_step_end_tensor_inputs=["latents", *dict.fromkeys(["prompt_embeds", *names])]',
)
"""The arguments of the call that take the noise away again."""


def spreading(recipe: Recipe, shots: Sequence[Shot], holds: bool) -> list[str]:
    """Lines that use the names `pipe` and `torch`, and define the callback `change`.

    With `holds`, it calls the callback `swap` too; the tensors that this needs are called `names`. With variations,
    `slerp` is there already.
    """
    sources = [(shot.noise_seed, [(turn.seed, turn.strength) for turn in shot.turns]) for shot in shots]
    needed = definitions_in("engine/diffusion/call/prompt_spread.py", ("spread", "spread_steps"))
    return _LINES.format(
        sources=sources, strength=recipe.spread, share=recipe.spread_share, needed="\n\n\n".join(needed),
        swap=_SWAP if holds else "", names="" if holds else "names = []\n",
    ).splitlines()  # fmt: skip


_SWAP = "    tensors = swap(pipe, step, timestep, tensors)\n"

_LINES = """
# For the first steps, each prompt has noise of its image's seed, turned as the image's own: (seed, [(seed, share)]).
{names}sources = {sources!r}
strength, share = {strength!r}, {share!r}
plain_encode_prompt = pipe.encode_prompt
plain, places = [], []


{needed}


def with_noise(rows):
    return [spread(row, strength, *source) for row, source in zip(rows, sources)]


def encode_prompt(*args, **kwargs):
    made = plain_encode_prompt(*args, **kwargs)
    if plain:  # the negative prompts, which some pipelines encode on their own
        return made
    first, *rest = made if isinstance(made, tuple) else (made,)
    plain[:] = first
    first = torch.stack(with_noise(plain)) if isinstance(first, torch.Tensor) else with_noise(plain)
    return (first, *rest) if isinstance(made, tuple) else first


pipe.encode_prompt = encode_prompt


def put(running, new):
    rows = [*running]
    for place in places:
        for slot, row in enumerate(new):
            rows[place + slot] = row.to(rows[place + slot])
    return torch.stack(rows) if isinstance(running, torch.Tensor) else rows


def change(pipe, step, timestep, tensors):
    size, steps = len(sources), getattr(pipe, "num_timesteps", None) or len(pipe.scheduler.timesteps)
    last = spread_steps(share, steps) - 1
    if step == 0:  # with guidance, the negative prompts come first
        rows, noisy = [*tensors["prompt_embeds"]], with_noise(plain)
        parts = {{at: rows[at : at + size] for at in range(0, len(rows), size)}}
        places[:] = [at for at, part in parts.items() if all(map(torch.equal, part, map(torch.Tensor.to, noisy, part)))]
    if step <= last:
        tensors["prompt_embeds"] = put(tensors["prompt_embeds"], plain)
{swap}    if step < last:
        plain[:] = [*tensors["prompt_embeds"]][places[0] :][:size]
        tensors["prompt_embeds"] = put(tensors["prompt_embeds"], with_noise(plain))
    return tensors


"""
