"""The texts that nodes for texts make: written in them, joined, switched, shown."""

from __future__ import annotations

import re
from typing import Any, Literal

from seedtui.library.foreign.comfyui.graph import Graph, Node, link_of

Role = Literal["positive", "negative"]

MAX_HOPS = 60
"""Nodes in a row that a text may come through."""
MAX_TEXTS = 64
MAX_LENGTH = 8_000
"""Characters of a text that is put together; twice what a prompt may have."""

_WORDS: dict[str, Role] = {"positive": "positive", "pos": "positive", "negative": "negative", "neg": "negative"}
_TEXT = re.compile(
    r"^(text|string|prompt|value|clip_l|clip_g|t5xxl|llama|bert|mt5xl|tags|caption)(_?[a-z0-9]{1,2})?$"
    r"|^(in)?text|^user_prompt$"
)
_SHOWN = re.compile(r"show|display|preview", re.IGNORECASE)
_NUMBERS = ("select", "index", "input")


def role_of(name: str) -> Role | None:
    """Whether an input of that name is for the prompt or the negative prompt, by the words in it."""
    roles = {_WORDS[word] for word in re.split(r"[^a-z]+", name.lower()) if word in _WORDS}
    return roles.pop() if len(roles) == 1 else None


def is_text(name: str) -> bool:
    """Whether an input of that name is a text for both roles, or for whichever the node is of."""
    return bool(_TEXT.match(name.lower())) and role_of(name) is None


def is_words(value: Any) -> bool:
    """Whether `value` is a text, or a link, which may lead to one."""
    return isinstance(value, str) or link_of(value) is not None


def chosen_of(switch: Node, links: list[Any]) -> Any:
    """Which of `links` a switch is set to, None if it does not say."""
    settings = {name.lower(): value for name, value in switch.inputs.items()}
    number = next((n for name in _NUMBERS if type(n := settings.get(name)) is int), None)
    if number is not None:
        return links[number - 1] if 0 < number <= len(links) else None
    on = next((value for value in settings.values() if isinstance(value, bool)), None)
    if on is None:
        return None
    sides = dict(switch.links())
    names = ("on_true", "true", "if_true", "tt_value") if on else ("on_false", "false", "if_false", "ff_value")
    return next((sides[name] for name in names if name in sides), None)


class TextReader:
    """Reads texts of one role out of a graph; every node is read once, so that no graph takes long."""

    def __init__(self, graph: Graph, role: Role) -> None:
        self._graph, self._role = graph, role
        self._texts: dict[str, str] = {}

    def read(self, value: Any, hops: int = 0) -> str:
        """The text that an input has, or that the nodes before it make; "" if there is none."""
        if isinstance(value, str):
            return value[:MAX_LENGTH]
        node = self._graph.target(value)
        if node is None or hops > MAX_HOPS:
            return ""
        if node.id not in self._texts:
            self._texts[node.id] = ""  # what a ring finds
            self._texts[node.id] = self._made(node, hops + 1)[:MAX_LENGTH]
        return self._texts[node.id]

    def _made(self, node: Node, hops: int) -> str:
        if text := node.text("populated_text", "populated"):
            return text
        own = [v for n, v in node.inputs.items() if role_of(n) == self._role and is_words(v)]
        if own:
            return self._joined(own, ", ", hops)
        # A text that is shown is the text itself, not how it was made.
        shown = [v for v in node.inputs.values() if isinstance(v, str) and v.strip()]
        if shown and _SHOWN.search(node.kind):
            return shown[-1]
        if "switch" in node.kind.lower():
            links = [value for _, value in node.links()]
            chosen = chosen_of(node, links)
            texts = (self.read(value, hops) for value in (links if chosen is None else [chosen]))
            return next(filter(None, texts), "")
        inputs = [v for n, v in node.inputs.items() if is_text(n)]
        return self._joined(inputs or _any_texts(node), _between(node), hops)

    def _joined(self, values: list[Any], between: str, hops: int) -> str:
        return between.join(filter(None, (self.read(value, hops) for value in values[:MAX_TEXTS])))


def _between(node: Node) -> str:
    """What a node that joins texts puts between them."""
    settings = {name.lower(): value for name, value in node.inputs.items()}
    said = next((v for name in ("delimiter", "separator") if isinstance(v := settings.get(name), str)), None)
    if said is not None:
        return said.replace("\\n", "\n")
    return "" if "string" in node.kind.lower() else ", "


def _any_texts(node: Node) -> list[Any]:
    """The links of a node for texts, whatever it calls them; without one, what in it is more than a word."""
    links = [value for _, value in node.links()]
    return links or sentences(node)


def sentences(node: Node) -> list[str]:
    """The texts in a node that are more than a word, which the name of a file or of a mode is not."""
    return [v for v in node.inputs.values() if isinstance(v, str) and re.search(r"\w[\s,]+\w", v)]
