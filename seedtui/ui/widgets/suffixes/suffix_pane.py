"""The pane for refining the pick: base prompt, suffixes, and the prompts they make."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.reactive import reactive
from textual.widgets import TextArea

from seedtui.core.config.settings import Config
from seedtui.core.errors import SeedtuiError
from seedtui.core.prompts.suffixes import MAX_SUFFIXES, OFF, WAYS, Way, is_in_prompt, suffixes_of
from seedtui.core.rounds.rounds import Shot
from seedtui.core.text.display import visible
from seedtui.engine.wire.protocol import TokenCount, Tokens
from seedtui.library.wildcards import wildcards_of
from seedtui.ui.keys.table import bindings
from seedtui.ui.messages import CountAsked, RefineAsked, SuffixSetsAsked, SuffixSetSaved
from seedtui.ui.widgets.bars.fitting import shortened
from seedtui.ui.widgets.plain import PlainBox, PlainLabel, PlainScroll, PlainStatic
from seedtui.ui.widgets.suffixes.control_toggle import ControlToggle
from seedtui.ui.widgets.suffixes.hold_line import HoldLine
from seedtui.ui.widgets.suffixes.suffix_editor import BaseEditor, SuffixEditor

_LONG = 120
"""Characters of a prompt beyond which only its end is repeated before each suffix: the whole is above."""

_CUT = 60
"""Columns of what would be cut from a prompt: its beginning and its end, so that other suffixes stay in sight."""

_WAYS: dict[Way, str] = {"each": "one per line", "pairs": "in pairs", "all": "all in one"}


class SuffixPane(PlainBox):
    """One suffix per line. `seed` is the pick's; None before anything is picked."""

    BINDINGS = bindings("suffix pane")

    DEFAULT_CSS = """
    SuffixPane { border: round $border-blurred; border-title-color: $text-muted; padding: 0 1; }
    SuffixPane:focus-within { border: round $border; }
    SuffixPane Label { color: $text-muted; }
    SuffixPane #heading { width: 100%; text-wrap: nowrap; text-overflow: ellipsis; }
    SuffixPane TextArea { height: auto; margin: 0 0 1 0; border: none; padding: 0; scrollbar-size-vertical: 1; }
    SuffixPane BaseEditor { min-height: 1; max-height: 5; background: transparent; }
    SuffixPane SuffixEditor { min-height: 4; max-height: 40%; background: $surface-lighten-1; }
    SuffixPane VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    SuffixPane #prompts { height: auto; color: $text-muted; }
    """

    seed: reactive[int | None] = reactive(None)
    marked: reactive[int] = reactive(0)
    """How many marked pictures are refined in place of the pick, 0 for the pick alone."""

    base = query_one(BaseEditor)
    editor = query_one(SuffixEditor)
    heading = query_one("#heading", PlainLabel)
    prompts = query_one("#prompts", PlainStatic)
    control = query_one(ControlToggle)
    hold_line = query_one(HoldLine)

    def __init__(self, config: Config, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._config = config
        self._wildcards = wildcards_of(config)
        self.sets = config.all_suffix_sets
        self._set = config.suffixes
        self._way: Way = "each"
        self._counts: dict[str, TokenCount] = {}
        self._limit = 0
        self._picked_prompt = ""
        self._edited: dict[str, str] = {}
        """Edited prompts that were not run, by the pick's own, so that looking at another pick loses none."""

        self._run = ""
        """The prompt of the last run."""

    def compose(self) -> ComposeResult:
        yield PlainLabel("prompt")
        yield BaseEditor(placeholder="what the picture should show")
        yield PlainLabel(id="heading")
        yield SuffixEditor("\n".join(self.sets[self._set]), id="suffixes")
        yield HoldLine(self._config.keys)
        yield ControlToggle()
        yield PlainLabel("makes", id="makes")
        with PlainScroll(can_focus=False):
            yield PlainStatic(id="prompts")

    @property
    def prompt(self) -> str:
        """The base prompt."""
        return self.base.text

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The suffixes of the lines, by `suffixes_of`; may be more than fit. Their wildcards are not resolved."""
        return suffixes_of(self.editor.lines, self._way)

    @property
    def suffixes_of_line(self) -> tuple[str, ...]:
        """Those of the line with the cursor, even if it is switched off."""
        row, _ = self.editor.cursor_location
        line = self.editor.document.get_line(row)
        return suffixes_of((line.removeprefix(OFF),))

    def _made(self) -> tuple[str, ...]:
        """The suffixes as the round will have them.

        Raises:
            InputError, FileError: a wildcard cannot be resolved.
        """
        return self._wildcards.suffixes(self.suffixes, self.seed or 0)

    def open(self, seed: int, prompt: str) -> None:
        """Prepare to refine an image of `seed` and `prompt`; the suffixes stay as they were last edited."""
        self.seed = seed
        self._wildcards = wildcards_of(self._config)  # the lists may have changed
        if self.base.text not in (self._picked_prompt, self._run):
            self._edited[self._picked_prompt] = self.base.text
        self._picked_prompt = prompt
        self.base.put(self._edited.pop(prompt, prompt))
        self.editor.move_cursor(self.editor.document.end)
        self._changed()

    def watch_seed(self) -> None:
        pick = "" if self.seed is None else f" {Shot(0, self.seed).label}"
        self.border_title = f"refine {self.marked} marked" if self.marked else f"refine{pick}"

    def watch_marked(self) -> None:
        self.watch_seed()
        for label in self.query("#makes").results(PlainLabel):  # there is none yet when the app starts
            label.update("makes · each from its own prompt" if self.marked else "makes")

    def show_tokens(self, asked: tuple[str, ...], answer: Tokens) -> None:
        """The answer to a `CountAsked`."""
        self._limit = answer.limit
        self._counts.update(zip(asked, answer.counts, strict=False))
        self._draw_prompts()

    def forget_tokens(self) -> None:
        """Forget the counts: another model counts differently."""
        self._counts.clear()
        self._changed()

    def action_run(self) -> None:
        self.runs()
        self.post_message(RefineAsked())

    def runs(self) -> None:
        """The prompt as it is now is refined, so an edit of it is not lost."""
        self._run = self.prompt

    def action_toggle_line(self) -> None:
        self.editor.toggle_lines()

    def action_combine(self) -> None:
        self._way = WAYS[(WAYS.index(self._way) + 1) % len(WAYS)]
        self._changed()

    def action_sets(self) -> None:
        self.post_message(SuffixSetsAsked(self.sets, self._set, self.editor.lines))

    def take_set(self, name: str) -> bool:
        """Load the suffix set `name` into the editor, whose undo brings the lines back. Whether they were in no set."""
        edited = self.editor.lines not in self.sets.values()
        self._set = name
        self.editor.history.checkpoint()
        self.editor.replace("\n".join(self.sets[name]), (0, 0), self.editor.document.end)
        self._changed()
        return edited

    def save_set(self, name: str) -> None:
        """Save the lines of the editor as the suffix set `name`."""
        self._set = name
        self.sets[name] = self.editor.lines
        self.post_message(SuffixSetSaved(name, self.editor.lines))
        self._changed()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._changed()

    def _changed(self) -> None:
        self.control.possible = self.prompt == self._picked_prompt
        self.editor.set_prompt(self.prompt)
        missing = tuple(dict.fromkeys(p for p in self._full_prompts() if p not in self._counts))
        if missing:
            self.post_message(CountAsked(missing))
        self._draw_prompts()

    def _full_prompts(self) -> list[str]:
        try:
            return [self.prompt + suffix for suffix in self._made()]
        except SeedtuiError:
            return []

    def _draw_prompts(self) -> None:
        edited = "*" * (self.editor.lines != self.sets[self._set])
        self.heading.update(visible(f"suffixes, {_WAYS[self._way]} · {self._set}{edited}"))
        try:
            suffixes = self._made()
        except SeedtuiError as error:
            self.prompts.update(Content.styled(str(error), "$text-warning"))
            return
        if not suffixes:
            self.prompts.update("nothing yet: write a suffix above, such as “, artsy”")
            return
        lines = [self._line(suffix) for suffix in suffixes[:MAX_SUFFIXES]]
        if len(suffixes) > MAX_SUFFIXES:
            lines.append(Content.styled(f"too many: at most {MAX_SUFFIXES} fit on a screen", "$text-warning"))
        self.prompts.update(Content("\n").join(lines))

    def _line(self, suffix: str) -> Content:
        if is_in_prompt(self.prompt, suffix):
            return Content.styled(f"○ {visible(suffix)}: already in the prompt", "$text-disabled")
        count = self._counts.get(self.prompt + suffix)
        line = Content.assemble(visible(_end_of(self.prompt)), (visible(suffix), "bold $foreground"))
        if count is None or not count.tokens:
            return line
        if count.dropped:
            cut = shortened(visible(count.dropped), _CUT)
            return Content.assemble(line, (f"  {count.tokens}/{self._limit}: cuts “{cut}”", "$text-warning"))
        return Content.assemble(line, (f"  {count.tokens}{f'/{self._limit}' if self._limit else ''}", "$text-disabled"))


def _end_of(prompt: str) -> str:
    return prompt if len(prompt) <= _LONG else f"…{prompt[-_LONG // 4 :]}"
