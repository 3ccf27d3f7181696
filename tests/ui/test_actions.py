"""The table of actions: what it names is there, what it says fits, and no key has two things to do in one place."""

from __future__ import annotations

from collections import defaultdict
from typing import get_args

import pytest
from textual.app import App
from textual.screen import Screen
from textual.widget import Widget

from seedtui.app.state.state import State
from seedtui.ui.app import SeedtuiApp
from seedtui.ui.keys.action import Context, Focus, Where
from seedtui.ui.keys.keymap import keys_of
from seedtui.ui.keys.table import ACTIONS, ON_MAIN, actions_of
from seedtui.ui.screens import (
    compare,
    copy,
    download,
    find,
    finish,
    grid,
    help,
    leave,
    manual,
    models,
    queue,
    recipe,
    scout,
    sessions,
    suffix_sets,
    vary,
    workers,
)
from seedtui.ui.widgets.bars.prompt_bar import SeedsInput
from seedtui.ui.widgets.bars.prompt_editor import PromptEditor
from seedtui.ui.widgets.line_list import LineList
from seedtui.ui.widgets.rounds_tree import RoundsTree
from seedtui.ui.widgets.sheet.sheet_pane import SheetPane
from seedtui.ui.widgets.suffixes.suffix_pane import SuffixPane

BINDERS: dict[Where, type[Widget] | type[Screen] | type[App]] = {
    "main": SeedtuiApp, "textual": SeedtuiApp, "prompt line": SeedsInput,
    "prompt editor": PromptEditor, "suffix pane": SuffixPane,
    "tree": RoundsTree, "list": LineList, "compare": compare.CompareScreen, "queue": queue.QueueScreen,
    "sessions": sessions.SessionsScreen, "find": find.FindScreen, "models": models.ModelScreen,
    "download": download.DownloadScreen, "recipe": recipe.RecipeScreen, "suffix sets": suffix_sets.SuffixSetsScreen,
    "vary": vary.VaryScreen, "finish": finish.FinishScreen, "grid": grid.GridScreen,
    "scout": scout.ScoutScreen, "sheet": SheetPane, "workers": workers.WorkersScreen,
    "copy": copy.CopyScreen, "leave": leave.LeaveScreen, "help": help.HelpScreen, "manual": manual.ManualScreen,
}  # fmt: skip

IDS_OF_0_1 = [
    "pick.left",
    "pick.right",
    "pick.up",
    "pick.down",
    "refine",
    "refine.now",
    "generate",
    "generate.next",
    "refine.control",
    "cancel",
    "cancel.rest",
    "retry",
    "pictures",
    "prompt",
    "help",
    "quit",
    "rounds.undo",
    "compare",
    "compare.mark",
    "verify",
    "zoom",
    "save",
    "save.sheet",
    "rounds.parent",
    "rounds.older",
    "rounds.newer",
    "rounds.tree",
    "queue",
    "models",
    "recipe",
    "park",
    "star",
    "copy",
    "rounds.delete",
    "find",
    "sessions",
    "sessions.new",
    "sessions.export",
    "field.next",
    "field.before",
    "redraw",
    "quit.always",
    "refine.run",
    "suffixes.off",
    "suffixes.combine",
    "suffixes.sets",
    "generate.enter",
]


def test_every_place_is_looked_at():
    assert set(get_args(Where)) == set(BINDERS)


@pytest.mark.parametrize("where", BINDERS)
def test_every_action_has_a_method(where):
    for action in actions_of(where):
        delegate, name, _ = action.call
        if name and where not in ON_MAIN:
            assert hasattr(SeedtuiApp if delegate else BINDERS[where], f"action_{name}"), action.id


async def test_every_action_of_the_main_screen_has_a_method(desk):
    async with desk() as d:
        for action in actions_of(*ON_MAIN):
            delegate, name, _ = action.call
            assert callable(getattr(getattr(d.app, delegate), name)), action.id


@pytest.mark.parametrize("where", BINDERS)
def test_every_key_is_bound_where_the_table_says(where):
    wanted = {(key, action.id) for action in actions_of(where) for key in keys_of(action.keys)}
    merged = BINDERS[where]._merge_bindings().key_to_bindings
    bound = {(key, binding.id) for key, bindings in merged.items() for binding in bindings}
    assert where == "textual" or wanted <= bound


def test_ids_never_change():
    assert [id for id in IDS_OF_0_1 if id not in ACTIONS or not ACTIONS[id].in_keymap] == []


def test_no_key_has_two_things_to_do_in_one_place():
    for where in BINDERS:
        ids = defaultdict(list)
        for action in actions_of(where):
            for key in keys_of(action.keys):
                ids[key].append(action.id)
        assert {key: names for key, names in ids.items() if len(names) > 1} == {}


@pytest.mark.parametrize(("focus", "place"), [("suffixes", "suffix pane"), ("prompt", "prompt line"), ("tree", "tree")])
def test_no_key_of_a_place_is_taken_by_the_main_screen_there(focus: Focus, place: Where):
    context = Context(State(), focus)
    typing = focus in ("suffixes", "prompt")
    taken = {
        key
        for action in actions_of("main")
        if (action.while_typing or not typing) and action.enabled(context)
        for key in keys_of(action.keys)
    }
    own = {key for action in actions_of(place) for key in keys_of(action.keys)}
    assert own & taken == set()


def test_the_help_says_what_the_key_does():
    for action in ACTIONS.values():
        assert action.help and action.help[0].islower() and not action.help.endswith("."), action.id
