"""Finds the passes of a graph: which nodes denoise, and which of them came first."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from typing import NamedTuple

from seedtui.library.foreign.comfyui.graph import Graph, Node
from seedtui.library.foreign.table import size_of

_SAVES = re.compile(r"sav(e|er)|websocket.*image|image.*output", re.IGNORECASE)
_ENDS = re.compile(r"sav(e|er)|preview|metadata|display|show|compare", re.IGNORECASE)
_PROMPTS = re.compile(r"^(positive|guider|conditioning|text_embeds|.*pipe|sdxl_tuple|ctx|context|base_positive)$")
_STEPS = frozenset({"steps", "sigmas", "start_at_step", "steps_total"})
_LATENTS = re.compile(r"latent|^samples|^image|^pixels|pipe|sdxl_tuple|^(base_)?ctx$|^context$|^$|^any|^input|^value")
_EMPTY = re.compile(r"empty.*latent|latent.*(empty|size|picker|generator)|^emptyimage$", re.IGNORECASE)
_LOADS = re.compile(r"load.*(image|video)|image.*load|loadlatent", re.IGNORECASE)
_DIMENSIONS = ("dimensions", "resolution", "size", "aspect_ratio")


class First(NamedTuple):
    """The first pass: its sampler, the empty latents it started from (or None), and the number of passes.

    `image`: it started from a loaded image.
    """

    sampler: Node
    empty: Node | None
    image: bool
    passes: int


def first_pass(graph: Graph) -> First | None:
    """The pass that started from empty latents, or else one that no other pass precedes."""
    samplers = list(_samplers(graph))
    if not samplers:
        return None
    begins = _Beginnings(graph, {sampler.id for sampler in samplers})
    sampler = min(samplers, key=lambda s: (begins.rank(s), s.place))
    return First(sampler, begins.empty(sampler), begins.rank(sampler) == 1, len(samplers))


def ends(graph: Graph) -> list[Node]:
    """The output nodes of the graph: those that save images, or else those that no other node uses."""
    linked = {t.id for node in graph.nodes.values() for _, value in node.links() if (t := graph.target(value))}
    last = [node for node in graph.nodes.values() if node.id not in linked]
    saving = [node for node in graph.nodes.values() if _SAVES.search(node.kind)]
    return saving or [node for node in last if any(True for _ in node.links())]


def is_sampler(node: Node) -> bool:
    """Whether `node` denoises: it has inputs for a prompt and for steps."""
    names = {name.lower() for name in node.inputs}
    if not names & _STEPS or not any(map(_PROMPTS.match, names)):
        return False
    return not _ENDS.search(node.kind) or any("latent" in name for name, _ in node.links())


def dimensions(graph: Graph, empty: Node) -> tuple[object, object]:
    """Width and height of empty latents."""
    width = graph.number(empty, "width", "empty_latent_width", "Width", "image_width")
    height = graph.number(empty, "height", "empty_latent_height", "Height", "image_height")
    if width is None or height is None:
        ways = [empty.inputs.get(name) for name in ("width", "height")]
        for node in (empty, *graph.upstream(ways)):
            words = node.text(*_DIMENSIONS)
            if words and None not in (size := size_of(words)):
                return size
    return width, height


def _samplers(graph: Graph) -> Iterator[Node]:
    """The samplers upstream of the output nodes, or all samplers if there are none."""
    ways = [value for end in ends(graph) for _, value in end.links()]
    found = [node for node in graph.upstream(ways) if is_sampler(node)]
    yield from found or filter(is_sampler, graph.nodes.values())


class _Beginnings:
    """What each pass started from, found by walking each link once from the sources to the passes."""

    def __init__(self, graph: Graph, passes: set[str]) -> None:
        self._graph, self._passes = graph, passes
        self._next: dict[str, list[str]] = defaultdict(list)
        empty = {node.id for node in graph.nodes.values() if _is_empty(node)}
        for node in graph.nodes.values():
            for name, value in () if node.id in empty else node.links():
                before = graph.target(value)
                if before is not None and before.id != node.id and _LATENTS.search(name):
                    self._next[before.id].append(node.id)
        self._empty = self._reached(empty)
        self._image = self._reached({node.id for node in graph.nodes.values() if _LOADS.search(node.kind)})
        self._later = self._reached(passes)

    def rank(self, sampler: Node) -> int:
        """What the pass started from: 0 empty latents, 1 an image, 2 unknown, 3 another pass."""
        if sampler.id in self._later:
            return 3
        if sampler.id in self._image:
            return 1
        return 0 if sampler.id in self._empty else 2

    def empty(self, sampler: Node) -> Node | None:
        """The empty latents that the pass started from."""
        return self._graph.nodes[self._empty[sampler.id]] if self.rank(sampler) == 0 else None

    def _reached(self, sources: set[str]) -> dict[str, str]:
        """The nodes downstream of `sources`, up to the next pass, and the source that reached each first."""
        reached: dict[str, str] = {}
        waiting = deque((after, source) for source in sorted(sources) for after in self._next[source])
        while waiting:
            node, source = waiting.popleft()
            if node not in reached:
                reached[node] = source
                if node not in self._passes:
                    waiting.extend((after, source) for after in self._next[node])
        return reached


def _is_empty(node: Node) -> bool:
    """Whether `node` makes empty latents or an empty image."""
    names = {name.lower() for name in node.inputs}
    if "empty_latent_width" in names or _EMPTY.search(node.kind):
        return True
    sources = any(_LATENTS.search(name) for name, _ in node.links())
    return {"width", "height"} <= names and not sources and "latent" in node.kind.lower()
