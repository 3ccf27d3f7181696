"""Reads texts from text nodes: literal, joined, switched or displayed."""

from __future__ import annotations

import re
from typing import Any, Literal

from seedtui.library.foreign.comfyui.graph import Graph, Node, link_of

Role = Literal["positive", "negative"]

MAX_HOPS = 60
"""Maximum number of nodes to follow for a text."""
MAX_TEXTS = 64
MAX_LENGTH = 8_000
"""Maximum length of a joined text in characters; twice that of a prompt."""

_WORDS: dict[str, Role] = {"positive": "positive", "pos": "positive", "negative": "negative", "neg": "negative"}
_TEXT = re.compile(
    r"^(text|string|prompt|value|clip_l|clip_g|t5xxl|llama|bert|mt5xl|tags|caption)(_?[a-z0-9]{1,2})?$"
    r"|^(in)?text|^user_prompt$"
)
_SHOWN = re.compile(r"show|display|preview", re.IGNORECASE)
_NUMBERS = ("select", "index", "input")


def role_of(name: str) -> Role | None:
    """Whether an input's name implies the prompt or the negative prompt."""
    roles = {_WORDS[word] for word in re.split(r"[^a-z]+", name.lower()) if word in _WORDS}
    return roles.pop() if len(roles) == 1 else None


def is_text(name: str) -> bool:
    """Whether an input of that name is a text of no particular role."""
    return bool(_TEXT.match(name.lower())) and role_of(name) is None


def is_words(value: Any) -> bool:
    """Whether `value` is a text, or a link that may lead to one."""
    return isinstance(value, str) or link_of(value) is not None


def chosen_of(switch: Node, links: list[Any]) -> Any:
    """The one of `links` that a switch selects, None if unknown."""
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
    """Reads texts of one role from a graph. Each node is read only once, so that no graph takes long."""

    def __init__(self, graph: Graph, role: Role) -> None:
        self._graph, self._role = graph, role
        self._texts: dict[str, str] = {}

    def read(self, value: Any, hops: int = 0) -> str:
        """The text of an input, literal or from upstream nodes; "" if there is none."""
        if isinstance(value, str):
            return value[:MAX_LENGTH]
        node = self._graph.target(value)
        if node is None or hops > MAX_HOPS:
            return ""
        if node.id not in self._texts:
            self._texts[node.id] = ""  # for cycles
            self._texts[node.id] = self._made(node, hops + 1)[:MAX_LENGTH]
        return self._texts[node.id]

    def _made(self, node: Node, hops: int) -> str:
        if text := node.text("populated_text", "populated"):
            return text
        own = [v for n, v in node.inputs.items() if role_of(n) == self._role and is_words(v)]
        if own:
            return self._joined(own, ", ", hops)
        # A displayed text is the result, not how it was made.
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
    """The separator of a node that joins texts."""
    settings = {name.lower(): value for name, value in node.inputs.items()}
    said = next((v for name in ("delimiter", "separator") if isinstance(v := settings.get(name), str)), None)
    if said is not None:
        return said.replace("\\n", "\n")
    return "" if "string" in node.kind.lower() else ", "


def _any_texts(node: Node) -> list[Any]:
    """All links of a text node, whatever their names, or else its literal texts of more than one word."""
    links = [value for _, value in node.links()]
    return links or sentences(node)


def sentences(node: Node) -> list[str]:
    """The literal texts of more than one word in a node, which excludes names of files and modes."""
    return [v for v in node.inputs.values() if isinstance(v, str) and re.search(r"\w[\s,]+\w", v)]
