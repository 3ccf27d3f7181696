"""Every action of the app, declared once.

Bindings, footer, tooltips, command palette, help, keymap, the lines of `seedtui config --init` and the key tables of
the manual are made from this table. An `id` never changes: users have it in their config.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding, BindingType

from seedtui.app.state.state import MOST_COMPARED
from seedtui.ui.keys.action import Action, Context, Group, Where

ON_MAIN: tuple[Where, ...] = ("main", "sheet")
"""The places whose actions the app runs, by their id."""

_ALL = 10**9
"""For an action on all marked pictures, however many."""


def _group(group: Group, *actions: Action) -> Iterator[Action]:
    # With priority the app acts on a key before it looks at the next one; a widget would handle it later,
    # and what is typed right after it would go to the wrong place. `SeedtuiApp.check_action` leaves text to the inputs.
    return (action._replace(group=group, priority=True) for action in actions)


def _keys(where: Where, *actions: Action) -> Iterator[Action]:
    """The keys of a screen or a widget; the footer shows those with a label, in this order."""
    return (a._replace(where=where, footer=n if a.label else 0) for n, a in enumerate(actions, 1))


def _form(where: Where, *actions: Action) -> Iterator[Action]:
    """The keys of a dialog with a form, after its own."""
    return _keys(
        where,
        *actions,
        Action(f"{where}.close", "escape", "close", "dismiss", "close"),
        Action(f"{where}.down", "down", "next", "field(1)", "the next field"),
        Action(f"{where}.up", "up", "previous", "field(-1)", "the previous field"),
    )


_MAIN = (
    *_group(
        "pictures",
        Action("pick.left", "left,h", "pick", "rounds.move_pick(-1, 0)", "pick the picture to the left",
               row="move the pick", footer=1, shown_as="←↑↓→", motion=True, enabled=Context.on_pictures),
        Action("pick.down", "down,j", "pick down", "rounds.move_pick(0, 1)", "pick the picture below",
               row="move the pick", motion=True, enabled=Context.on_pictures),
        Action("pick.up", "up,k", "pick up", "rounds.move_pick(0, -1)", "pick the picture above",
               row="move the pick", motion=True, enabled=Context.on_pictures),
        Action("pick.right", "right,l", "pick right", "rounds.move_pick(1, 0)", "pick the picture to the right",
               row="move the pick", motion=True, enabled=Context.on_pictures),
        Action("refine", "enter", "refine", "rounds.open_suffixes", "edit the suffixes for the pick",
               footer=2, enabled=Context.can_refine_here,
               words="suffixes change improve edit variations next"),
        Action("refine.now", "r", "refine now", "rounds.refine_now", "refine at once, with the suffixes as they are",
               enabled=Context.has_round, marked=_ALL,
               words="repeat again suffixes quick"),
        Action("vary", "V", "vary", "rounds.vary", "variations of the pick: its noise, turned towards other seeds",
               row="variations of the pick", footer=3, enabled=Context.has_finished_images, marked=_ALL, yields=True,
               words="variation variations strength subseed neighbours similar alike composition change slightly"),
        Action("finish", "b", "bigger", "finishing.ask", "make the pick larger, with more detail",
               footer=12, enabled=Context.has_finished_images, marked=_ALL, yields=True,
               words="finish upscale upscaler hires fix highres larger enlarge large size resolution img2img"
                     " image-to-image second pass esrgan lanczos detail 2x final"),
        Action("zoom", "z", "zoom", "view.zoom", "zoom the pick, and back", footer=14, enabled=Context.has_round,
               words="enlarge larger full screen bigger view"),
        Action("details", "i", "details", "view.details",
               "show how the pick was made: seed, steps, model, file and more",
               row="show how the pick was made; scroll it", footer=16, enabled=Context.has_round, yields=True,
               words="info information metadata recipe seed steps sampler guidance environment path properties"),
        Action("details.down", "pagedown", "scroll details", "view.scroll_details(1)", "scroll the details down",
               row="show how the pick was made; scroll it", motion=True, enabled=Context.on_details, yields=True),
        Action("details.up", "pageup", "scroll details up", "view.scroll_details(-1)", "scroll the details up",
               row="show how the pick was made; scroll it", motion=True, enabled=Context.on_details, yields=True),
        Action("compare", "c", "compare", "picks.compare", "compare the pick with its parent, or up to four marked",
               row="compare with the parent, or up to four marked", footer=12, enabled=Context.has_round,
               marked=MOST_COMPARED,
               words="difference diff side by side blink heat map parent"),
        Action("compare.round", "C", "compare round", "picks.compare_round", "compare the first four of the round",
               enabled=Context.has_round, yields=True, words="four all side by side difference"),
        Action("compare.mark", "space", "mark", "marks.mark", "mark the pick: other keys act on all marked pictures",
               row="mark the pick, all of the round", enabled=Context.on_small_round,
               words="select several pictures"),
        Action("marks.all", "a", "mark all", "marks.all", "mark all pictures of the round, or unmark them",
               row="mark the pick, all of the round", enabled=Context.has_round, yields=True,
               words="select everything pictures"),
        Action("marks.clear", "A", "clear marks", "marks.clear", "unmark all pictures, in all rounds",
               enabled=Context.has_marks, yields=True,
               words="deselect unselect none"),
        Action("verify", "v", "verify", "picks.verify", "make the pick again and compare every bit",
               footer=13, enabled=Context.can_verify, marked=_ALL,
               words="reproduce prove exact bit check again deterministic"),
        Action("save", "s", "save", "picks.save", "save a copy of the pick in the current folder",
               row="save a copy of the pick, of the round", footer=15, enabled=Context.has_target, marked=_ALL,
               words="png file copy download export keep disk"),
        Action("save.sheet", "S", "save sheet", "picks.save_sheet", "save the whole round as one picture there",
               row="save a copy of the pick, of the round", enabled=Context.can_save_sheet,
               words="contact sheet grid png file export"),
        Action("star", "asterisk", "star", "picks.star", "star the pick, or remove its star",
               shown_as="*", enabled=Context.has_target, marked=_ALL,
               words="favourite favorite best keep like"),
        Action("copy", "y", "copy", "outside.copy", "copy the pick's prompt, seed, path or image",
               enabled=Context.has_round, marked=_ALL, words="clipboard yank prompt seed path image"),
        Action("open", "O", "open", "outside.open", "show the pick in an image viewer (the setting viewer)",
               enabled=Context.has_target, marked=_ALL, yields=True, words="external viewer program xdg-open feh"),
    ),
    *_group(
        "rounds",
        Action("generate", "g", "generate", "prompt_line.generate", "make one image for each seed", footer=3,
               words="run start make images txt2img create"),
        Action("generate.next", "n", "more", "prompt_line.next_seeds", "make one image for each of the next seeds",
               words="new seeds another variation reroll random"),
        Action("scout", "H", "scout", "scouting.ask", "scout: look through hundreds of seeds, each stopped early",
               yields=True, words="scouting many hundreds seeds previews fast contact sheet search stop early"),
        Action("grid", "G", "grid", "grids.ask", "make a grid: one setting across, another down",
               yields=True, words="xyz plot axes compare settings guidance steps scheduler suffixes sheet"),
        Action("grid.take", "equals_sign", "use setting", "grids.take",
               "use the settings of the pick's column and row for the next rounds", shown_as="=",
               footer=2, enabled=Context.on_grid, yields=True, words="grid axis use apply recipe column row setting"),
        Action("cancel", "x", "cancel", "rounds.cancel", "cancel the running round at its next step",
               row="cancel the round, all but the pick's batch", footer=5, enabled=Context.can_cancel,
               words="stop abort interrupt halt end"),
        Action("cancel.rest", "X", "this batch only", "rounds.finish_batch", "cancel all but the pick's batch",
               row="cancel the round, all but the pick's batch", enabled=Context.can_finish_batch,
               words="stop skip rest abort"),
        Action("rounds.run", "R", "run unfinished", "rounds.run_unfinished",
               "run all rounds of the session that were cancelled, failed or left unfinished",
               row="run all unfinished rounds", enabled=Context.has_unfinished, yields=True,
               words="resume continue again failed cancelled retry rest"),
        Action("rounds.clear", "D", "clear cancelled", "sessions.clear_cancelled",
               "delete the cancelled rounds that have no images",
               row="delete cancelled rounds without images", enabled=Context.has_empty_cancelled, yields=True,
               words="remove delete empty cancelled tidy"),
        Action("queue", "w", "queue", "rounds.queue", "the queue: reorder or cancel waiting rounds",
               footer=17, enabled=Context.has_queue,
               words="waiting order later next jobs reorder"),
        Action("rounds.parent", "u", "parent", "rounds.parent", "go to the parent: the round that this one refines",
               footer=16, enabled=Context.has_parent,
               words="origin source up back"),
        Action("rounds.again", "e", "reuse", "prompt_line.take_up",
               "reuse the round's prompt, seeds and recipe: edit them, then generate",
               row="reuse its prompt, seeds and recipe", enabled=Context.has_round, yields=True,
               words="edit take up again restore recall load parameters remix"),
        Action("rounds.older", "left_square_bracket", "older", "rounds.beside(-1)", "the previous round",
               row="the previous round, the next round", enabled=Context.has_round,
               words="history previous back before"),
        Action("rounds.newer", "right_square_bracket", "newer", "rounds.beside(1)", "the next round",
               row="the previous round, the next round", enabled=Context.has_round,
               words="history next forward after"),
        Action("rounds.tree", "t", "rounds", "view.tree", "the tree of rounds, and back", enabled=Context.has_round,
               words="history list lineage branch"),
    ),
    *_group(
        "sessions",
        Action("rounds.starred", "F", "starred rounds", "view.starred", "show only rounds with stars, or all again",
               enabled=Context.has_rounds, yields=True, words="filter favourite favorite stars tree"),
        Action("rounds.delete", "d", "delete", "sessions.delete",
               "delete the round and everything made from it; with marks, the marked pictures alone",
               row="delete the round and its branch, or the marked; undo", footer=18, enabled=Context.has_round,
               marked=_ALL, words="remove erase trash clear"),
        Action("rounds.undo", "U", "undo", "sessions.undo", "undo the last delete",
               row="delete the round and its branch, or the marked; undo", footer=11, enabled=Context.can_undo,
               words="restore bring back deleted"),
        Action("find", "f", "find", "sessions.find", "find rounds in all sessions by their words",
               words="search history prompt words look"),
        Action("sessions", "T", "sessions", "sessions.list", "all sessions: open one, or start a new one",
               words="history projects open load resume switch"),
        Action("sessions.new", "N", "new session", "sessions.new", "a new, empty session; this one is kept",
               enabled=Context.has_rounds,
               words="empty fresh start clear"),
        Action("sessions.export", "E", "export", "sessions.export", "export the session as a folder of files",
               enabled=Context.has_rounds,
               words="save folder files share html zip"),
        Action("sessions.export.zip", "", "export as zip", "sessions.export(True)", "export the session as one file",
               enabled=Context.has_rounds,
               words="save archive share files"),
    ),
    *_group(
        "typing",
        Action("prompt", "p,slash", "prompt", "view.prompt", "edit the prompt; tab moves to the seeds",
               footer=8, shown_as="p",
               words="words text write edit describe seed seeds number"),
        Action("field.next", "tab", "next field", "view.field(1)", "the next field",
               row="the next field, the previous field", while_typing=True, motion=True),
        Action("field.before", "shift+tab", "previous field", "view.field(-1)", "the previous field",
               row="the next field, the previous field", while_typing=True, motion=True),
        Action("refine.control", "ctrl+n", "control", "rounds.control", "include the pick itself, as a control",
               footer=4, enabled=Context.on_suffixes, while_typing=True,
               words="baseline reference pick itself unchanged"),
        Action("refine.hold", "f2", "hold", "rounds.hold",
               "hold the composition: the first steps follow the pick's own prompt",
               row="hold the pick's composition: 0% to 60%", enabled=Context.on_suffixes, while_typing=True,
               yields=True, words="hold composition layout keep strength similar prompt steps"),
        Action("refine.holds", "f3", "several holds", "rounds.holds",
               "refine with this line's suffix at holds of 0, 10, 20 and 40%",
               row="one suffix at holds of 0, 10, 20 and 40%", enabled=Context.on_suffixes, while_typing=True,
               yields=True, words="hold composition layout compare strength steps ladder"),
        Action("retry", "ctrl+r", "retry", "rounds.retry", "run the suffixes; after an error, retry",
               footer=6, enabled=Context.can_retry, while_typing=True,
               words="again error failed repeat run resume"),
        Action("pictures", "escape", "pictures", "view.pictures", "back to the pictures",
               footer=7, enabled=Context.can_go_to_pictures, while_typing=True,
               words="back grid images"),
    ),
    *_group(
        "always",
        Action("recipe", "o", "recipe", "model.recipe", "edit the recipe of the next rounds",
               words="steps negative guidance cfg size width height resolution sampler scheduler lora batch dtype"
                     " spread seed variance diversity alike device profile memory options settings parameters"),
        Action("models", "m", "model", "model.models", "choose another model",
               words="download checkpoint hub load switch change weights safetensors sdxl flux"),
        Action("park", "P", "park", "model.park", "move the weights off the GPU until the next round",
               row="move the weights off the GPU", enabled=Context.can_park,
               words="gpu memory vram free unload release"),
        Action("workers", "W", "workers", "model.workers",
               "the workers of a pool: what each does; add, drain, restart or remove one",
               row="the workers of a pool", footer=13, yields=True,
               words="pool gpus gpu hosts host ssh ray machines devices add remove drain restart park heartbeat"),
        Action("worker.restart", "", "restart the worker", "model.restart_worker",
               "end the worker, whatever it is doing, and start another",
               words="kill hang stuck crash reload engine"),
        Action("redraw", "ctrl+l", "redraw", "view.redraw", "redraw the pictures", while_typing=True,
               words="refresh repaint broken pictures screen"),
        Action("help", "question_mark", "help", "view.help", "all keys", footer=9, in_dialogs=True, stays=True,
               words="keys shortcuts bindings keyboard"),
        Action("manual", "f1", "manual", "view.manual", "the manual, at the page for this screen",
               while_typing=True, in_dialogs=True, yields=True, stays=True, instead="help",
               words="documentation docs guide help how"),
        Action("quit", "q", "quit", "sessions.quit", "quit; all rounds are kept", footer=10, stays=True,
               words="exit leave close end stop"),
        Action("quit.always", "ctrl+c", "leave", "view.leave", "quit from anywhere; cannot be moved",
               row="quit from anywhere", while_typing=True, in_dialogs=True, fixed=True, stays=True, instead="quit",
               words="exit quit close"),
    ),
)  # fmt: skip

_TEXTUAL = (
    Action("commands", "ctrl+p", "commands", "command_palette", "all commands", where="textual", group="always"),
    Action("paste", "", "paste", "", "the path of an image: continue from it", where="textual", group="typing",
           shown_as="paste"),
    Action("history", "", "earlier prompts", "", "earlier prompts of all sessions, with the words that you typed",
           where="textual", group="typing", shown_as="↑ ↓", row="earlier prompts with these words"),
    Action("undo", "", "undo", "", "undo and redo what you typed", where="textual", group="typing",
           shown_as="ctrl+z ctrl+y"),
)  # fmt: skip
"""Textual's own keys, which the help and the manual list too."""

_PLACES = (
    *_keys(
        "prompt line",
        Action("generate.enter", "enter", "generate", "submit", "generate, from the prompt or the seeds field",
               group="typing", fixed=True),
    ),
    *_keys(
        "prompt editor",
        Action("prompt.break", "ctrl+j,alt+enter,shift+enter", "", "line_break", "a line break in the prompt",
               group="typing", shown_as="ctrl+j"),
    ),
    *_keys(
        "suffix pane",
        Action("refine.run", "ctrl+r", "run", "run", "refine the pick with these suffixes", group="suffixes"),
        Action("suffixes.off", "ctrl+t", "off/on", "toggle_line", "switch the line off, or on again", group="suffixes"),
        Action("suffixes.combine", "ctrl+g", "combine", "combine", "each line alone, lines in pairs, or all in one",
               row="lines alone, in pairs, or all in one", group="suffixes"),
        Action("suffixes.sets", "ctrl+o", "sets", "sets", "load a suffix set, or save the lines as one",
               group="suffixes"),
    ),
    *_keys(
        "tree",
        Action("tree.enter", "enter", "pictures", "app.act('pictures')", "to the round's pictures"),
    ),
    *(
        action._replace(where="sheet") for action in _group(
        "sheet",
        Action("sheet.keep", "space", "keep", "sheet.keep", "star the pick, to keep it; again: remove the star",
               footer=1, enabled=Context.on_sheet, words="star choose select good"),
        Action("sheet.reject", "backspace", "reject", "sheet.reject",
               "reject the pick and go to the next; again: no longer rejected",
               footer=1, enabled=Context.on_sheet, words="discard bad dislike remove hide"),
        Action("scout.finish", "B", "finish", "scouting.finish", "finish the kept images of a scout round",
               footer=1, enabled=Context.can_finish_kept, words="complete full scout kept stars"),
        Action("sheet.filter", "K", "filter", "sheet.filter",
               "filter: all tiles, kept only, not seen yet, rejected hidden",
               footer=2, enabled=Context.on_sheet, words="only kept seen rejected show hide"),
        Action("sheet.sort", "L", "sort", "sheet.sort",
               "sort: by seed, most different first, nearest to the pick, by colour; a grid's rows by drift",
               footer=2, enabled=Context.on_sheet, words="order different alike similar nearest colour color seed"),
        Action("sheet.zoom", "enter", "zoom", "view.zoom", "zoom the pick of a scout round, and back",
               footer=2, enabled=Context.on_scout),
        Action("sheet.larger", "plus", "larger", "sheet.resize(1)", "larger tiles",
               row="larger tiles, smaller", shown_as="+", enabled=Context.on_sheet),
        Action("sheet.smaller", "minus", "smaller", "sheet.resize(-1)", "smaller tiles",
               row="larger tiles, smaller", shown_as="-", enabled=Context.on_sheet),
        Action("sheet.mark", "M", "mark", "marks.mark",
               "mark the pick: other keys act on all marked pictures",
               enabled=Context.on_sheet, words="select several pictures compare"),
        Action("sheet.page.down", "pagedown", "", "sheet.page(1)", "a page down",
               row="a page down, a page up", motion=True, enabled=Context.on_sheet),
        Action("sheet.page.up", "pageup", "", "sheet.page(-1)", "a page up",
               row="a page down, a page up", motion=True, enabled=Context.on_sheet),
        Action("sheet.first", "home", "", "sheet.end(-1)", "the first tile", row="the first tile, the last",
               motion=True, enabled=Context.on_sheet),
        Action("sheet.last", "end", "", "sheet.end(1)", "the last tile", row="the first tile, the last",
               motion=True, enabled=Context.on_sheet),
    )),
    *_keys(
        "list",
        Action("list.up", "up,k", "", "move(-1)", "the row above"),
        Action("list.down", "down,j", "", "move(1)", "the row below"),
        Action("list.page.up", "pageup", "", "page(-1)", "a page up"),
        Action("list.page.down", "pagedown", "", "page(1)", "a page down"),
        Action("list.first", "home", "", "move(-1000000000)", "the first row"),
        Action("list.last", "end", "", "move(1000000000)", "the last row"),
    ),
    *_keys(
        "compare",
        Action("compare.blink", "b,space", "blink", "blink", "blink: show one picture in place of the others",
               shown_as="b"),
        Action("compare.heat", "d", "difference", "heat", "draw where each differs from the first, as a heat map"),
        Action("compare.zoom", "z", "zoom", "full", "fill the screen, then zoom in"),
        Action("compare.nearer", "plus,equals_sign", "zoom in", "nearer", "zoom in", shown_as="+"),
        Action("compare.farther", "minus", "zoom out", "farther", "zoom out", shown_as="-"),
        Action("compare.left", "left,h", "pan", "arrow(-1, 0)", "the previous picture of the round; zoomed in: pan",
               shown_as="←↑↓→"),
        Action("compare.down", "down,j", "", "arrow(0, 1)", "zoomed in: pan"),
        Action("compare.up", "up,k", "", "arrow(0, -1)", "zoomed in: pan"),
        Action("compare.right", "right,l", "", "arrow(1, 0)", "the next picture of the round; zoomed in: pan"),
        Action("compare.all", "s", "all", "all", "all pictures beside each other again, in full"),
        Action("compare.close", "escape,c,q", "back", "close", "back to the round", shown_as="esc",
               stays=True),
    ),
    *_keys(
        "queue",
        Action("queue.close", "escape,q,w,enter", "close", "dismiss", "close"),
        Action("queue.down", "j,down", "down", "cursor(1)", "the next round"),
        Action("queue.up", "k,up", "up", "cursor(-1)", "the previous round"),
        Action("queue.later", "J,shift+down", "later", "move(1)", "run the round later"),
        Action("queue.earlier", "K,shift+up", "earlier", "move(-1)", "run the round earlier"),
        Action("queue.cancel", "x,delete", "cancel", "cancel", "cancel the round"),
    ),
    *_keys(
        "workers",
        Action("workers.close", "escape,q,W", "close", "close", "close"),
        Action("workers.add", "a", "add", "add", "add a worker on this machine or another"),
        Action("workers.drain", "d", "drain", "change('drain')",
               "drain the worker: it finishes its batch and gets no more work; again: resume"),
        Action("workers.restart", "r", "restart", "change('restart')", "restart the worker; its batch goes to another"),
        Action("workers.park", "p", "park", "change('park')",
               "park the worker: its weights leave the GPU; again: wake it"),
        Action("workers.remove", "x,delete", "remove", "change('remove')", "end the worker and take it off the list"),
    ),
    *_keys(
        "sessions",
        Action("sessions.close", "escape,q,T", "close", "close", "close"),
        Action("sessions.open", "enter", "open", "choose", "open the session", priority=True),
        Action("sessions.start", "N,n", "new session", "new", "start a new session"),
        Action("sessions.rename", "r", "rename", "rename", "name the session"),
        Action("sessions.delete", "d", "delete", "delete", "delete the session; its pictures stay on disk"),
        Action("sessions.undo", "U", "undo", "undo", "restore the session that was deleted last"),
        Action("sessions.starred", "s", "starred only", "starred", "list only sessions with stars, or all again"),
    ),
    *_keys(
        "find",
        Action("find.close", "escape", "close", "dismiss", "close"),
        Action("find.show", "enter", "show", "choose", "show the round", priority=True),
        Action("find.starred", "ctrl+t", "starred only", "starred", "find only rounds with a star, or all again",
               priority=True),
        Action("find.down", "down,ctrl+n", "down", "row(1)", "the next round", priority=True),
        Action("find.up", "up,ctrl+p", "up", "row(-1)", "the previous round", priority=True),
        Action("find.page.down", "pagedown", "page down", "rows(1)", "a page down", priority=True),
        Action("find.page.up", "pageup", "page up", "rows(-1)", "a page up", priority=True),
    ),
    *_keys(
        "models",
        Action("models.close", "escape", "close", "dismiss", "close", priority=True),
        Action("models.down", "down", "down", "cursor(1)", "the next model", priority=True),
        Action("models.up", "up", "up", "cursor(-1)", "the previous model", priority=True),
        Action("models.page.down", "pagedown", "page down", "cursor(8)", "a page down", priority=True),
        Action("models.page.up", "pageup", "page up", "cursor(-8)", "a page up", priority=True),
    ),
    *_keys(
        "download",
        Action("download.start", "enter,y", "download", "begin", "download"),
        Action("download.stop", "escape,n,x,q", "stop", "stop", "stop, or do not download"),
    ),
    *_keys(
        "recipe",
        Action("recipe.leave", "escape", "leave", "leave", "leave the recipe as it was"),
        Action("recipe.apply", "ctrl+r", "apply", "apply", "apply to the next rounds", priority=True),
        Action("recipe.reset", "ctrl+z", "undo edits", "reset", "undo all edits", priority=True),
        Action("recipe.portable", "ctrl+g", "noise from the CPU", "portable",
               "draw noise on the CPU, the same everywhere", priority=True),
        Action("recipe.down", "down", "next", "field(1)", "the next field"),
        Action("recipe.up", "up", "previous", "field(-1)", "the previous field"),
    ),
    *_form("finish"),
    *_keys(
        "suffix sets",
        Action("sets.close", "escape", "close", "dismiss", "close"),
        Action("sets.other", "tab,shift+tab", "list, name", "other", "between the list and the name"),
    ),
    *_keys(
        "vary",
        Action("vary.ladder", "f3", "four strengths", "ladder", "four strengths towards one seed, or back"),
        Action("vary.close", "escape", "close", "dismiss", "close"),
    ),
    *_form("scout"),
    *_form(
        "grid",
        Action("grid.preset", "f3", "other setting", "preset", "another setting across or down, with values"),
    ),
    *_keys(
        "copy",
        Action("copy.prompt", "p", "prompt", "choose('prompt')", "copy the prompt"),
        Action("copy.seed", "s", "seed", "choose('seed')", "copy the seed"),
        Action("copy.path", "f", "path", "choose('path')", "copy the path"),
        Action("copy.image", "i", "image", "choose('image')", "copy the image itself, or else its path"),
        Action("copy.close", "escape,q,y", "close", "dismiss", "close"),
    ),
    *_keys(
        "leave",
        Action("leave.now", "l,y", "leave now", "choose('now')", "leave at once"),
        Action("leave.later", "w", "wait, then leave", "choose('later')", "leave when all rounds are done"),
        Action("leave.stay", "escape,q,n,s", "stay", "choose('stay')", "stay"),
    ),
    *_keys(
        "help",
        Action("help.close", "escape", "close", "close", "clear the filter; close"),
        Action("help.dismiss", "question_mark,enter", "", "dismiss", "close", priority=True),
        Action("help.down", "down", "", "row(1)", "down"),
        Action("help.up", "up", "", "row(-1)", "up"),
        Action("help.page.down", "pagedown", "", "page(1)", "a page down"),
        Action("help.page.up", "pageup", "", "page(-1)", "a page up"),
    ),
    *_keys(
        "manual",
        Action("manual.search", "slash", "search", "search", "search all pages"),
        Action("manual.next", "n", "next hit", "hit(1)", "the next hit"),
        Action("manual.previous", "N", "", "hit(-1)", "the previous hit"),
        Action("manual.list", "tab", "pages and links", "list", "to the list of pages and links, and back",
               priority=True),
        Action("manual.back", "backspace", "previous page", "back", "the page you came from"),
        Action("manual.close", "escape,q", "close", "close", "end the search; back to where you were",
               shown_as="esc", stays=True),
        Action("manual.down", "down,j", "", "row(1)", "down"),
        Action("manual.up", "up,k", "", "row(-1)", "up"),
        Action("manual.page.down", "pagedown,space", "", "page(1)", "a page down"),
        Action("manual.page.up", "pageup", "", "page(-1)", "a page up"),
    ),
)  # fmt: skip

ACTIONS: dict[str, Action] = {action.id: action for action in (*_MAIN, *_TEXTUAL, *_PLACES)}
"""By id."""

_ORDER = {id: number for number, id in enumerate(ACTIONS)}


def actions_of(*where: Where) -> tuple[Action, ...]:
    """The actions of some places, in the order of the table."""
    return tuple(action for action in ACTIONS.values() if action.where in where)


def bindings(where: Where) -> list[BindingType]:
    """The Textual bindings of one place."""
    return [_binding(action) for action in actions_of(where) if action.keys]


def footer_place(action: Action) -> tuple[bool, int, int]:
    """Sorts actions for the footer: those of the place that has the focus, then those with a place, then the others."""
    return action.where in (*ON_MAIN, "textual"), action.footer or len(ACTIONS), _ORDER[action.id]


def _binding(action: Action) -> Binding:
    act = f"act('{action.id}')"
    run = {"main": act, "sheet": f"app.{act}"}.get(action.where, action.run)
    return Binding(
        action.keys, run, action.label, show=action.in_footer, key_display=action.shown_as or None,
        priority=action.priority, tooltip=action.tooltip, id=action.id,
    )  # fmt: skip
