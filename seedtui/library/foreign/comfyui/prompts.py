"""Finds the prompts of a pass, from its sampler back to the texts, through any nodes in between."""

from __future__ import annotations

import re
from typing import Any

from seedtui.library.foreign.comfyui.graph import Graph, Node
from seedtui.library.foreign.comfyui.strings import (
    MAX_HOPS,
    MAX_TEXTS,
    Role,
    TextReader,
    chosen_of,
    is_text,
    is_words,
    role_of,
    sentences,
)

NO_PROMPT = frozenset(
    {
        "clip", "model", "vae", "control_net", "image", "images", "pixels", "mask", "latent", "latent_image",
        "samples", "style_model", "clip_vision", "clip_vision_output", "gligen_textbox_model", "ipadapter", "noise",
        "sampler", "sigmas", "seed", "noise_seed", "upscale_model",
    }
)  # fmt: skip
"""Inputs that never carry a prompt."""

_ONLY_POSITIVE = ("conditioning", "cond", "cond1", "cond2")
_PIPES = re.compile(r"guider|pipe|tuple|context|ctx|embeds|^script$")


class Prompt:
    """The texts of one role, and the texts that are ignored."""

    def __init__(self, graph: Graph, role: Role) -> None:
        self.texts: list[str] = []
        self.asides: list[str] = []
        """Texts for a second text encoder, which are ignored."""
        self._graph, self._role = graph, role
        self._strings = TextReader(graph, role)
        self._seen: set[str] = set()

    @property
    def text(self) -> str | None:
        """All texts joined."""
        return ", ".join(dict.fromkeys(self.texts)) if self.texts else None

    def read(self, sampler: Node) -> Prompt:
        """Read the texts that `sampler` gets; returns self."""
        self._read(sampler, 0)
        if not self.texts and self._role == "positive":
            self._search(sampler)
        return self

    def _read(self, sampler: Node, hops: int) -> None:
        """Read the texts that a sampler or guider gets. One with a single input has no negative prompt."""
        self._seen.add(sampler.id)
        values = self._of_role(sampler)
        if not values and self._role == "positive":
            values = [v for name, v in sampler.inputs.items() if name.lower() in _ONLY_POSITIVE]
        for value in values or [v for name, v in sampler.links() if _PIPES.search(name)]:
            target = self._graph.target(value)
            if target is None or "guider" not in target.kind.lower():
                self._follow(value, 0)
            elif target.id not in self._seen and hops < MAX_HOPS:
                self._read(target, hops + 1)

    def _search(self, sampler: Node) -> None:
        """If no node on the way is known, take the longest text of several words."""
        ways = [value for name, value in sampler.links() if name not in NO_PROMPT and role_of(name) != "negative"]
        before = self._graph.upstream(ways, lambda name: name not in NO_PROMPT and role_of(name) != "negative")
        self._add(max((text for node in before for text in sentences(node)), key=len, default=""))

    def _of_role(self, node: Node) -> list[Any]:
        """The inputs of `node` whose names imply this role; those of a refiner only if there are no others."""
        own = [(n, v) for n, v in node.inputs.items() if role_of(n) == self._role and is_words(v)]
        return [v for n, v in own if "refiner" not in n.lower()] or [v for _, v in own]

    def _follow(self, value: Any, hops: int) -> None:
        if isinstance(value, str):
            self._add(value)
        node = self._graph.target(value)
        if node is None or node.id in self._seen or hops > MAX_HOPS or "zeroout" in node.kind.lower():
            return
        self._seen.add(node.id)
        own = self._of_role(node)
        if own:
            for of_role in own:
                self._follow(of_role, hops + 1)
        elif "switch" in node.kind.lower():
            self._follow_switch(node, hops + 1)
        else:
            self._follow_all(node, hops + 1)

    def _follow_all(self, node: Node, hops: int) -> None:
        """Follow conditioning that enters `node`, then add its own text if it encodes one."""
        text = self._encoded(node)
        links = [(n, v) for n, v in node.links() if role_of(n) is None and n not in NO_PROMPT]
        if text is None and not links:
            text = self._strings.read([node.id, 0])  # a text node, whatever its inputs are called
        for name, value in links:
            if text is None or name.startswith("cond"):
                self._follow(value, hops)
        self._add(text or "")

    def _follow_switch(self, node: Node, hops: int) -> None:
        """Follow one input of a switch: the selected one, or the first that has a text."""
        links = [value for name, value in node.links() if name not in NO_PROMPT]
        chosen = chosen_of(node, links)
        for value in links if chosen is None else [chosen]:
            before = len(self.texts)
            self._follow(value, hops)
            if len(self.texts) > before:
                return

    def _encoded(self, node: Node) -> str | None:
        """The text that `node` encodes; if there is one per text encoder, that of the largest."""
        if "populated_text" in node.inputs:
            return self._strings.read([node.id, 0]) or None
        found = {n.lower(): t for n, v in node.inputs.items() if is_text(n) and (t := self._strings.read(v).strip())}
        largest = found.get("t5xxl") or found.get("llama")
        if largest is None:
            return ", ".join(dict.fromkeys(found.values())) if found else None
        self.asides += [text for text in dict.fromkeys(found.values()) if text != largest]
        return largest

    def _add(self, text: str) -> None:
        if text.strip() and len(self.texts) < MAX_TEXTS:
            self.texts.append(text.strip())
