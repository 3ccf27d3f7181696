"""Keys that the user moves: whether they can be moved there, and how each key is written."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest

from textual.binding import Binding
from textual.keys import Keys, format_key, key_to_character
from textual.widgets import Input, TextArea

from seedtui.core.config.settings import Config
from seedtui.core.errors import InputError
from seedtui.ui.keys.action import Action
from seedtui.ui.keys.table import ACTIONS, ON_MAIN, actions_of

_NAMED = frozenset(key.value for key in Keys)
_MODIFIERS = ("ctrl", "alt", "shift", "super", "meta", "hyper")


def check_keys(config: Config, key: str) -> None:
    """Check one entry of ``[keys]``.

    Raises:
        InputError: no such id or key, a key that another action has, or text that could no longer be typed.
    """
    id = key.partition(".")[2]
    action = ACTIONS.get(id)
    if action is None or not action.in_keymap:
        names = ", ".join(name for name, known in ACTIONS.items() if known.in_keymap)
        raise InputError("there is no action with that name", f"Use one of {names}")
    if action.fixed:
        raise InputError(f"{shown_key(keys_of(action.keys)[0])} cannot be moved", "Move another key")
    keys = keys_of(config.keys[id])
    if not keys:
        raise InputError("no key is given", 'Write one or more, separated by commas: "f5,R"')
    rivals = actions_of(action.where) if action.where in ON_MAIN else ()
    others = [other for other in rivals if other.keys and other.id != id]
    for name in keys:
        if not _is_key(name):
            raise InputError(f"there is no key “{name}”", "Write one such as R, f5, ctrl+g or question_mark")
        if _is_text(name) and action.while_typing:
            raise InputError(f"you could no longer type “{name}”", "Use a key that is not text, such as f5 or ctrl+g")
        if action.where not in ON_MAIN and name in _editing_keys():
            raise InputError(f"the editor needs “{shown_key(name)}”", "Use another key, such as f9")
        for other in others:
            if name in _keys_now(other, config.keys):
                raise InputError(f"“{shown_key(name)}” is already the key of {other.id}", f"Move {other.id} too")


def keys_of(keys: str) -> tuple[str, ...]:
    """Textual's names of the keys in ``"p,/"``."""
    names = ",".join(name for name in keys.split(",") if name.strip())
    return tuple(key.key for key in Binding.make_bindings([Binding(names, "")])) if names else ()


def shown_keys(words: str, keymap: Mapping[str, str]) -> str:
    """The current keys of the ids in `words`: ``save save.sheet`` gives ``s S``.

    The first key of each comes first, then the second keys: ``← ↓ ↑ →  h j k l``.
    """
    lists = [_keys_of_word(word, keymap) for word in words.split()]
    groups = ([key for key in group if key] for group in zip_longest(*lists, fillvalue=""))
    return "  ".join(" ".join(group) for group in groups)


def shown_key(key: str) -> str:
    """A key as it is written for people: ``?``, ``ctrl+r``, ``esc``."""
    *modifiers, name = key.split("+") if key != "+" else [key]
    return "+".join([*modifiers, format_key(name)])


def _keys_of_word(word: str, keymap: Mapping[str, str]) -> list[str]:
    action = ACTIONS.get(word)
    if action is None or not action.keys:
        return [action.shown_as if action else word]
    return [shown_key(key) for key in _keys_now(action, keymap)]


def _keys_now(action: Action, keymap: Mapping[str, str]) -> tuple[str, ...]:
    keys = keys_of(keymap.get(action.id, action.keys))
    if not action.yields or action.id in keymap:
        return keys
    taken = {key for moved in keymap.values() for key in keys_of(moved)}
    return tuple(key for key in keys if key not in taken)


def _editing_keys() -> set[str]:
    bindings = (*TextArea.BINDINGS, *Input.BINDINGS)
    return {key for binding in bindings if isinstance(binding, Binding) for key in keys_of(binding.key)}


def _is_key(name: str) -> bool:
    *modifiers, key = name.split("+")
    return all(m in _MODIFIERS for m in modifiers) and (key in _NAMED or _is_text(key))


def _is_text(name: str) -> bool:
    character = key_to_character(name)
    return character is not None and character.isprintable()
