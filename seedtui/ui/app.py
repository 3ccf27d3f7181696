"""The app: one screen over a `Controller`. Routes keys and messages, and hands each widget the value it draws."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.events import AppFocus
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.screen import Screen

from seedtui.app.comparer import Comparer
from seedtui.app.controller import Controller
from seedtui.app.engine_link import EngineLink
from seedtui.app.launch import EarlyInput, Launch
from seedtui.app.persistence import Persistence
from seedtui.app.state import State
from seedtui.core.errors import one_line
from seedtui.core.prompts.prompt import EXAMPLE
from seedtui.core.rounds.seeds import format_seeds
from seedtui.core.text.display import visible, visible_lines
from seedtui.core.text.formatting import counted
from seedtui.engine.client.connection import Engine
from seedtui.engine.wire import protocol as p
from seedtui.library.paths import log_file
from seedtui.library.private import open_private
from seedtui.terminal import Pacer, Renderer
from seedtui.terminal.output.picture_writer import PictureWriter
from seedtui.ui import messages as m
from seedtui.ui.actions.rounds import RoundActions
from seedtui.ui.key_filter import KeyFilter
from seedtui.ui.keys import APP_KEYS, WHILE_TYPING, has_work
from seedtui.ui.line_gate import LineGate
from seedtui.ui.screens.compare import CompareScreen
from seedtui.ui.screens.help import HelpScreen
from seedtui.ui.screens.main import MainScreen
from seedtui.ui.screens.queue import QueueScreen
from seedtui.ui.signals import leave_on_signals
from seedtui.ui.theme import DARK

if TYPE_CHECKING:
    from seedtui.library.library import Library

_OURS = frozenset(key.action.partition("(")[0] for key in APP_KEYS)


def _decides_keys(state: State) -> tuple[object, ...]:
    """What of `state` says which keys work."""
    known = state.model, state.parked, state.verification.check, state.verification.report
    return state.round_views, state.shown, state.queue, state.sent, state.problem, state.activity.stuck, *known


class SeedtuiApp(KeyFilter, RoundActions):
    """`start_engine` and `open_library` are called in the background, never before the first frame.

    Without `launch`: a new session with the default settings.
    """

    TITLE = "seedtui"
    CSS_PATH = "app.tcss"
    BINDINGS = [*APP_KEYS]

    def __init__(
        self, start_engine: Callable[[], Engine], open_library: Callable[[], Library], renderer: Renderer,
        launch: Launch | None = None, early: EarlyInput | None = None, *, save_to: Path | None = None,
    ) -> None:  # fmt: skip
        launch, early = launch or Launch(), early or EarlyInput()
        super().__init__()
        self.register_theme(DARK)
        self.config = launch.config
        self.set_reactive(App.theme, self.config.theme)  # without the watcher, which would parse all CSS a second time
        self.stylesheet.set_variables(self.get_css_variables())
        self.set_keymap(dict(self.config.keys))
        self._renderer = renderer
        self._gate = LineGate()
        self._prompt = launch.prompt
        self._typed = early.typed
        if early.owes:
            self.expect_late_answers()
        self._seeds = launch.filled_seeds or format_seeds(tuple(range(launch.images)))
        self._notices = launch.notices
        self.save_to = save_to or Path.cwd()
        pacer = Pacer(renderer.previews_per_second, renderer.bytes_per_second)
        self._picture_writer = PictureWriter(renderer, pacer, lambda sequences: self.write(sequences), self._send_again)
        words = launch.prompt or launch.filled_prompt or early.typed or EXAMPLE
        self.main = MainScreen(renderer, self._picture_writer, launch.recipe.model, words, self._seeds, self.config)
        self.controller = Controller(
            EngineLink(start_engine, self.post_message), Persistence(open_library, self.post_message, launch.session),
            launch.recipe, pacer, self._show_change, Comparer(self.post_message),
        )  # fmt: skip

    def on_load(self) -> None:
        leave_on_signals(lambda number: self.exit(return_code=128 + number))

    def get_default_screen(self) -> Screen:
        return self.main

    def on_main_screen_ready(self) -> None:
        self.main.prompt_bar.prompt.select_on_focus = not self._typed  # typing goes on where it began
        self._show_change(self.state, self.state)
        self.theme_changed_signal.subscribe(self, lambda theme: self._keep_setting(("theme",), theme.name))
        self.run_worker(self._picture_writer.watch(), group="losses")
        self.call_after_refresh(self.controller.start)  # the worker's imports would fight the first frame for the CPU
        if self._notices:
            self.tell_notices(self._notices)
        if self._prompt is not None:
            self.action_generate()

    def on_unmount(self) -> None:
        self._picture_writer.close()
        if lost := self.controller.close():
            self._exit_renderables.append(f"seedtui: {counted(lost, 'picture')} could not be written.")

    @property
    def state(self) -> State:
        """What is shown."""
        return self.controller.state

    def notify(
        self, message: str, *, title: str = "", severity: SeverityLevel = "information",
        timeout: float | None = None, markup: bool = False,
    ) -> None:  # fmt: skip
        """Tell `message`: never markup, as what is told may hold anything."""
        message, title = visible_lines(message), visible(title)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Send `text` to the terminal's clipboard, exactly, but for what is no text (lone surrogates)."""
        super().copy_to_clipboard(text.encode(errors="replace").decode())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's hook: what each line of the screen goes through."""
        return [*super().get_line_filters(), self._gate]

    def write(self, sequences: str) -> None:
        """Give the terminal what an `Renderer` wants sent. The one place that reaches for Textual's driver."""
        if sequences and self._driver is not None:
            self._driver.write(sequences)

    def _show_change(self, old: State, state: State) -> None:
        if not self.screen_stack or not self.main.is_there:
            return  # a last word of the library, while the app leaves
        self.main.show_state(state, self.controller.picture_cache)
        if _decides_keys(old) != _decides_keys(state):
            self.refresh_bindings()
        if isinstance(self.screen, QueueScreen):
            self.screen.state = state

    # --- messages

    def on_engine_event(self, message: m.EngineEvent) -> None:
        if not self.main.is_there:
            return  # the app leaves
        if isinstance(message.event, p.Tokens):
            self.main.suffix_pane.show_tokens(self.controller.answered(message.event), message.event)
            return
        if isinstance(message.event, p.Told):
            self.notify(message.event.words)
        self.controller.on_engine_event(message)
        if isinstance(message.event, p.Loaded):
            self.main.suffix_pane.forget_tokens()

    def on_round_journaled(self, message: m.RoundJournaled) -> None:
        self.controller.on_round_journaled(message)

    def on_saved(self, message: m.Saved) -> None:
        self.controller.on_saved(message)

    def on_save_failed(self, message: m.SaveFailed) -> None:
        self.controller.on_save_failed(message)

    def on_pictures_read(self, message: m.PicturesRead) -> None:
        self.controller.on_pictures_read(message)
        if isinstance(self.screen, CompareScreen):
            self.screen.show_pictures(message.round_id, {i: picture for i, (picture, _) in message.images.items()})

    def on_image_read_again(self, message: m.ImageReadAgain) -> None:
        self.controller.on_image_read_again(message)

    def on_verification_judged(self, message: m.VerificationJudged) -> None:
        self.controller.on_verification_judged(message)

    def on_control_compared(self, message: m.ControlCompared) -> None:
        self.controller.on_control_compared(message)

    def on_count_asked(self, message: m.CountAsked) -> None:
        self.controller.count_tokens(message.prompts)

    def on_suffix_set_kept(self, message: m.SuffixSetKept) -> None:
        path = ("suffix_sets", message.name)
        self._keep_setting(path, list(message.lines), f"suffix set {message.name} kept")

    def on_line_list_chosen(self) -> None:
        self.action_pictures()

    def on_app_focus(self, _event: AppFocus) -> None:
        self._send_again()

    # --- keys

    def action_tree(self) -> None:
        """The tree of rounds; a second time, back."""
        if self.main.is_on(self.main.rounds):
            self.action_pictures()
        else:
            self.main.go_to_rounds()

    def action_prompt(self) -> None:
        """To the prompt line."""
        self.main.set_focus(self.main.prompt_bar.prompt)

    def action_field(self, step: int) -> None:
        """The focus on the next place that takes keys, or on the one before."""
        if step > 0:
            self.main.focus_next()
        else:
            self.main.focus_previous()
        self.refresh_bindings()

    def action_leave(self) -> None:
        """Quit, from wherever."""
        self.exit()

    def action_help(self) -> None:
        """All keys."""
        self.push_screen(HelpScreen(self.config.keys))

    def action_redraw(self) -> None:
        """Give the terminal the pictures again, and everything else."""
        self._send_again()
        self.refresh(layout=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key works on the main screen only, and not where it is text; then as `_works` says."""
        if action not in _OURS:
            return True
        if len(self.screen_stack) > 1:
            return action == "leave"
        return (action in WHILE_TYPING or not self.main.is_typing) and self._works(action)

    def _works(self, action: str) -> bool:
        """Whether `action` has something to act on now, where the focus is."""
        on_pictures = self.main.is_on(self.main.grid)
        match action:
            case "undo":
                return self.controller.sessions.can_undo
            case "retry" if self.main.is_on(self.main.suffix_pane):
                return self.state.retryable  # else the key runs the suffixes
            case "control":
                return self.main.is_on(self.main.suffix_pane)
            case "pictures":
                return not on_pictures or self.main.grid.zoomed or self.state.verification.to_be_read is not None
            case "move_pick" | "suffixes" | "mark" if not on_pictures:
                return False
            case _:
                return has_work(action, self.state)

    def get_system_commands(self, screen: Screen) -> Iterable[SystemCommand]:
        """Every key's action by name, then Textual's own."""
        for key in APP_KEYS:
            if key.id != "quit.always" and self._works(key.action.partition("(")[0]):
                yield SystemCommand(key.description.capitalize(), key.tooltip, self._runner(key))
        yield SystemCommand(
            "Restart the worker", "End it, whatever it does, and start another", self.controller.restart
        )
        if self._works("export"):
            about = "The session as one file, in the folder the app was started in"
            yield SystemCommand("Export as zip", about, lambda: self.action_export(True))
        yield from (c for c in super().get_system_commands(screen) if c.title in ("Theme", "Screenshot"))

    # --- within

    def _send_again(self) -> None:
        """Give the terminal all pictures again, those beneath another screen too."""
        self.main.send_again()
        if isinstance(self.screen, CompareScreen):
            self.screen.send_again()

    def _runner(self, key: Binding) -> Callable[[], object]:
        return lambda: self.call_later(self.run_action, key.action)

    def _keep_setting(self, path: tuple[str, ...], value: str | list[str], words: str = "") -> None:
        """Write a value into the user's config; `words` are told when it is there."""
        from seedtui.library.config_file import keep_setting

        def write() -> str:
            keep_setting(path, value)
            return words

        self.aside(write)

    def _fatal_error(self) -> None:
        """Textual's hook for an exception that nobody caught: the trace goes to the log, one line to the screen."""
        log = log_file()
        with open_private(log, "w") as file:
            file.write(traceback.format_exc())
        line = f"seedtui: a fault of the program: {one_line(self._exception)}. All rounds are kept. See {visible(log)}"
        self._exit_renderables.append(line)
        self._close_messages_no_wait()
