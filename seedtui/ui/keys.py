"""The keys of the main screen. Each has an id, by which a keymap can move it."""

from __future__ import annotations

from textual.binding import Binding

from seedtui.app.state import State


def _key(
    keys: str, action: str, words: str, tooltip: str, id: str, *, show: bool = False, display: str = ""
) -> Binding:
    # With priority the app acts on a key before it looks at the next one; a widget would get round to it later,
    # and what is typed at once behind it would go astray. `SeedtuiApp.check_action` leaves text to the inputs.
    return Binding(keys, action, words, show=show, key_display=display or None, priority=True, tooltip=tooltip, id=id)


APP_KEYS = [
    _key("left,h", "move_pick(-1, 0)", "pick", "Pick to the left", "pick.left", show=True, display="←↑↓→"),
    _key("right,l", "move_pick(1, 0)", "pick right", "Pick to the right", "pick.right"),
    _key("up,k", "move_pick(0, -1)", "pick up", "Pick above", "pick.up"),
    _key("down,j", "move_pick(0, 1)", "pick down", "Pick below", "pick.down"),
    _key("enter", "suffixes", "refine", "Edit the suffixes for the pick", "refine", show=True),
    _key("r", "refine_now", "refine now", "Refine with the suffixes as they are", "refine.now"),
    _key("g", "generate", "generate", "Make the prompt's pictures", "generate", show=True),
    _key("n", "next_seeds", "more", "The same prompt with the next seeds", "generate.next"),
    _key("ctrl+n", "control", "control", "The pick itself among its refinements", "refine.control", show=True),
    _key("x", "cancel", "cancel", "Stop the running round at its next step", "cancel", show=True),
    _key("X", "finish_batch", "this batch only", "Of the running round make only the pick's batch", "cancel.rest"),
    _key("ctrl+r", "retry", "try again", "Mend what went wrong and go on", "retry", show=True),
    _key("escape", "pictures", "pictures", "Back to the pictures", "pictures", show=True),
    _key("p,slash", "prompt", "prompt", "Edit the prompt", "prompt", show=True, display="p"),
    _key("question_mark", "help", "help", "All keys", "help", show=True),
    _key("q", "quit", "quit", "Leave; all rounds are kept", "quit", show=True),
    _key("U", "undo", "undo", "Put back what was deleted", "rounds.undo", show=True),
    _key("c", "compare", "compare", "The pick and its parent, or two marked pictures", "compare", show=True),
    _key("space", "mark", "mark", "Mark the pick, to compare it with another", "compare.mark"),
    _key("v", "verify", "verify", "Make the pick again and compare every bit", "verify", show=True),
    _key("z", "zoom", "zoom", "The pick alone, and back", "zoom", show=True),
    _key("s", "save", "save", "Save a copy of the pick here", "save", show=True),
    _key("S", "save_sheet", "save sheet", "Save the round as one picture here", "save.sheet"),
    _key("u", "parent", "parent", "The round this one was picked from", "rounds.parent", show=True),
    _key("left_square_bracket", "beside(-1)", "older", "The round before", "rounds.older"),
    _key("right_square_bracket", "beside(1)", "newer", "The round after", "rounds.newer"),
    _key("t", "tree", "rounds", "The tree of rounds, and back", "rounds.tree"),
    _key("w", "queue", "queue", "The rounds that run and wait: reorder, cancel", "queue", show=True),
    _key("m", "models", "model", "Another model, from this machine or the Hub", "models"),
    _key("o", "recipe", "recipe", "Steps, size, scheduler and all else of the next rounds", "recipe"),
    _key("P", "park", "park", "Move the weights off the GPU until the next round", "park"),
    _key("asterisk", "star", "star", "A star on the pick, and off again", "star", display="*"),
    _key("y", "copy", "copy", "Prompt, seed or path of the pick to the clipboard", "copy"),
    _key("d", "delete", "delete", "Delete the round and all made from it", "rounds.delete"),
    _key("f", "find", "find", "Look for rounds in all sessions by their words", "find"),
    _key("T", "sessions", "sessions", "All sessions: open another one, or a new one", "sessions"),
    _key("N", "new_session", "new session", "An empty session; this one is kept", "sessions.new"),
    _key("E", "export", "export", "The session as a folder of files for others", "sessions.export"),
    _key("tab", "field(1)", "next field", "The next place to type or move in", "field.next"),
    _key("shift+tab", "field(-1)", "field before", "The one before", "field.before"),
    _key("ctrl+l", "redraw", "redraw", "Draw the pictures again", "redraw"),
    _key("ctrl+c", "leave", "leave", "Leave, from wherever", "quit.always"),
]
"""In the footer's order."""

WHILE_TYPING = frozenset({"control", "pictures", "retry", "redraw", "leave", "field"})
"""Actions whose keys are no text."""

HELP = {
    "pictures": {
        "pick.left pick.down pick.up pick.right": "move the pick",
        "refine": "refine the pick: opens its suffixes",
        "refine.now": "refine at once, suffixes as they are",
        "zoom": "zoom the pick, and back",
        "compare": "compare the pick with its parent",
        "compare.mark": "mark the pick: two marked are compared",
        "verify": "make the pick again, compare every bit",
        "save save.sheet": "save a copy of the pick, of the sheet",
        "star": "a star on the pick, and off again",
        "copy": "copy its prompt, seed or path",
    },
    "rounds": {
        "generate": "generate the prompt from its seeds",
        "generate.next": "generate from the next seeds",
        "cancel cancel.rest": "cancel all, or all but the pick's batch",
        "queue": "the rounds that wait: reorder, cancel",
        "rounds.parent": "the round this one was picked from",
        "rounds.older rounds.newer": "the round before, the round after",
        "rounds.tree": "the tree of rounds, and back",
    },
    "sessions": {
        "rounds.delete rounds.undo": "delete the round and its branch; undo",
        "find": "find rounds by words, in all sessions",
        "sessions sessions.new": "all sessions, to open one; a new one",
        "sessions.export": "export this session as a folder",
    },
    "typing": {
        "prompt": "edit the prompt, then tab: the seeds",
        "generate.enter": "generate",
        "paste": "the path of an image: go on from it",
        "refine.control": "the pick too, as a control",
        "retry": "run the suffixes, or try again",
        "suffixes.off": "switch a suffix off and on",
        "suffixes.combine": "suffixes alone, in pairs, or all in one",
        "suffixes.sets": "take a suffix set, or keep the lines",
        "pictures": "back to the pictures",
    },
    "always": {
        "recipe": "the recipe of the next rounds",
        "models": "another model, for the next rounds",
        "ctrl+p": "all commands",
        "redraw": "draw the pictures again",
        "park": "free the GPU until the next round",
        "help": "this help",
        "quit quit.always": "quit",
    },
}
"""Keys and what they do, by the place they work in. A key that has an id goes by it, as the user may move it."""


def has_work(action: str, state: State) -> bool:
    """Whether there is something in `state` for `action` to act on: only then its key is in the footer."""
    round_view = state.round_view
    match action:
        case "cancel":
            return bool(state.open_rounds) or state.verification.check is not None
        case "finish_batch":
            return state.has_more_calls
        case "queue":
            return len(state.queue) > 0
        case "park":
            return state.can_park
        case "retry":
            return state.can_retry
        case "move_pick" | "suffixes" | "refine_now" | "zoom" | "beside" | "tree" | "copy" | "delete":
            return round_view is not None
        case "compare" | "mark":
            return round_view is not None
        case "verify":
            return round_view is not None and state.verification.check is None
        case "new_session" | "export":
            return bool(state.lineage.rounds)
        case "star":
            return round_view is not None and round_view.pick in round_view.kept
        case "save":
            return round_view is not None and round_view.picked is not None
        case "save_sheet":
            return round_view is not None and all(round_view.records)
        case "parent":
            return round_view is not None and state.lineage.parent(round_view.round) is not None
        case _:
            return True
