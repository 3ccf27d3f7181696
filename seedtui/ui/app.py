"""The app: one screen over a `Controller`. Routes keys and messages, and gives each widget the value it draws."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.command import CommandPalette
from textual.events import AppBlur, AppFocus, CursorPosition, Event, Key, Paste, Resize
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.screen import Screen

from seedtui.app import events as e
from seedtui.app.controller import Controller
from seedtui.app.launch import EarlyInput, Launch
from seedtui.app.rounds.saved_states import Saving
from seedtui.app.state.state import State
from seedtui.core.errors import one_line
from seedtui.core.rounds.seeds import format_seeds
from seedtui.core.text.display import visible, visible_lines
from seedtui.core.text.formatting import counted
from seedtui.engine.client.connection import Engine
from seedtui.engine.wire import protocol as p
from seedtui.library.paths import log_file
from seedtui.library.private import open_private
from seedtui.library.wildcards import wildcards_of
from seedtui.terminal.probe.reports import Reports
from seedtui.terminal.reattachment import Reattachment
from seedtui.terminal.renderers.switchable import SwitchableRenderer
from seedtui.ui import messages as m
from seedtui.ui.actions.background import Background
from seedtui.ui.actions.finish import FinishActions
from seedtui.ui.actions.grids import GridActions
from seedtui.ui.actions.marks import MarkActions
from seedtui.ui.actions.model import ModelActions
from seedtui.ui.actions.open_image import OpenImage
from seedtui.ui.actions.outside import OutsideActions
from seedtui.ui.actions.picks import PickActions
from seedtui.ui.actions.prompt_line import PromptLineActions
from seedtui.ui.actions.rounds import RoundActions
from seedtui.ui.actions.scout import ScoutActions
from seedtui.ui.actions.sessions import SessionActions
from seedtui.ui.actions.sheet import SheetActions
from seedtui.ui.actions.view import ViewActions
from seedtui.ui.hints import Hints
from seedtui.ui.keys.action import Action, Context
from seedtui.ui.keys.key_filter import KeyFilter
from seedtui.ui.keys.keymap import shown_keys
from seedtui.ui.keys.palette import Command, PaletteProvider
from seedtui.ui.keys.places import is_text, place_of
from seedtui.ui.keys.table import ACTIONS, ON_MAIN, actions_of, bindings
from seedtui.ui.keys.type_ahead import TypeAhead, WaitingScreen, needs_no_list
from seedtui.ui.line_gate import LineGate
from seedtui.ui.picture_output import PictureOutput
from seedtui.ui.reporter import Reporter
from seedtui.ui.screens.compare import CompareScreen
from seedtui.ui.screens.find import FindScreen
from seedtui.ui.screens.following import FollowingScreen
from seedtui.ui.screens.main import MainScreen
from seedtui.ui.screens.sessions import SessionsScreen
from seedtui.ui.signals import leave_on_signals
from seedtui.ui.textual_internals import (
    keep_escapes_in_pastes,
    on_fatal_error,
    print_after_exit,
    read_any_bytes,
    tell_escape_from_alt,
)
from seedtui.ui.theme import OURS, offered, readable, usable
from seedtui.ui.widgets.bars.prompt_bar import PromptBar

if TYPE_CHECKING:
    from seedtui.library.library import Library


def _decides_keys(state: State) -> tuple[object, ...]:
    """The parts of `state` that determine which keys work."""
    known = state.model, state.parked, state.marks, state.verifying, state.verification.report, state.background
    return (
        state.round_views,
        state.shown,
        state.queue,
        state.job,
        state.shown_problem,
        state.activity.stuck,
        state.pooled,
        *known,
    )


class SeedtuiApp(App[None]):
    """`start_engine` and `open_library` are called in the background, never before the first frame.

    Without `launch`: a new session with the default settings.
    """

    TITLE = "seedtui"
    CSS_PATH = "app.tcss"
    BINDINGS = bindings("main")
    COMMANDS = {PaletteProvider}

    def __init__(
        self, start_engine: Callable[[], Engine], open_library: Callable[[], Library], renderer: SwitchableRenderer,
        launch: Launch | None = None, early: EarlyInput | None = None, *, save_to: Path | None = None,
        reports: Reports | None = None, reattachment: Reattachment | None = None,
    ) -> None:  # fmt: skip
        launch, early = launch or Launch(), early or EarlyInput()
        super().__init__()
        tell_escape_from_alt()
        keep_escapes_in_pastes()
        read_any_bytes()
        for theme in OURS:
            self.register_theme(theme)
        for name in set(self.available_themes) - set(offered()):
            self.unregister_theme(name)
        self.config = launch.config
        self.set_reactive(
            App.theme, usable(self.config.theme)
        )  # bypasses the watcher, which would parse all CSS a second time
        self.stylesheet.set_variables(self.get_css_variables())
        self.set_keymap(dict(self.config.keys))
        self._gate = LineGate()
        self._prompt, self._opened = launch.prompt, launch.opened
        self.type_ahead = TypeAhead(self, super().on_event, self._key_waits)
        self._key_filter = KeyFilter(self, self.type_ahead.on_event, early.owes)
        seeds = launch.filled_seeds or format_seeds(tuple(range(launch.images)))
        self._notices = launch.notices
        self._told_of_noise = False
        self.save_to = save_to or Path.cwd()
        self.output = PictureOutput(self, renderer, lambda: self.view.send_again(), reattachment, self._key_filter.ask)
        send = self.output.writer
        self._reporter = Reporter(self, self.output.write, reports or Reports(), self.config.notify)
        words = launch.prompt or launch.filled_prompt
        self.hints = Hints(self.config, lambda words: self.main.show_hint(words))
        prompt_bar = PromptBar(words, seeds, "" if words else early.typed)
        self.main = MainScreen(renderer, send, launch.recipe.model, prompt_bar, self.config, self.hints.welcomes)
        self.controller = Controller(
            start_engine,
            open_library,
            launch.recipe,
            send.pacer,
            self._post,
            self._show_change,
            lambda: wildcards_of(self.config),
            launch.session,
            Saving(int(self.config.scout_limit * 1e9), self.config.scout_saved == "keep"),
            elsewhere=bool(launch.pool.hosts or launch.pool.ray),
        )
        on_fatal_error(self, self._tell_fault)
        both = self.main, self.controller
        self.background = Background(self, self.controller.tell, self.controller.say)
        self.view = ViewActions(self, *both, self.config, self.output, self._keep_setting)
        self.rounds = RoundActions(self, *both, self.view)
        self.finishing = FinishActions(self, self.controller, self.view)
        self.grids = GridActions(self, *both, self.view)
        self.prompt_line = PromptLineActions(*both, self.view, self.background, seeds, self.config.keys)
        self.marks = MarkActions(self.controller)
        self.scouting = ScoutActions(self, *both, self.view)
        self.sheet = SheetActions(self, *both)
        self.picks = PickActions(self, self.controller, self.background, renderer, send, self.save_to)
        self.outside = OutsideActions(
            self, self.controller, self.background, self.config.viewer, send,
            self._key_filter.expect_clipboard,
        )  # fmt: skip
        self.model = ModelActions(self, self.controller, self.config, self.save_to)
        self.sessions = SessionActions(self, *both, self.background, self.save_to)
        self.opening = OpenImage(self, *both, self.view)

    def on_load(self) -> None:
        leave_on_signals(lambda number: self.exit(return_code=128 + number))

    def get_default_screen(self) -> Screen[Any]:
        return self.main

    def on_main_screen_ready(self) -> None:
        self._show_change(self.state, self.state)
        self.theme_changed_signal.subscribe(self, lambda theme: self._keep_setting(("theme",), theme.name))
        self.output.begin()
        self.call_after_refresh(self._start)  # or the worker's imports would slow the first frame
        if self._opened is not None:
            self.opening.begin(self._opened)
        elif self._prompt is not None:
            self.prompt_line.generate()
        if self.theme != self.config.theme:
            words = f"the terminal decides its colours, which may be unreadable; {self.theme} is in its place"
            self.notify(words, title=f"theme {self.config.theme} is not offered")
        if self._notices:
            self.opening.tell_notices(self._notices)

    def on_unmount(self) -> None:
        self.output.writer.close()
        if lost := self.controller.close():
            print_after_exit(self, f"seedtui: {counted(lost, 'picture')} could not be written.")
        if goodbye := self.controller.sessions.goodbye:
            print_after_exit(self, f"seedtui: {goodbye}")

    @property
    def state(self) -> State:
        """The state on screen."""
        return self.controller.state

    def notify(
        self, message: str, *, title: str = "", severity: SeverityLevel = "information",
        timeout: float | None = None, markup: bool = False,
    ) -> None:  # fmt: skip
        """Show `message`, never as markup: it may contain anything."""
        message, title = visible_lines(message), visible(title)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Send `text` to the terminal's clipboard exactly, except for lone surrogates, which are not text."""
        super().copy_to_clipboard(text.encode(errors="replace").decode())

    def get_css_variables(self) -> dict[str, str]:
        """Textual's hook: the theme's colours, made readable."""
        return readable(super().get_css_variables())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's hook: the filters for each line of the screen."""
        return [*super().get_line_filters(), self._gate]

    def _show_change(self, old: State, state: State) -> None:
        if not self.screen_stack or not self.main.is_there:
            return  # a late event of the library, while the app is closing
        self.main.show_state(state, self.controller.pictures.cache)
        self.hints.look(state)
        self._reporter.follow(state)
        self.sessions.follow(state)
        self.sheet.follow(state)
        if image := self.main.path_to_find(state):
            self.controller.pictures.find_path(image)
        if whole := self.main.whole_to_find(state):
            self.sheet.find_whole(whole)
        if old.recipe.prompt_encoding != state.recipe.prompt_encoding:
            self.main.forget_tokens()
        if _decides_keys(old) != _decides_keys(state):
            self.refresh_bindings()
        if isinstance(self.screen, FollowingScreen):
            self.screen.state = state
        if state.card_noise and not self._told_of_noise:
            self._told_of_noise = True
            keys = [shown_keys(id, self.config.keys) for id in ("recipe", "recipe.portable")]
            self.controller.notify(
                state.card_noise.words, f"{', then '.join(keys)}: draw the noise on the CPU, the same everywhere"
            )

    async def on_event(self, event: Event) -> None:
        """Textual's hook for each key and message."""
        await self._key_filter.on_event(event)

    def _key_waits(self, event: Key | Paste) -> bool:
        """Whether a key comes too early for the place it is for: a session or a list is still being read."""
        screen = self.screen
        if screen is self.main:
            return self.controller.sessions.is_opening
        if isinstance(screen, CommandPalette):
            return not needs_no_list(event) and any(w.node is screen and not w.is_finished for w in self.workers)
        return isinstance(screen, WaitingScreen) and screen.must_wait(event)

    # --- messages

    def on_backend_message(self, message: m.BackendMessage) -> None:
        if not self.main.is_there:
            return  # the app is closing
        self.controller.handle(message.event)
        match message.event:
            case e.EngineEvent(event=p.Tokens() as answer):
                self.main.show_tokens(self.controller.answered(answer), answer)
            case e.EngineEvent(event=p.Told() as told):
                if not (isinstance(self.screen, FollowingScreen) and self.screen.take(told)):
                    if told.passing:
                        self.controller.say(told.words)
                    else:
                        self.controller.notify(told.words, about=told.worker)
            case e.EngineEvent(event=p.Loaded()):
                self.main.forget_tokens()
            case e.PicturesRead(round_id, images) if isinstance(self.screen, CompareScreen):
                self.screen.show_pictures(round_id, {i: picture for i, (picture, _) in images.items()})
            case e.SessionRead():
                self.sessions.fill_prompt_bar()
                self.main.go_to_pictures()
                self.refresh_bindings()
            case e.SessionsRead(sessions) if isinstance(self.screen, SessionsScreen):
                self.screen.rows.show(sessions)
            case e.PromptsRead(prompts):
                self.main.prompt_bar.prompt.add_past(older=prompts)
            case e.FoundRead(text, starred, found) if isinstance(self.screen, FindScreen):
                self.screen.show(text, starred, found)

    def on_count_asked(self, message: m.CountAsked) -> None:
        self.controller.count_tokens(message.prompts)

    def on_suffix_set_saved(self, message: m.SuffixSetSaved) -> None:
        path = ("suffix_sets", message.name)
        self._keep_setting(path, list(message.lines), f"suffix set {message.name} saved")

    def on_suffix_sets_asked(self, message: m.SuffixSetsAsked) -> None:
        self.view.suffix_sets(message)

    def on_line_list_chosen(self) -> None:
        self.view.pictures()

    def on_app_focus(self, _event: AppFocus) -> None:
        self.output.focused()

    def on_app_blur(self, _event: AppBlur) -> None:
        self.output.blurred()

    def on_resize(self, _event: Resize) -> None:
        self.output.resized()

    def on_cursor_position(self, _event: CursorPosition) -> None:
        self.output.writer.pacer.answered()

    def on_open_asked(self, message: m.OpenAsked) -> None:
        self.opening.start(message.path)

    def on_generate_asked(self) -> None:
        self.prompt_line.generate()

    def on_refine_asked(self) -> None:
        self.rounds.refine()

    def on_pick_moved(self, message: m.PickMoved) -> None:
        self.controller.pictures.pick(message.index)

    def on_tiles_needed(self, message: m.TilesNeeded) -> None:
        self.controller.pictures.need(message.round_id, message.indexes)

    def on_tiles_seen(self, message: m.TilesSeen) -> None:
        if message.round_id == self.state.shown:
            self.controller.scouting.see(message.indexes)

    def on_zoom_asked(self) -> None:
        self.view.zoom()

    def on_round_chosen(self, message: m.RoundChosen) -> None:
        self.controller.pictures.show(self.controller.state.lineage.get(message.round_id))

    def on_queue_moved(self, message: m.QueueMoved) -> None:
        self.controller.rounds.move_in_queue(message.round_id, message.step)

    def on_cancel_asked(self, message: m.CancelAsked) -> None:
        self.controller.cancel(message.round_id)

    def on_worker_added(self, message: m.WorkerAdded) -> None:
        self.controller.add_worker(message.where)

    def on_worker_changed(self, message: m.WorkerChanged) -> None:
        self.controller.change_worker(message.change)

    def on_search_asked(self, message: m.SearchAsked) -> None:
        self.controller.sessions.search(message.text, message.starred)

    # --- actions

    def action_act(self, id: str) -> None:
        """Run an action of the table."""
        delegate, name, arguments = ACTIONS[id].call
        getattr(getattr(self, delegate), name)(*arguments)
        self.hints.acted(id, self.state)

    async def action_quit(self) -> None:
        """Textual's own quit action."""
        self.sessions.quit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key works: on the main screen only, not where it is text, and only with something to act on."""
        if action != "act":
            return True
        todo = ACTIONS[str(parameters[0])]
        if len(self.screen_stack) > 1:
            return todo.in_dialogs and (todo.while_typing or not is_text(self.screen.focused))
        asks = todo.id == "help" and self.main.prompt_bar.is_fresh
        return (todo.while_typing or asks or not self.main.is_typing) and todo.enabled(self._key_context)

    def palette_commands(self) -> Iterable[Command]:
        """Every action by name, then Textual's own commands; on another screen, those of that screen."""
        screen = self.screen_stack[-2] if isinstance(self.screen, CommandPalette) else self.screen
        place = place_of(screen)
        for action in actions_of(*ON_MAIN) if place == "main" else actions_of(place):
            if not action.motion and not action.fixed and action.label:
                enabled = place != "main" or action.enabled(self._key_context)
                keys = shown_keys(action.id, self.config.keys) if action.keys else ""
                run = self._runner(action, screen) if enabled else partial(self._not_now, action)
                yield Command(action.label.capitalize(), keys, action.tooltip, action.words, enabled, run)
        for title, help, run, _ in self.get_system_commands(screen):
            if title in ("Theme", "Screenshot"):
                yield Command(title, "", help, "colours light dark picture of the screen", True, run)

    @property
    def _key_context(self) -> Context:
        main = self.main
        undo, details = bool(self.state.removed), main.details is not None
        return Context(self.state, main.place, main.pictures.zoomed, undo, details, main.is_broad)

    # --- within

    def _start(self) -> None:
        self.controller.start()
        self.controller.sessions.read_prompts()

    def _post(self, event: e.BackendEvent) -> None:
        self.post_message(m.BackendMessage(event))

    def _runner(self, action: Action, screen: Screen[Any]) -> Callable[[], object]:
        if action.where in ON_MAIN:
            return lambda: self.call_later(self.action_act, action.id)
        return lambda: self.call_later(self.run_action, action.run, screen)

    def _not_now(self, action: Action) -> None:
        self.notify(f"{action.label}: there is nothing to do that with now")

    def _keep_setting(self, path: tuple[str, ...], value: str | bool | list[str], words: str = "") -> None:
        """Write a value to the user's config, then show `words`."""
        from seedtui.library.config_file import keep_setting

        def write() -> str:
            keep_setting(path, value)
            return words

        self.background.run(write)

    def _tell_fault(self, error: BaseException | None) -> None:
        """Write the traceback of an uncaught exception to the log, and one line to the screen."""
        log = log_file()
        with open_private(log, "w") as file:
            file.write(traceback.format_exc())
        line = f"seedtui: this is a bug: {one_line(error)}. All rounds are kept. The traceback is in {visible(log)}"
        print_after_exit(self, line)
