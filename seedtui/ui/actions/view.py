"""What the keys do with the screen: where the focus goes, help, manual, zoom, redraw, and out."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App

from seedtui.app.controller import Controller
from seedtui.app.state.state import State
from seedtui.core.config.settings import Config
from seedtui.core.text.formatting import counted, nth
from seedtui.ui.keys.action import Focus
from seedtui.ui.keys.keymap import shown_keys
from seedtui.ui.keys.places import place_of, sections
from seedtui.ui.messages import SuffixSetsAsked
from seedtui.ui.picture_output import PictureOutput
from seedtui.ui.screens.compare import CompareScreen
from seedtui.ui.screens.help import HelpScreen
from seedtui.ui.screens.main import MainScreen
from seedtui.ui.screens.suffix_sets import SetAnswer, SuffixSetsScreen

_PAGES: dict[Focus, str] = {"suffixes": "refining", "tree": "files-and-recovery", "prompt": "getting-started"}
"""The manual pages for the parts of the main screen; "keys" or "scouting" for the pictures."""


class ViewActions:
    """Changes the view, never a round. `keep_setting` writes a value to the user's config."""

    def __init__(
        self, app: App[None], main: MainScreen, controller: Controller, config: Config,
        output: PictureOutput, keep_setting: Callable[[tuple[str, ...], bool], object],
    ) -> None:  # fmt: skip
        self._output = output
        self._app, self._main, self._controller, self._config = app, main, controller, config
        self._set_name = ""
        self._keep_setting = keep_setting

    def zoom(self) -> None:
        """Show the pick alone, or go back."""
        pictures = self._main.pictures
        pictures.zoomed = not pictures.zoomed
        self._controller.store.announce()  # the whole picture of a tile must be read first
        self._app.refresh_bindings()

    def details(self) -> None:
        """Show how the pick was made, or hide it; on a wide screen that is remembered."""
        self._main.toggle_details()
        if self._main.is_broad:
            self._keep_setting(("details",), self._main.details is not None)
        self._controller.store.announce()
        self._app.refresh_bindings()

    def scroll_details(self, pages: int) -> None:
        """Scroll the details by that many pages."""
        if (pane := self._main.details) is not None:
            pane.scroll_relative(y=pages * max(1, pane.size.height - 2), animate=False)

    def pictures(self) -> None:
        """Return to the pictures from wherever the focus is, and close a message; if already there, a report too."""
        at_pictures, closes = self._main.place == "pictures", self._controller.state.closable
        if at_pictures or closes:
            self._controller.put_away()
        if not (at_pictures and closes):
            self._main.go_to_pictures()
        self._app.refresh_bindings()

    def begun(self, before: State) -> None:
        """Rounds have been added since `before`: go to the shown one, or say where the others wait."""
        state = self._controller.state
        if state.shown != before.shown:
            self.pictures()
            return
        if not self._main.is_on(self._main.pictures):
            self._main.go_to_pictures()
        self._controller.say(waits_in_words(before, state, shown_keys("queue", self._config.keys)))
        self._app.refresh_bindings()

    def tree(self) -> None:
        """Show the tree of rounds, or go back."""
        if self._main.place == "tree":
            self.pictures()
        else:
            self._main.go_to_rounds()

    def starred(self) -> None:
        """Show only rounds with stars in the tree, or all again."""
        self._main.rounds.starred = not self._main.rounds.starred
        if self._main.rounds.starred:
            self._main.go_to_rounds()

    def prompt(self) -> None:
        """Go to the prompt line."""
        self._main.set_focus(self._main.prompt_bar.prompt)

    def field(self, step: int) -> None:
        """Move the focus to the next place that takes keys, or the previous one."""
        if step > 0:
            self._main.focus_next()
        else:
            self._main.focus_previous()
        self._app.refresh_bindings()

    def help(self) -> None:
        """Show all keys, those of the present place first."""
        listed = sections(place_of(self._app.screen), self._main.place, sheet=self._on_sheet)
        self._app.push_screen(HelpScreen(listed, self._config.keys))

    def manual(self) -> None:
        """Open the manual at the relevant page, or go back."""
        from seedtui.ui.screens.manual import ManualScreen  # Markdown: not before the first frame

        screen = self._app.screen
        if isinstance(screen, ManualScreen):
            screen.action_close()
            return
        here = "scouting" if self._on_sheet else "keys"
        topic = _PAGES.get(self._main.place, here) if screen is self._main else getattr(screen, "MANUAL_PAGE", "keys")
        self._app.push_screen(ManualScreen(topic))

    def suffix_sets(self, message: SuffixSetsAsked) -> None:
        """Load a suffix set into the suffix pane, or save its lines as one."""

        def answer(set_: SetAnswer | None) -> None:
            self._set_name = screen.typed_name if set_ is None and screen.typed_name != message.current else ""
            if set_ is not None and set_.saved:
                pane.save_set(set_.name)
            elif set_ is not None and pane.take_set(set_.name):
                self._controller.say(f"suffix set {set_.name} loaded: ctrl+z brings back your lines")

        pane = self._main.suffix_pane
        screen = SuffixSetsScreen(message.sets, message.current, message.lines, self._set_name)
        self._app.push_screen(screen, answer)

    def redraw(self) -> None:
        """Redraw the pictures and everything else."""
        self._output.redraw()

    def send_again(self) -> None:
        """Send the terminal all pictures again, even those beneath another screen."""
        self._main.send_again()
        if isinstance(self._app.screen, CompareScreen):
            self._app.screen.send_again()

    def leave(self) -> None:
        """Quit, from anywhere."""
        self._app.exit()

    @property
    def _on_sheet(self) -> bool:
        return self._main.pictures is self._main.sheet_pane


def waits_in_words(before: State, state: State, key: str) -> str:
    """Where the rounds that were added since `before` wait, and the `key` that shows them; "" if none waits."""
    new = [id_ for id_ in state.queue.ids if id_ not in before.round_views]
    if not new:
        return ""
    if len(new) > 1:
        return f"{counted(len(new), 'round')} wait · {key} shows them"
    why = "waiting for its picture" if new[0] in state.awaiting else "waiting"
    return f"{why}, {nth(state.queue.place(new[0]))} in the queue · {key} shows it"
