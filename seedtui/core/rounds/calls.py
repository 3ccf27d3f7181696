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
    def has_one_prompt(self) -> bool:
        """Whether it is the guide's first call: one prompt and many seeds."""
        one = not any(shot.prompt or shot.suffix or shot.holds for shot in self.shots)
        return self.kind != "refine" and one

    @property
    def batch(self) -> Batch:
        """The call, for the record of an image; `kind` and `prompt` are set if they may differ from its round's."""
        if self.control is None:
            return Batch.containing(self.shots)
        return Batch.containing(self.shots, self.kind, self.prompt)

    def prompts_of(self, shot: Shot) -> tuple[str, ...]:
        """The prompts that `shot` follows one after the other."""
        return (*(hold.prompt for hold in shot.holds), shot.text(self.prompt))


def calls(round_: Round) -> tuple[Call, ...]:
    """The calls that make `round_`, each of exactly ``recipe.batch_size`` shots.

    The last call is filled up with copies, so that an image never depends on how many others were asked for
    (promise D2).
    """
    size = round_.recipe.batch_size
    cut = (round_.shots[i : i + size] for i in range(0, len(round_.shots), size))
    return tuple(_call(round_, part) for part in cut)


def batch_again(alone: Round, slot: int, batch: Batch | None) -> Batch:
    """The call, with its kind and prompt, that makes the only image of the round `alone` again, in its `slot`.

    That is the `batch` it was part of. If that is not known, every slot holds the image itself.
    """
    shot, size = alone.shots[0], alone.recipe.batch_size
    if batch is None or not slot < len(batch.seeds) == size:
        return Batch.containing([shot] * size, alone.kind, alone.prompt)
    whole = batch.of(alone.kind, alone.prompt)
    if _inputs(whole.shots[slot], whole) == _inputs(shot, alone):
        return whole
    shot = msgspec.structs.replace(shot, prompt=alone.prompt if whole.prompts else "")
    shots = [*whole.shots[:slot], shot, *whole.shots[slot + 1 :]]  # the image's own record wins
    return Batch.containing(shots, alone.kind, alone.prompt)


def _inputs(shot: Shot, of: Batch | Round) -> tuple[object, ...]:
    """What decides the image of `shot`, wherever its words are split into prompt and suffix."""
    return shot.text(of.prompt or ""), shot.holds, shot.seed, shot.variations


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
    if round_.kind in ("explore", "scout", "grid"):
        return shot.seed % round_.recipe.batch_size
    slot = round_.parent.slot if round_.parent and round_.is_control(shot) else None
    return place if slot is None else slot
