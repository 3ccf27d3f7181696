"""What an action is, and what decides whether it has something to act on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from textual.actions import parse

from seedtui.app.state.state import State

Focus = Literal["pictures", "tree", "suffixes", "prompt", "other"]
"""The part of the main screen that takes the keys."""

Group = Literal["pictures", "rounds", "sessions", "typing", "sheet", "suffixes", "always"]
"""A section of the help and of the manual's key table."""

Where = Literal[
    "main", "textual", "prompt line", "prompt editor", "suffix pane", "tree", "list", "compare", "queue", "sessions",
    "find", "models", "download", "recipe", "suffix sets", "vary", "finish", "grid", "scout", "copy", "leave", "help",
    "manual", "sheet", "workers",
]  # fmt: skip
"""What binds the key: one of our screens or widgets, or Textual itself."""


class Context(NamedTuple):
    """The main screen at one moment: what is shown, and where the focus is. `undo`: there is a deletion to undo.
    `details`: those of the pick are shown; `broad`: they have a place of their own.
    """

    state: State
    focus: Focus = "other"
    zoomed: bool = False
    undo: bool = False
    details: bool = False
    broad: bool = False

    def always(self) -> bool:
        return True

    def has_round(self) -> bool:
        return self.state.round_view is not None

    def on_pictures(self) -> bool:
        """Whether the focus is on the pictures of a round."""
        return self.focus == "pictures" and self.has_round()

    def on_grid(self) -> bool:
        """Whether the focus is on the pictures of a grid over two axes."""
        round_view = self.state.round_view
        return self.on_pictures() and round_view is not None and bool(round_view.round.axes)

    def on_small_round(self) -> bool:
        """Whether the focus is on pictures that are not on a sheet."""
        return self.on_pictures() and not self._is_large

    def on_sheet(self) -> bool:
        """Whether the focus is on a sheet."""
        return self.on_pictures() and self._is_large

    def on_scout(self) -> bool:
        """Whether the focus is on the sheet of a scout round."""
        return self.on_sheet() and not self.has_finished_images()

    def can_finish_kept(self) -> bool:
        """Whether there is a scout round with kept images on the sheet."""
        round_view = self.state.round_view
        return self.on_scout() and round_view is not None and bool(round_view.starred)

    def can_refine_here(self) -> bool:
        """Whether the focus is on pictures that can be refined."""
        return self.on_pictures() and self.has_finished_images()

    def has_finished_images(self) -> bool:
        """Whether a round is shown whose images were made to their end."""
        round_view = self.state.round_view
        return round_view is not None and round_view.round.kind != "scout"

    @property
    def _is_large(self) -> bool:
        round_view = self.state.round_view
        return round_view is not None and round_view.round.is_large

    def on_details(self) -> bool:
        """Whether there are details to scroll while the arrows move the pick."""
        return self.details and self.on_pictures() and (self.zoomed or not self._is_large)

    def on_suffixes(self) -> bool:
        return self.focus == "suffixes"

    def can_go_to_pictures(self) -> bool:
        """Whether `esc` leads anywhere: to the pictures, out of the zoom, or past a message or a report."""
        message = self.state.closable or self.state.verification.to_be_read is not None
        return self.focus != "pictures" or self.zoomed or message or (self.details and not self.broad)

    def can_cancel(self) -> bool:
        return bool(self.state.open_rounds) or bool(self.state.verifying)

    def can_retry(self) -> bool:
        """In the suffix pane the same key runs the suffixes, unless something went wrong."""
        return self.state.retryable if self.on_suffixes() else self.state.can_retry

    def can_verify(self) -> bool:
        return self.has_round() and not self.state.verifying

    def has_target(self) -> bool:
        """Whether the pick exists, or one of the marked images."""
        return bool(self.state.kept_targets)

    def has_marks(self) -> bool:
        return bool(self.state.marks)

    def can_save_sheet(self) -> bool:
        round_view = self.state.round_view
        if round_view is None or not round_view.kept:
            return False
        if self._is_large:  # it is read from disk
            return round_view.status not in ("waiting", "running")
        return all(record or index in round_view.deleted for index, record in enumerate(round_view.records))

    def has_unfinished(self) -> bool:
        return self.state.has_unfinished

    def has_empty_cancelled(self) -> bool:
        return bool(self.state.empty_cancelled)

    def has_parent(self) -> bool:
        round_view = self.state.round_view
        return round_view is not None and self.state.lineage.parent(round_view.round) is not None

    def has_rounds(self) -> bool:
        return bool(self.state.lineage.rounds)

    def can_undo(self) -> bool:
        return self.undo

    def has_queue(self) -> bool:
        return len(self.state.queue) > 0

    def can_park(self) -> bool:
        return self.state.can_park

    def can_finish_batch(self) -> bool:
        return self.state.has_more_calls


class Action(NamedTuple):
    """Something a key does.

    `run` names the method: of one of the app's delegates for the main screen ("rounds.generate"), else an action of the
    screen or widget that binds the key, both in Textual's notation. `help` is one line, for the tooltip, the manual and
    the config; `row` is shorter, for the help screen, where neighbours with the same `row` share one. `label` is for
    the footer and the command palette, where `words` are other words to find it by. `footer` is the place in the
    footer; with 0, it comes after those that have one, where the screen is wide. A `motion` has no place of its own
    there, and none in the palette. The footer never drops an action that `stays`; one that is `instead` of another is
    there while the other does not work. Without `keys` an action is in the command palette alone. A `fixed` key cannot
    be moved. One that `yields` is newer than 0.1: if the user has moved another action to its key, that one keeps it.
    `marked` is how many marked pictures it acts on at most, 0 if it does not act on marks.
    """

    id: str
    keys: str
    label: str
    run: str
    help: str
    where: Where = "main"
    group: Group = "always"
    enabled: Callable[[Context], bool] = Context.always
    row: str = ""
    footer: int = 0
    shown_as: str = ""
    while_typing: bool = False
    in_dialogs: bool = False
    priority: bool = False
    fixed: bool = False
    yields: bool = False
    marked: int = 0
    words: str = ""
    motion: bool = False
    stays: bool = False
    instead: str = ""

    @property
    def in_footer(self) -> bool:
        """Whether the footer may show it."""
        return bool(self.keys and self.label and (self.footer or not self.motion))

    @property
    def in_keymap(self) -> bool:
        """Whether the user's config can refer to it by its id."""
        return bool(self.keys) and self.where in ("main", "prompt line", "prompt editor", "suffix pane", "sheet")

    @property
    def call(self) -> tuple[str, str, tuple[object, ...]]:
        """`run`, taken apart: the delegate ("" where there is none), the method, the arguments."""
        delegate, dot, rest = self.run.partition(".")
        _, name, arguments = parse(rest if dot else self.run)
        return delegate if dot else "", name, arguments

    @property
    def tooltip(self) -> str:
        return self.help[:1].upper() + self.help[1:]
