"""Reads ComfyUI's metadata, as written by the program itself and by custom nodes."""

from __future__ import annotations

from typing import Any

from seedtui.core.foreign.translate import ForeignSettings, aspect
from seedtui.library.foreign.comfyui.graph import Graph, Node
from seedtui.library.foreign.comfyui.passes import dimensions, ends, first_pass
from seedtui.library.foreign.comfyui.prompts import Prompt
from seedtui.library.foreign.comfyui.settings import settings, untaken
from seedtui.library.foreign.comfyui.workflow import prompt_of
from seedtui.library.foreign.json_text import parse_object
from seedtui.library.foreign.table import said_of, strength_of
from seedtui.library.foreign.texts import Texts

_PROGRAM = "ComfyUI"


def read(found: Texts) -> ForeignSettings | None:
    """The settings in the graph of a ComfyUI image."""
    for keyword in ("prompt", "Prompt", "UserComment", "Comment", "ImageDescription", "Make", "workflow", "Workflow"):
        said = read_graph(parse_object(found.texts.get(keyword)), found)
        if said is not None:
            return said
    return None


def read_graph(graph: dict[str, Any], found: Texts) -> ForeignSettings | None:
    """The settings in `graph`, which is in API format, in editor format, or contains one of them."""
    for name in ("prompt", "workflow"):
        inner = graph.get(name)
        inner = parse_object(inner) if isinstance(inner, str) else inner
        if isinstance(inner, dict) and "class_type" not in inner:
            said = read_graph(inner, found)
            if said is not None:
                return said
    if isinstance(graph.get("nodes"), list):
        graph = prompt_of(graph)
    said = _said(Graph.of(graph), found)
    original = graph.get("extraMetadata")  # Civitai: the settings of the image that this graph upscaled
    if said is None and isinstance(original, str):
        return said_of("Civitai", parse_object(original))
    return said


def _said(graph: Graph, found: Texts) -> ForeignSettings | None:
    first = first_pass(graph)
    if first is None:
        return _of_one_node(graph)
    positive = Prompt(graph, "positive").read(first.sampler)
    negative = Prompt(graph, "negative").read(first.sampler)
    made = settings(graph, first.sampler)
    width, height = dimensions(graph, first.empty) if first.empty else (None, None)
    if (width is None or height is None) and first.passes == 1:
        width, height = found.width, found.height
    denoise = strength_of(made.pop("denoise"))
    told = [aspect("for the other text encoder", text) for text in positive.asides]
    if denoise is not None and not first.image:
        told.append(aspect("denoise", denoise))
    ways = [value for node in (*ends(graph), first.sampler) for _, value in node.links()]
    told += untaken(graph, graph.upstream(ways))
    return ForeignSettings(
        program=_PROGRAM,
        prompt=positive.text,
        negative=negative.text,
        width=width,
        height=height,
        samplers=first.passes,
        strength=(denoise or "1") if first.image else None,
        untaken=tuple(told),
        **made,
    )


def _of_one_node(graph: Graph) -> ForeignSettings | None:
    """The settings in a graph without a sampler: a node that calls a service has them all."""
    for node in sorted(graph.nodes.values(), key=_place):
        if node.text("prompt", "text", "positive") and {"seed", "steps", "noise_seed"} & node.inputs.keys():
            values = {name: graph.value(node, name) for name in node.inputs}
            return said_of(_PROGRAM, values, untaken=[aspect("the node", node.kind)])
    return None


def _place(node: Node) -> tuple[int, str]:
    return node.place
