"""The settings of a pass: seed, steps, guidance, sampler, model; and what else influenced the image."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from seedtui.core.foreign.samplers import find_sampler
from seedtui.core.foreign.translate import aspect
from seedtui.library.foreign.comfyui.graph import Graph, Node
from seedtui.library.foreign.table import words

MAX_NAMES = 12
"""Maximum number of node kinds to name."""
MAX_NODES = 40
"""Maximum number of nodes to search for a schedule."""

_MODEL_NAMES = (
    "ckpt_name", "base_ckpt_name", "unet_name", "model_name", "diffusion_name", "checkpoint", "model_path", "gguf_name",
    "model", "ckpt",
)  # fmt: skip
_MODELS = re.compile("model|pipe|tuple|^(base_)?ctx$|^$|^any|^input")
_TOLD = {"control_net_name": "ControlNet", "ipadapter_file": "IP-Adapter", "vae_name": "VAE"}
_NOT_THE_MODEL = re.compile(r"lora|control|upscale|clip|vae|ipadapter|style|yolo|detector|sam", re.IGNORECASE)
_TAKEN = re.compile(
    r"^(KSampler|SamplerCustom|CLIPTextEncode|.*(Checkpoint|UNET|Unet|Diffusion|CLIP|VAE|ControlNet|Lora|LoRA).*Loader"
    r"|Lora|VAEDecode|VAEEncode$|Empty|Reroute|Primitive|RandomNoise|DisableNoise|Sampler|.*Scheduler|.*Guider$"
    r"|FluxGuidance|ConditioningZeroOut|CLIPSetLastLayer|.*(Save|Preview|Display|Show)|LoadImage|Note|MarkdownNote"
    r"|(?!.*Styler).*(Prompt|Wildcard)|.*Seed|.*([Ss]tring|[Tt]ext|Integer|Float)|Int$|Efficient Loader|Eff\."
    r"|.*[Pp]ipe|.*Switch)"
)
"""Nodes whose effect is in the recipe or is reported separately."""


def settings(graph: Graph, sampler: Node) -> dict[str, Any]:
    """Seed, steps, guidance, distilled guidance, sampler, schedule, model and denoising strength of a pass."""
    parts = {name: graph.target(value) for name, value in sampler.links()}
    guider, ways = parts.get("guider"), graph.upstream([sampler.inputs.get("sigmas")], lambda name: name != "model")
    sigmas = list(islice(ways, MAX_NODES))
    pipes = [node for name, node in parts.items() if node and re.search("pipe|tuple|ctx|context", name)]
    near = [sampler, *filter(None, [parts.get("noise"), guider]), *sigmas, *pipes]
    named, schedule = _sampler_name(graph, sampler, parts.get("sampler"), pipes), _schedule(graph, near, sigmas)
    if named is None and schedule and find_sampler(schedule).scheduler:
        named, schedule = schedule, None  # WanVideoSampler calls its samplers schedulers
    return {
        "seed": _first(graph, near, "seed", "noise_seed", "seed_num", "base_seed"),
        "steps": _first(graph, near, "steps", "steps_total", "base_steps"),
        "guidance": _first(graph, near, "cfg", "base_cfg"),
        "distilled": _distilled(graph, [node for node in (sampler, guider) if node]),
        "sampler": named,
        "schedule": schedule,
        "model": _model(graph, near),
        "denoise": _first(graph, near, "denoise", "denoise_strength", "denoising_strength"),
    }


def untaken(graph: Graph, made: Iterable[Node]) -> list[str]:
    """What the nodes `made`, upstream of the image, do that has no place in a recipe."""
    told: list[str] = []
    others: dict[str, None] = {}
    for node in made:
        told += [aspect("LoRA", name) for name in _loras(node)]
        for name, label in _TOLD.items():
            if (text := node.text(name)) and text not in ("Baked VAE", "None"):
                told.append(aspect(label, text))
        for name in ("stop_at_clip_layer", "clip_skip", "base_clip_skip"):
            if isinstance(skip := node.inputs.get(name), int) and abs(skip) > 1:
                told.append(aspect("clip skip", abs(skip)))
        if not _TAKEN.match(node.kind):
            others[node.kind] = None
    if others:
        more = f" and {len(others) - MAX_NAMES} more" if len(others) > MAX_NAMES else ""
        told.append(aspect("the nodes", ", ".join(list(others)[:MAX_NAMES]) + more))
    return told


def _first(graph: Graph, nodes: Iterable[Node], *names: str) -> Any:
    """The first number among the inputs `names` of `nodes`."""
    return next((found for node in nodes if (found := graph.number(node, *names)) is not None), None)


def _distilled(graph: Graph, nodes: list[Node]) -> Any:
    """The guidance of a distilled model, which is part of the prompt's conditioning."""
    ways = [v for node in nodes for name, v in node.links() if name in ("positive", "conditioning", "guider")]
    made = graph.upstream(ways, lambda name: name not in ("clip", "model", "image"))
    return next((graph.number(node, "guidance") for node in made if "guidance" in node.inputs), None)


def _sampler_name(graph: Graph, sampler: Node, select: Node | None, pipes: list[Node]) -> str | None:
    if select is not None:
        named = graph.value(select, "sampler_name", "sampler")
        if isinstance(named, str):
            return named
        # SamplerEulerAncestral is the name of its sampler.
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", select.kind.removeprefix("Sampler")).lower()
    for node in (sampler, *pipes):
        named = graph.value(node, "sampler_name", "base_sampler_name", "sampler")
        if isinstance(named, str):
            return named
    return None


def _schedule(graph: Graph, near: list[Node], sigmas: list[Node]) -> str | None:
    for node in near:
        named = graph.value(node, "scheduler", "base_scheduler")
        if isinstance(named, str):
            return named
    schedulers = (node.kind for node in sigmas if node.kind.endswith("Scheduler"))
    return next((kind.removesuffix("Scheduler").lower() for kind in schedulers), None)


def _model(graph: Graph, near: list[Node]) -> str | None:
    """The model of the pass: the nearest one loaded upstream."""
    ways = [value for node in near for name, value in node.links() if _MODELS.search(name)]
    for node in (*graph.upstream(ways, lambda name: bool(_MODELS.search(name))), *near):
        named = None if _NOT_THE_MODEL.search(node.kind) else node.text(*_MODEL_NAMES)
        if named:
            return named
    return None


def _loras(node: Node) -> Iterator[str]:
    """The LoRAs that a node loads: names, or tables that say whether each is on."""
    for name, value in node.inputs.items():
        if isinstance(value, dict) and isinstance(value.get("lora"), str):
            if value.get("on", True):
                yield words(value)
        elif isinstance(value, str) and re.match(r"lora(_name)?(_?\d+)?$", name.lower()) and value not in ("None", ""):
            yield value
