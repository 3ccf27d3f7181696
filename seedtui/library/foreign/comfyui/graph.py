"""A ComfyUI graph: nodes whose inputs are values or links to other nodes. It may have cycles and dangling links."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from seedtui.core.errors import FileError

MAX_NODES = 5_000
MAX_HOPS = 60
"""Maximum number of nodes to follow for a value."""

_MUTED = (2, 4)
"""Modes of a node that does nothing: muted and bypassed."""


class Node(NamedTuple):
    """`kind` is the class of the node, such as ``KSampler``; `inputs` are values, or links in their JSON form."""

    id: str
    kind: str
    inputs: dict[str, Any]

    @property
    def place(self) -> tuple[int, str]:
        """The sort key: numeric ids first, in numeric order."""
        number = re.match(r"\d{1,9}", self.id)
        return (int(number[0]) if number else 10**9, self.id)

    def links(self) -> Iterator[tuple[str, Any]]:
        """The inputs that are links, with their names in lower case."""
        return ((name.lower(), value) for name, value in self.inputs.items() if link_of(value))

    def text(self, *names: str) -> str | None:
        """The first of the inputs `names` that is non-empty text."""
        return next((v for n in names if isinstance(v := self.inputs.get(n), str) and v.strip()), None)


class Graph:
    """Nodes by id."""

    def __init__(self, nodes: dict[str, Node]) -> None:
        self.nodes = nodes

    @classmethod
    def of(cls, prompt: dict[str, Any]) -> Graph:
        """The graph from ComfyUI's API format: nodes by id, each with `class_type` and `inputs`.
        Raises:
            FileError: it is too large.
        """
        if len(prompt) > MAX_NODES:
            raise FileError("its graph is too large")
        nodes = {}
        for name, node in prompt.items():
            kind, inputs = (node.get("class_type"), node.get("inputs")) if isinstance(node, dict) else (None, None)
            if isinstance(kind, str) and isinstance(inputs, dict):
                nodes[str(name)] = Node(str(name), kind, {str(n): _unpacked(v) for n, v in inputs.items()})
        muted = {n for n in nodes if prompt.get(n, {}).get("mode") in _MUTED}
        return cls({name: node for name, node in nodes.items() if name not in muted})

    def target(self, value: Any) -> Node | None:
        """The node that `value` links to, None if it is not a link or the node does not exist."""
        link = link_of(value)
        return self.nodes.get(link) if link is not None else None

    def upstream(
        self,
        values: Iterable[Any],
        follow: Callable[[str], bool] = lambda _: True,
        stop: Callable[[Node], bool] = lambda _: False,
    ) -> Iterator[Node]:
        """The nodes that `values` link to and everything upstream of them, nearest first, each once.

        Only inputs for whose lower-case names `follow` is true are followed, and no inputs of nodes for which `stop` is
        true.
        """
        waiting = deque(filter(None, map(self.target, values)))
        seen: set[str] = set()
        while waiting:
            node = waiting.popleft()
            if node.id in seen:
                continue
            seen.add(node.id)
            yield node
            if not stop(node):
                waiting.extend(t for name, v in node.links() if follow(name) and (t := self.target(v)))

    def value(self, node: Node, *names: str) -> Any:
        """The first of the inputs `names` of `node` that has a value, directly or through links."""
        return self._value(node, names, {node.id})

    def number(self, node: Node, *names: str) -> Any:
        """Like `value`, but only numbers."""
        found = self.value(node, *names)
        return found if isinstance(found, int | float) or re.fullmatch(r"-?[\d.]{1,24}", str(found)[:30]) else None

    def _value(self, node: Node, names: Iterable[str], seen: set[str]) -> Any:
        for name in names:
            value = node.inputs.get(name)
            if isinstance(value, str | int | float) and value != "":
                return value
            target = self.target(value)
            if target is not None and (found := self._behind(target, name, seen)) is not None:
                return found
        return None

    def _behind(self, node: Node, name: str, seen: set[str]) -> Any:
        """The value that `node` passes on to an input `name`: its own input of that name, or its only value."""
        if node.id in seen or len(seen) > MAX_HOPS:
            return None
        seen.add(node.id)
        found = self._value(node, (name, *_ONE_VALUE), seen)
        if found is None and len(links := list(node.links())) == 1:
            target = self.target(links[0][1])
            return self._behind(target, name, seen) if target else None
        return found


_ONE_VALUE = (
    "value", "Value", "seed", "noise_seed", "seed_num", "int", "INT", "float", "FLOAT", "number", "Number", "string",
    "String", "STRING", "text", "Text", "sampler_name", "scheduler", "sampler", "num", "a",
)  # fmt: skip


def _unpacked(value: Any) -> Any:
    """Unwrap a value that is alone in a list, as ComfyUI passes values, or in the table of an image menu."""
    if isinstance(value, dict) and isinstance(value.get("content"), str):
        return value["content"]
    alone = isinstance(value, list) and len(value) == 1 and isinstance(value[0], str | int | float)
    return value[0] if alone else value


def link_of(value: Any) -> str | None:
    """The id of the node that `value` links to, None if it is not a link."""
    if isinstance(value, dict):
        value = value.get("__value__")
    while isinstance(value, list) and value and isinstance(value[0], list):
        value = value[0]
    if isinstance(value, list) and len(value) == 2 and isinstance(value[1], int) and isinstance(value[0], str | int):
        return str(value[0]) if not isinstance(value[0], bool) and len(str(value[0])) < 200 else None
    return None
