"""Keys that the user moved: whether they can be, and how each is written."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest

from textual.binding import Binding
from textual.keys import Keys, format_key, key_to_character
from textual.widgets import Input, TextArea

from seedtui.core.config.settings import Config
from seedtui.core.errors import InputError
from seedtui.ui.keys import APP_KEYS, WHILE_TYPING
from seedtui.ui.widgets.bars.prompt_bar import PromptInput
from seedtui.ui.widgets.suffixes.suffix_pane import SuffixPane

ALL_KEYS: dict[str, Binding] = {
    key.id: key
    for key in (*APP_KEYS, *SuffixPane.BINDINGS, *PromptInput.BINDINGS)
    if isinstance(key, Binding) and key.id
}
"""By their ids: the keys that can be moved."""

FIXED = frozenset({"quit.always", "generate.enter"})
"""Never moved: the way out, whatever the config says, and what Enter does in a line."""


_NAMED = frozenset(key.value for key in Keys)
_MODIFIERS = ("ctrl", "alt", "shift", "super", "meta", "hyper")


def check_keys(config: Config, key: str) -> None:
    """Look at one entry of ``[keys]``.

    Raises:
        InputError: no such id, no such key, or a key that has other work; text that could not be typed any more.
    """
    id = key.partition(".")[2]
    binding = ALL_KEYS.get(id)
    if binding is None:
        raise InputError("there is no key of that name", f"There are {', '.join(ALL_KEYS)}")
    if id in FIXED:
        raise InputError(f"{binding.key} stays where it is", "Move another")
    keys = keys_of(config.keys[id])
    if not keys:
        raise InputError("it has no key", 'Write one, or more with commas: "f5,R"')
    for name in keys:
        if not _is_key(name):
            raise InputError(f"there is no key “{name}”", "Write one such as R, f5, ctrl+g or question_mark")
        if _is_text(name) and binding.action.partition("(")[0] in WHILE_TYPING:
            raise InputError(f"“{name}” could not be typed any more", "Use a key that is no text, such as f5 or ctrl+g")
        if binding not in APP_KEYS and name in _editing_keys():
            raise InputError(f"“{shown_key(name)}” is a key of the editor", "Use another, such as f9")
        for other in APP_KEYS if binding in APP_KEYS else ():
            if other.id != id and name in keys_of(config.keys.get(other.id or "", other.key)):
                raise InputError(f"“{shown_key(name)}” is the key of {other.id} already", f"Move {other.id} too")


def keys_of(keys: str) -> tuple[str, ...]:
    """The names of keys in ``"p,/"``, as Textual calls them."""
    names = ",".join(name for name in keys.split(",") if name.strip())
    return tuple(key.key for key in Binding.make_bindings([Binding(names, "")])) if names else ()


def shown_keys(words: str, keymap: Mapping[str, str]) -> str:
    """`words`, ids of keys in them written as the keys that they have now: ``save save.sheet`` as ``s S``.

    The first key of each comes first, then the second ones: ``← ↓ ↑ →  h j k l``.
    """
    lists = [_keys_of_word(word, keymap) for word in words.split()]
    groups = ([key for key in group if key] for group in zip_longest(*lists, fillvalue=""))
    return "  ".join(" ".join(group) for group in groups)


def shown_key(key: str) -> str:
    """A key as it is written for people: ``?``, ``ctrl+r``, ``esc``."""
    *modifiers, name = key.split("+") if key != "+" else [key]
    return "+".join([*modifiers, format_key(name)])


def _keys_of_word(word: str, keymap: Mapping[str, str]) -> list[str]:
    binding = ALL_KEYS.get(word)
    return [shown_key(key) for key in keys_of(keymap.get(word, binding.key))] if binding else [word]


def _editing_keys() -> set[str]:
    bindings = (*TextArea.BINDINGS, *Input.BINDINGS)
    return {key for binding in bindings if isinstance(binding, Binding) for key in keys_of(binding.key)}


def _is_key(name: str) -> bool:
    *modifiers, key = name.split("+")
    return all(m in _MODIFIERS for m in modifiers) and (key in _NAMED or _is_text(key))


def _is_text(name: str) -> bool:
    character = key_to_character(name)
    return character is not None and character.isprintable()
