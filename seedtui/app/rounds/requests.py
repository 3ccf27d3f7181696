"""The rounds that a user asks for: made from what was typed, from the pick, or from the marked images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from seedtui.app.rounds.controller import RoundController
from seedtui.app.rounds.finish_rounds import finish_round
from seedtui.app.rounds.new_rounds import explored_round, refined_round, varied_round
from seedtui.app.state.job import ImageRef
from seedtui.app.store import Store
from seedtui.core.errors import InputError, Problem, SeedtuiError
from seedtui.core.prompts.suffixes import NothingNewError
from seedtui.core.rounds.finish_form import Wanted
from seedtui.core.rounds.make import vary
from seedtui.core.rounds.rounds import Picked, Round
from seedtui.core.rounds.variation import Variation

if TYPE_CHECKING:
    from seedtui.library.wildcards import WildcardFolder

MakeRound = Callable[[ImageRef], Round]
"""Makes a round from an image. Raises InputError, FileError."""


class RoundRequests:
    """Called only from the app's thread. Invalid input becomes a problem in the state; it is never raised."""

    def __init__(
        self, store: Store, rounds: RoundController, read_wildcards: Callable[[], WildcardFolder]
    ) -> None:  # fmt: skip
        self._store, self._rounds, self._read_wildcards = store, rounds, read_wildcards

    def made(self, prompt: str, seeds: str) -> Round | None:
        """The newest round of this session that `generate` would only repeat; None if none, or if they are invalid."""
        try:
            new = explored_round(self._store.state, prompt, seeds, self._read_wildcards())
        except SeedtuiError:
            return None  # `generate` says why
        same = (
            round_
            for round_ in reversed(self._store.state.lineage.rounds)
            if (round_.kind, round_.prompt, round_.shots, round_.recipe) == (new.kind, prompt, new.shots, new.recipe)
        )
        return next(same, None)

    def generate(self, prompt: str, seeds: str) -> bool:
        """Start an explore round; False if the input is invalid."""
        try:
            return self._rounds.begin(explored_round(self._store.state, prompt, seeds, self._read_wildcards()))
        except SeedtuiError as error:
            return self._rounds.refuse(error.problem)

    def refine(self, prompt: str, suffixes: tuple[str, ...], holds: Sequence[float] = (0.0,)) -> bool:
        """Start a refine round of the pick, with its own recipe, at each of `holds`; False if that is not possible.

        If the pick is not there yet, the round waits for it.
        """
        return self._from_pick(lambda image: self._refined(image, prompt, suffixes, holds))

    def refine_marked(self, prompt: str, suffixes: tuple[str, ...], holds: Sequence[float] = (0.0,)) -> bool:
        """Start a refine round of each marked image that exists or is to come, from `prompt`; from its own if "".

        False if there is none.
        """
        return self._from_marked(lambda image: self._refined(image, prompt or None, suffixes, holds))

    def vary(self, variations: Sequence[Variation]) -> bool:
        """Start a vary round of the pick, or of each marked image, with its own recipe; False if not possible.

        If a picture is not there yet, its round waits for it.
        """
        begin = self._from_marked if self._store.state.marks else self._from_pick
        return begin(lambda image: varied_round(self._store.state, image, variations))

    def begin_varied(self, prompt: str, seed: int, variations: Sequence[Variation]) -> bool:
        """Start a round of one image that is a variation already, made by another program; False if it is invalid."""
        picked = Picked(prompt, variations=tuple(variations[:-1]))
        try:
            return self._rounds.begin(vary(seed, variations[-1:], self._store.state.recipe, picked=picked))
        except SeedtuiError as error:
            return self._rounds.refuse(error.problem)

    def _refined(self, image: ImageRef, prompt: str | None, suffixes: tuple[str, ...], holds: Sequence[float]) -> Round:
        return refined_round(self._store.state, image, prompt, suffixes, holds, self._read_wildcards())

    def _from_pick(self, make: MakeRound) -> bool:
        """Start the round that `make` makes from the pick."""
        state = self._store.state
        round_view = state.round_view
        if round_view is None or not round_view.may_have(round_view.pick):
            hint = "Run the round again with ctrl+r, or pick another"
            deletion = state.deletion((state.shown, round_view.pick)) if round_view else None
            return self._rounds.refuse(deletion or Problem("input", "the picked image was not made", hint))
        try:
            return self._rounds.begin(make((round_view.round.id, round_view.pick)))
        except SeedtuiError as error:
            return self._rounds.refuse(error.problem)

    def _from_marked(self, make: MakeRound) -> bool:
        """Start the rounds that `make` makes from the marked images that exist or are to come."""
        state = self._store.state
        images = [(id_, index) for id_, index in state.marks if state.round_views[id_].may_have(index)]
        if not images:
            hint = "Run their rounds again with ctrl+r, or mark others"
            return self._rounds.refuse(Problem("input", "no marked image was made", hint))
        rounds: list[Round] = []
        nothing_new: NothingNewError | None = None
        for image in images:
            try:
                rounds.append(make(image))
            except NothingNewError as error:
                nothing_new = error
            except SeedtuiError as error:
                return self._rounds.refuse(error.problem)
        if nothing_new and not rounds:
            return self._rounds.refuse(nothing_new.problem)
        for round_ in rounds:
            self._rounds.begin(round_)
        return True

    def finishes(self, wanted: Wanted) -> tuple[Round, ...]:
        """The rounds that `finish` would start: one for the pick, or for each marked image.

        Raises:
            InputError, ModelError: a value does not fit, or none of the images exists or is to come.
        """
        state = self._store.state
        images = [image for image in state.targets if state.round_views[image[0]].may_have(image[1])]
        if not images:
            raise InputError("the picture was not made", "Run its round again with ctrl+r, or pick another")
        return tuple(finish_round(state, image, wanted) for image in images)

    def finish(self, wanted: Wanted) -> bool:
        """Start a finish round of the pick, or of each marked image; False if that is not possible."""
        try:
            rounds = self.finishes(wanted)
        except SeedtuiError as error:
            return self._rounds.refuse(error.problem)
        for round_ in rounds:
            self._rounds.begin(round_)
        return True
