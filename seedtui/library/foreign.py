"""Images of other programs: their texts, read within limits, and handed to the library sd-parsers.

That library never sees the file, only texts that are short enough for it: some of its searches take time that grows
with the square of what they read.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedtui.core.errors import FileError
from seedtui.core.foreign import Said
from seedtui.library.png import Texts, read_texts

if TYPE_CHECKING:
    from sd_parsers.data import PromptInfo, Sampler

LIMITS = {
    "parameters": 2**15,
    "prompt": 2**20,
    "workflow": 2**20,
    "invokeai_metadata": 2**17,
    "sd-metadata": 2**16,
    "Dream": 2**13,
    "Description": 2**13,
    "Software": 2**10,
    "Source": 2**10,
    "Comment": 2**16,
}
"""Bytes at most of each text that is read, by its keyword. ComfyUI's graphs are the long ones."""

MAX_NODES = 2_000
MAX_SAMPLERS = 32
MAX_DEPTH = 40

_KNOWN = "Known are AUTOMATIC1111, ComfyUI, InvokeAI, NovelAI, Fooocus and seedtui"


def read_foreign(path: Path) -> Said:
    """What the PNG file `path` of another program says of itself.

    Raises:
        FileError: it can not be read, says nothing that is understood, or more than can be.
    """
    found = read_texts(path, LIMITS)
    info = _parsed(found.texts, path)
    if info is None or not info.samplers:
        raise FileError(f"can not use {path.name}: it does not say how it was made", _KNOWN)
    sampler = next((s for s in info.samplers if s.prompts), info.samplers[0])
    return _said(info, sampler, found)


def _parsed(texts: dict[str, str], path: Path) -> PromptInfo | None:
    from sd_parsers.parsers import MANAGED_PARSERS  # only when an image of another program is opened

    values: dict[str, Any] = dict(texts)
    for key in ("sd-metadata", "invokeai_metadata", "Comment"):
        if key in texts:
            _json(texts[key], path)
    if texts.get("parameters", "").lstrip().startswith("{"):
        _json(texts["parameters"], path)
    if "prompt" in texts:
        graph = _json(texts["prompt"], path)
        _check_graph(graph, path)
        values["prompt"] = graph
        values["workflow"] = {"links": _links(graph)}
    for parser in MANAGED_PARSERS:
        try:
            reader: Any = parser
            return reader().parse(dict(values))
        # It is a reader of what anybody may have written: what it stumbles over is no fault of ours, and told below.
        except Exception:
            continue
    return None


def _said(info: PromptInfo, sampler: Sampler, found: Texts) -> Said:
    given, metadata = sampler.parameters, info.metadata
    width, height = _size(metadata, found)
    return Said(
        program=info.generator.value,
        prompt=_joined(sampler.prompts),
        negative=_joined(sampler.negative_prompts),
        seed=given.get("seed", given.get("noise_seed", metadata.get("seed"))),
        steps=given.get("steps", metadata.get("steps")),
        guidance=given.get("cfg_scale", metadata.get("cfg_scale")),
        width=width,
        height=height,
        sampler=sampler.name,
        schedule=given.get("scheduler"),
        model=sampler.model.name if sampler.model else None,
        samplers=len(info.samplers),
    )


def _joined(prompts: list[Any]) -> str | None:
    words = [prompt.value for prompt in prompts if isinstance(prompt.value, str)]
    return ", ".join(words) if words else None


def _size(metadata: dict[Any, Any], found: Texts) -> tuple[Any, Any]:
    """The size that was asked for, or else the picture's own."""
    latent = next((m[0] for name, m in metadata.items() if "EmptyLatent" in str(name) or "EmptySD3" in str(name)), None)
    for place in (latent, metadata):
        if isinstance(place, dict) and "width" in place and "height" in place:
            return place["width"], place["height"]
    words = str(metadata.get("Size") or metadata.get("resolution") or "")[:40]
    if match := re.search(r"(\d+)\s*[x,]\s*(\d+)", words):
        return match[1], match[2]
    return found.width, found.height


def _json(text: str, path: Path) -> Any:
    """`text` as JSON, not nested too deep for those that walk in it."""
    if _depth(text) > MAX_DEPTH:
        raise FileError(f"can not use {path.name}: its metadata is nested too deep", _KNOWN)
    try:
        return json.loads(text)
    except ValueError as error:
        raise FileError(f"can not use {path.name}: its metadata is damaged", _KNOWN) from error


def _depth(text: str) -> int:
    """How deep JSON is nested."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*+"', "", text, flags=re.DOTALL)
    depth = deepest = 0
    for sign in re.findall(r"[\[{\]}]", bare):
        depth += 1 if sign in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _check_graph(graph: Any, path: Path) -> None:
    nodes = list(graph.values()) if isinstance(graph, dict) else []
    inputs = [node["inputs"] for node in nodes if isinstance(node, dict) and isinstance(node.get("inputs"), dict)]
    if not nodes or len(nodes) > MAX_NODES or sum("steps" in i for i in inputs) > MAX_SAMPLERS:
        raise FileError(f"can not use {path.name}: its graph is none, or too large", _KNOWN)


def _links(graph: dict[str, Any]) -> list[list[Any]]:
    """The links between the nodes of a ComfyUI graph, as its workflow has them.

    Taken from the graph itself: images that came over ComfyUI's API have no workflow.
    """
    links: list[list[Any]] = []
    for name, node in graph.items():
        inputs = node.get("inputs") if isinstance(node, dict) else None
        for key, value in inputs.items() if isinstance(inputs, dict) else ():
            if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int):
                links.append([len(links), str(value[0]), 0, name, 0, "CLIP" if key == "clip" else key.upper()])
    return links[: 4 * MAX_NODES]
