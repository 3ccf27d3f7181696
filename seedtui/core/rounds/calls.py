"""Pipeline calls: a round is split into calls of a fixed shape, and an image is made again by its own call."""

from __future__ import annotations

import msgspec

from seedtui.core.rounds.rounds import Batch, Round, RoundKind, Shot


class Call(msgspec.Struct, frozen=True):
    """One call of the pipeline: `shots` fills every slot of the batch, and the images in `slots` are kept.

    `control` is set if the call repeats one of another round: it is the one kept image, as a shot of this round.
    """

    kind: RoundKind
    prompt: str
    shots: tuple[Shot, ...]
    slots: tuple[int, ...]
    control: Shot | None = None

    @property
    def wanted(self) -> tuple[tuple[int, Shot], ...]:
        """Slot and shot of each image to keep, in the order of the round."""
        return tuple((slot, self.control or self.shots[slot]) for slot in self.slots)

    @property
    def has_prompts(self) -> bool:
        """Whether its slots have prompts of their own."""
        return any(shot.prompt for shot in self.shots)

    @property
    def batch(self) -> Batch:
        """The call, for the record of an image; `kind` and `prompt` are set if they may differ from its round's."""
        return Batch(
            seeds=tuple(shot.seed for shot in self.shots),
            suffixes=tuple(shot.suffix for shot in self.shots) if self.kind == "refine" else (),
            prompts=tuple(shot.prompt for shot in self.shots) if self.has_prompts else (),
            kind=self.kind if self.control else None,
            prompt=self.prompt if self.control else None,
        )


def calls(round_: Round) -> tuple[Call, ...]:
    """The calls that make `round_`, each of exactly ``recipe.batch_size`` shots.

    The last call is filled up with copies, so that an image never depends on how many others were asked for
    (promise D2).
    """
    size = round_.recipe.batch_size
    cut = (round_.shots[i : i + size] for i in range(0, len(round_.shots), size))
    return tuple(_call(round_, part) for part in cut)


def batch_again(kind: RoundKind, prompt: str, shot: Shot, slot: int, batch: Batch | None, size: int) -> Batch:
    """The call, with its kind and prompt, that makes the image of `shot` again in its `slot`.

    That is the `batch` it was part of. If that is not known, every slot holds the image itself.
    """
    if batch is None or not slot < len(batch.seeds) == size:
        return Batch(seeds=(shot.seed,) * size, suffixes=(shot.suffix,) * size, kind=kind, prompt=prompt)
    whole = batch.of(kind, prompt)
    mine = whole.shots[slot]
    if (mine.text(whole.prompt or ""), mine.seed) == (prompt + shot.suffix, shot.seed):
        return whole
    own = msgspec.structs.replace(shot, prompt=prompt if whole.prompts else "")
    shots = (*whole.shots[:slot], own, *whole.shots[slot + 1 :])  # the image's own record wins
    return msgspec.structs.replace(Call(kind, prompt, shots, (slot,)).batch, kind=kind, prompt=prompt)


def call_of_pick(round_: Round, control: Shot) -> Call | None:
    """The exact call that the pick was part of, to make `control`; None if it is unknown, or made a different image.

    Needed because models that pad prompts to the longest of a batch let the neighbours change an image.
    """
    batch, slot = round_.pick_batch, round_.parent.slot if round_.parent else None
    if batch is None or slot is None or not slot < len(batch.seeds) == round_.recipe.batch_size:
        return None
    prompt, shot = batch.prompt or round_.prompt, batch.shots[slot]
    if (shot.text(prompt), shot.seed) != (round_.full_prompt(control), control.seed):
        return None
    return Call(batch.kind or round_.kind, prompt, batch.shots, (slot,), control)


def _call(round_: Round, part: tuple[Shot, ...]) -> Call:
    """Place `part` in the slots of one batch.

    On a CPU with many threads the low bits also depend on the slot. So in a batch that is not full, a seed goes into
    the slot it has in a round of the seeds 0, 1, 2, ..., and a control goes where the pick was, if that slot is free.
    """
    size = round_.recipe.batch_size
    slots: list[int] = []
    for place, shot in enumerate(part):
        free = [slot for slot in range(size) if slot not in slots]
        home = _home(round_, shot, place) if len(part) < size else place
        slots.append(home if home in free else free[0])
    shots = [part[-1]] * size
    for slot, shot in zip(slots, part, strict=True):
        shots[slot] = shot
    return Call(round_.kind, round_.prompt, tuple(shots), tuple(slots))


def _home(round_: Round, shot: Shot, place: int) -> int:
    """The preferred slot of `shot`, the one at `place` of a batch that is not full."""
    if round_.kind == "explore":
        return shot.seed % round_.recipe.batch_size
    slot = round_.parent.slot if round_.parent and round_.is_control(shot) else None
    return place if slot is None else slot
