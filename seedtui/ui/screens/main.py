"""The main screen: draws the `State`, and knows where the focus is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.getters import query_one
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from seedtui.app.facts import differences, facts_of
from seedtui.app.pictures.cache import PictureCache
from seedtui.app.pool_words import pool_in_words, why_nothing_is_made
from seedtui.app.state.activity import Activity
from seedtui.app.state.job import ImageRef
from seedtui.app.state.state import State
from seedtui.core.config.settings import Config
from seedtui.engine.wire.protocol import Tokens
from seedtui.terminal import Renderer
from seedtui.terminal.output.picture_writer import Send
from seedtui.ui.keys.action import Focus
from seedtui.ui.keys.keymap import shown_keys
from seedtui.ui.keys.marked import offered, with_kept, with_marks
from seedtui.ui.keys.places import is_text
from seedtui.ui.widgets.bars.key_footer import KeyFooter
from seedtui.ui.widgets.bars.problem_bar import ProblemBar
from seedtui.ui.widgets.bars.prompt_bar import PromptBar
from seedtui.ui.widgets.bars.status_bar import StatusBar
from seedtui.ui.widgets.bars.title_bar import TitleBar
from seedtui.ui.widgets.bars.verification_bar import VerificationBar
from seedtui.ui.widgets.details_pane import DetailsPane
from seedtui.ui.widgets.grid.picture_grid import PictureGrid
from seedtui.ui.widgets.plain import PlainStatic
from seedtui.ui.widgets.rounds_tree import RoundsTree
from seedtui.ui.widgets.sheet.sheet_pane import SheetPane
from seedtui.ui.widgets.suffixes.suffix_pane import SuffixPane

_WELCOME = Content.from_markup(
    "Four pictures of one prompt, one for each seed.\nPick one, and refine it with four suffixes."
)
_HINT = Content.from_markup("\n\nPress [b]enter[/b] to generate.")


_PLACES: dict[type[Widget], Focus] = {
    PictureGrid: "pictures", SheetPane: "pictures", RoundsTree: "tree", SuffixPane: "suffixes", PromptBar: "prompt",
}  # fmt: skip


BROAD = 150
"""Columns from which the details have a place of their own."""

VAST = 200
"""Columns from which the tree and the details are wider."""


class MainScreen(Screen[None]):
    """`send` writes what `renderer` draws with to the terminal. `hints`: the user is new, and the welcome says what to
    press.

    On a screen narrower than 100 columns the side pane folds away; from `BROAD` columns on, details of the pick are
    beside the pictures. On a low one the prompt has fewer lines.
    """

    class Ready(Message):
        """The screen is composed: its widgets can be drawn on."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-lowest"), (16, "-low"), (25, "-high")]

    grid = query_one(PictureGrid)
    prompt_bar = query_one(PromptBar)
    suffix_pane = query_one(SuffixPane)
    rounds = query_one(RoundsTree)
    side = query_one("#side", ContentSwitcher)
    beside = query_one("#beside", DetailsPane)

    def __init__(
        self, renderer: Renderer, send: Send, model: str, prompt_bar: PromptBar, config: Config, hints: bool
    ) -> None:  # fmt: skip
        super().__init__(id="_default")
        self._renderer, self._send = renderer, send
        self._model, self._prompt_bar, self._config = model, prompt_bar, config
        self._footer = KeyFooter()
        self.sheet_pane = SheetPane(renderer, send)
        self._hints = hints
        self._marked = self._kept = 0
        self._pooled = False
        self._wants_details = config.details
        self._asked_path: ImageRef | None = None
        self._asked_whole: ImageRef | None = None
        self._offered = ""

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """Textual's hook for the footer: the keys that work now."""
        return with_kept(with_marks(offered(super().active_bindings, self._pooled), self._marked), self._kept)

    def compose(self) -> ComposeResult:
        self._fit_first(*self.app.size)
        yield TitleBar(self._model)
        with Horizontal(id="main"):
            with ContentSwitcher(id="side", initial="rounds"):
                yield RoundsTree()
                yield SuffixPane(self._config, id="suffixes")
                yield DetailsPane(id="details")
            yield PlainStatic(_WELCOME + _HINT if self._hints else _WELCOME, id="welcome")
            yield PictureGrid(self._renderer, self._send)
            yield self.sheet_pane
            yield DetailsPane(id="beside", classes="wanted" if self._wants_details else None)
            yield ProblemBar()
            yield VerificationBar()
        yield self._prompt_bar
        yield StatusBar()
        yield self._footer

    def on_mount(self) -> None:
        self.set_focus(self.prompt_bar.prompt)
        self.post_message(self.Ready())

    def on_screen_suspend(self) -> None:
        if self.app.screen.is_modal:  # a screen that covers everything dims nothing
            self._lie_flat(True)

    def on_screen_resume(self) -> None:
        self._lie_flat(False)

    def _lie_flat(self, flat: bool) -> None:
        for grid in self.query(PictureGrid):  # there is none yet when the app starts
            grid.lie_flat(flat)
        self.sheet_pane.lie_flat(flat)

    def on_resize(self, event: Resize) -> None:
        self._fit(event.size.width)

    def send_again(self) -> None:
        """Send the terminal all pictures again: it may be a different terminal, or have lost them."""
        for grid in self.query(PictureGrid):
            grid.send_again()
        self.sheet_pane.send_again()

    @property
    def pictures(self) -> PictureGrid | SheetPane:
        """What shows the pictures of the shown round."""
        return self.sheet_pane if self.sheet_pane.display else self.grid

    @property
    def is_there(self) -> bool:
        """Whether there are widgets to draw on: not before the first frame, nor once the app closes.

        It takes them away one by one.
        """
        return self.app.is_running and self._footer.is_attached

    def show_hint(self, words: str) -> None:
        """Show `words` where nothing else is on the status line."""
        self.query_one(StatusBar).hint = words

    def show_state(self, state: State, picture_cache: PictureCache) -> None:
        """Draw `state`, with the pictures of `picture_cache`."""
        round_view = state.round_view
        title, status, problem = self.query_one(TitleBar), self.query_one(StatusBar), self.query_one(ProblemBar)
        title.coming = state.loading
        title.model, title.prompt = state.model, round_view.prompt if round_view else ""
        title.card_noise = state.card_noise is not None
        title.differences, title.seed = differences(state), round_view.round.shared if round_view else ""
        title.pool = pool_in_words(state.workers) if state.pooled and not state.worker_gone else ()
        self._pooled = state.pooled
        status.activity, status.said = self._activity(state), state.said
        status.waiting = len(state.queue) if state.job else 0
        status.elsewhere = state.running.title if state.running and not state.runs(state.shown) else ""
        status.memory = state.memory
        retry = shown_keys("retry", self._config.keys)
        status.restart = f"{retry} restarts the worker"
        problem.remedy = _remedy(state, retry)
        problem.problem = state.shown_problem
        verification = next(iter(state.verifying), None) or state.verification.to_be_read
        self.query_one(VerificationBar).verification = verification if state.shown_problem is None else None
        if round_view is not None and state.shown != self._offered:
            self._offered = state.shown
            just_began = round_view.status == "waiting" and state.shown in [r.id for r in state.lineage.rounds[-1:]]
            if not just_began:
                self.prompt_bar.offer(round_view.round.prompt)
        self.rounds.state = state
        self._show_details(state)
        self.query_one("#welcome").display = round_view is None
        self._show_pictures(state, picture_cache)
        status.place = self.sheet_pane.sheet.words if self.sheet_pane.display else ()
        status.marked = self.suffix_pane.marked = self._marked = len(state.marks)
        self._kept = len(round_view.starred) if round_view else 0
        self.suffix_pane.hold_line.possible = state.can_hold

    def _activity(self, state: State) -> Activity:
        """What happens, or why nothing does although a pool has something to make."""
        wanted = state.job is not None or state.model is None
        if not (state.pooled and wanted) or state.worker_gone:
            return state.shown_activity
        waits = state.job is not None and not state.loading
        why = why_nothing_is_made(state.workers, shown_keys("workers", self._config.keys), waits=waits)
        return Activity(why) if why else state.shown_activity

    def _show_pictures(self, state: State, picture_cache: PictureCache) -> None:
        """Show the round on the grid, or a large one on the sheet."""
        round_view, before = state.round_view, self.pictures
        is_large = round_view is not None and round_view.round.is_large
        self.grid.marks = state.marks
        if round_view is not None:
            id_ = round_view.round.id
            finished, previews = picture_cache.of(id_), picture_cache.previews_of(id_)
            if is_large:
                whole = picture_cache.sheets.whole((id_, round_view.pick))
                note = lambda index: state.note((id_, index))  # noqa: E731
                self.sheet_pane.show(round_view, finished, previews, state.marks, note, whole)
            else:
                self.grid.round_view, self.grid.notes = round_view, state.notes
                self.grid.show_pictures(finished, previews)
        had_focus = self.is_on(before)
        self.sheet_pane.display = is_large
        self.grid.display = round_view is not None and not is_large
        if had_focus and self.pictures is not before:
            self.set_focus(self.pictures)

    def show_tokens(self, asked: tuple[str, ...], answer: Tokens) -> None:
        """The answer to a `CountAsked`."""
        self.suffix_pane.show_tokens(asked, answer)
        self.prompt_bar.show_tokens(asked, answer)

    def forget_tokens(self) -> None:
        """Another model is loaded, which counts differently."""
        self.suffix_pane.forget_tokens()
        self.prompt_bar.count_tokens()

    def is_on(self, widget: Widget) -> bool:
        """Whether the focus is on or in `widget`; `Widget.has_focus` is updated only later."""
        return self.focused is not None and widget in self.focused.ancestors_with_self

    @property
    def place(self) -> Focus:
        """The part of the screen that has the focus."""
        for node in self.focused.ancestors_with_self if self.focused else ():
            for kind, place in _PLACES.items():
                if isinstance(node, kind):
                    return place
        return "other"

    @property
    def is_typing(self) -> bool:
        """Whether letters are text where the focus is."""
        return is_text(self.focused)

    def go_to_pictures(self) -> None:
        """Focus the pictures, with the tree beside them, or folded away on a narrow screen."""
        if self.is_on(self.pictures):
            self.pictures.zoomed = False
            self._shut_details()
        details = self.side.current == "details"
        self.side.set_class(details, "asked")
        self.side.current = "details" if details else "rounds"
        self.set_focus(self.pictures)

    @property
    def is_broad(self) -> bool:
        """Whether the details have a place of their own."""
        return self.app.size.width >= BROAD

    @property
    def details(self) -> DetailsPane | None:
        """The pane with the details, None while they are hidden."""
        if self.is_broad:
            return self.beside if self._wants_details else None
        return self.query_one("#details", DetailsPane) if self.side.current == "details" else None

    def toggle_details(self) -> None:
        """Show the details of the pick, or hide them."""
        if self.is_broad:
            self._wants_details = not self._wants_details
            self._fit(self.app.size.width)
        elif self.side.current == "details":
            self._shut_details()
        else:
            self._open_side("details")
            self.set_focus(self.pictures)

    def _shut_details(self) -> None:
        if self.side.current == "details":
            self.side.current = "rounds"
            self.side.remove_class("asked")

    def _fit_first(self, width: int, height: int) -> None:
        """Set the classes for the screen's size, which Textual does only after the first frame.

        While there are no widgets yet, each of which would be styled once more for every class.
        """
        for room, breakpoints in ((width, self.HORIZONTAL_BREAKPOINTS), (height, self.VERTICAL_BREAKPOINTS)):
            self.add_class(next(name for least, name in reversed(breakpoints) if room >= least), update=False)
        self.set_class(width >= BROAD, "-broad", update=False)
        self.set_class(width >= VAST, "-vast", update=False)

    def _fit(self, width: int) -> None:
        """Give a wide screen's surplus to the tree and the details."""
        self.set_class(width >= BROAD, "-broad")
        self.set_class(width >= VAST, "-vast")
        self.beside.set_class(self._wants_details, "wanted")
        if width >= BROAD:
            self._shut_details()

    def _show_details(self, state: State) -> None:
        self.beside.set_class(state.round_view is not None, "there")
        if (pane := self.details) is not None:
            pane.facts = facts_of(state)

    def path_to_find(self, state: State) -> ImageRef | None:
        """The pick, if its details are shown and its file is to be found first. Answers so once for each pick."""
        round_view = state.round_view
        if self.details is None or round_view is None or round_view.pick not in round_view.kept:
            return None
        image = (round_view.round.id, round_view.pick)
        if image == self._asked_path:
            return None
        self._asked_path = image
        return image

    def whole_to_find(self, state: State) -> ImageRef | None:
        """The pick, if it is zoomed on a sheet and its whole picture is to be found. Answers so once for each pick."""
        round_view = state.round_view
        if round_view is None or self.pictures is not self.sheet_pane or not self.sheet_pane.zoomed:
            self._asked_whole = None
            return None
        image = (round_view.round.id, round_view.pick)
        if image == self._asked_whole or not round_view.has(round_view.pick):
            return None
        self._asked_whole = image
        return image

    def go_to_rounds(self) -> None:
        """Focus the tree of rounds."""
        self._open_side("rounds")
        self.set_focus(self.rounds)

    def go_to_suffixes(self, seed: int, prompt: str) -> None:
        """Focus the suffixes for an image of `seed` and `prompt`."""
        self._open_side("suffixes")
        self.suffix_pane.open(seed, prompt)
        self.set_focus(self.suffix_pane.editor)

    def _open_side(self, name: str) -> None:
        self.side.current = name
        self.side.add_class("asked")


def _remedy(state: State, retry: str) -> str:
    """The key that answers what the problem bar says."""
    if state.closable:
        return "esc close"
    return "" if not state.retryable else f"{retry} restart" if state.silent else f"{retry} retry"
