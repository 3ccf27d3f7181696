"""What the keys do with the prompt line: generate from it, and reuse an earlier round in it."""

from __future__ import annotations

from collections.abc import Mapping

from seedtui.app.controller import Controller
from seedtui.app.rounds.finish_rounds import unfinished
from seedtui.core.errors import SeedtuiError
from seedtui.core.rounds.rounds import Round, Shot
from seedtui.core.rounds.seeds import MAX_SEED, format_seeds, parse_seeds
from seedtui.ui.actions.background import Background
from seedtui.ui.actions.view import ViewActions
from seedtui.ui.keys.keymap import shown_keys
from seedtui.ui.screens.main import MainScreen

_STATES = {"waiting": "already waiting", "running": "already running"}


class PromptLineActions:
    """`seeds` are used where the prompt line has none."""

    def __init__(
        self, main: MainScreen, controller: Controller, view: ViewActions, background: Background, seeds: str,
        keymap: Mapping[str, str],
    ) -> None:  # fmt: skip
        self._main, self._controller, self._view, self._background = main, controller, view, background
        self._seeds, self._keymap = seeds, keymap
        self._told = ""

    def generate(self) -> None:
        """Start an explore round. If it would only repeat one, show that one, and say so; again repeats it."""
        bar = self._main.prompt_bar
        made = self._controller.requests.made(bar.words, self._wanted)
        if made is not None and not self._is_repeated(made):
            self._go_to(made)
            return
        before = self._controller.state
        if self._controller.requests.generate(bar.words, self._wanted):
            if made is not None:
                self._controller.say(f"once more: {made.title}")
            bar.settle()
            self._view.begun(before)

    def next_seeds(self) -> None:
        """Generate from as many new seeds, after the last one. Seeds whose round is there already are skipped."""
        bar = self._main.prompt_bar
        try:
            seeds = _after(parse_seeds(self._wanted))
        except SeedtuiError as error:
            self._controller.tell(error.problem)
            return
        while self._controller.requests.made(bar.words, format_seeds(seeds)):
            seeds = _after(seeds)
        bar.seeds.value = format_seeds(seeds)
        self.generate()

    def take_up(self) -> None:
        """Put the shown round's prompt, seeds and recipe back; of a round made from an image, those of its pick.

        A finished picture has those of the picture that it was finished from. A prompt line has no holds and no
        variations: says which ones are left out.
        """
        state = self._controller.state
        if state.round_view is None:
            return
        id_, index = unfinished(state, (state.shown, state.round_view.pick))
        round_ = state.round_views[id_].round
        prompt, shots = round_.prompt, round_.shots
        if state.round_view.round.kind != "explore":
            prompt, shots = round_.full_prompt(shots[index]), (shots[index],)
        seeds = format_seeds(tuple(shot.seed for shot in shots))
        replaced = self._main.prompt_bar.prompt.text not in ("", prompt)
        self._main.prompt_bar.take(prompt, seeds)
        words = f"prompt, seed{'s' if len(shots) > 1 else ''} {seeds}"
        if round_.recipe != state.recipe:
            self._controller.use(round_.recipe)
            words += ", recipe"
        self._view.prompt()
        left = _left_out(shots[0]) if len(shots) == 1 else ""
        back = " · ctrl+z brings back what you wrote" * replaced
        self._background.say(f"reused: {words}{left}{back}")

    @property
    def _wanted(self) -> str:
        return self._main.prompt_bar.seeds.value or self._seeds

    def _is_repeated(self, made: Round) -> bool:
        """Whether the user was told of `made` just now, and still looks at it."""
        told, self._told = self._told, ""
        return told == made.id == self._controller.state.shown

    def _go_to(self, made: Round) -> None:
        """Show a round that is there already, and say so; run it again if it was stopped."""
        self._main.prompt_bar.settle()
        self._controller.pictures.show(made)
        self._view.pictures()
        made_view = self._controller.state.round_views[made.id]
        if made_view.stopped:
            self._controller.rounds.run_again(made)
            return
        self._told = made.id
        state = _STATES.get(made_view.status, "already made")
        self._background.say(f"{state}: {made.title} · {shown_keys('generate', self._keymap)} again repeats it")


def _left_out(shot: Shot) -> str:
    """What of an image the prompt line cannot hold: ``, not its hold, its variation``."""
    left = [name for name, has in (("hold", shot.holds), ("variation", shot.variations)) if has]
    return f", without the {' and the '.join(left)} of the picture" if left else ""


def _after(seeds: tuple[int, ...]) -> tuple[int, ...]:
    """As many seeds after the last of `seeds`."""
    first = max(seeds) + 1 if max(seeds) + len(seeds) <= MAX_SEED else 0
    return tuple(range(first, first + len(seeds)))
