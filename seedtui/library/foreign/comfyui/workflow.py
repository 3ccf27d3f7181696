"""Converts a graph from ComfyUI's editor format to its API format, for the few images that lack the latter.

Nodes in the editor format list their values without names. The names are known for common nodes; for others, the inputs
may give them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_KSAMPLER = ("seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise")
_VALUES: dict[str, tuple[str, ...]] = {
    "KSampler": _KSAMPLER,
    "KSampler (Efficient)": _KSAMPLER,
    "KSamplerAdvanced": (
        "add_noise", "noise_seed", "", "steps", "cfg", "sampler_name", "scheduler", "start_at_step", "end_at_step",
        "return_with_leftover_noise",
    ),
    "SamplerCustom": ("add_noise", "noise_seed", "", "cfg"),
    "RandomNoise": ("noise_seed", ""),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "CFGGuider": ("cfg",),
    "FluxGuidance": ("guidance",),
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeSDXL": (
        "width", "height", "crop_w", "crop_h", "target_width", "target_height", "text_g", "text_l",
    ),
    "CLIPTextEncodeFlux": ("clip_l", "t5xxl", "guidance"),
    "CLIPTextEncodeSD3": ("clip_l", "clip_g", "t5xxl", "empty_padding"),
    "CLIPSetLastLayer": ("stop_at_clip_layer",),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name", "weight_dtype"),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "ControlNetLoader": ("control_net_name",),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "EmptySD3LatentImage": ("width", "height", "batch_size"),
    "PrimitiveNode": ("value", ""),
    "PrimitiveString": ("value",),
    "PrimitiveStringMultiline": ("value",),
    "PrimitiveInt": ("value", ""),
}  # fmt: skip


def prompt_of(workflow: dict[str, Any]) -> dict[str, Any]:
    """`workflow` in API format, as far as the names of the values are known."""
    links = dict(_links(workflow.get("links")))
    return {
        str(node["id"]): {"class_type": node.get("type"), "inputs": _inputs(node, links), "mode": node.get("mode")}
        for node in workflow["nodes"]
        if isinstance(node, dict) and isinstance(node.get("id"), int | str)
    }


def _links(links: Any) -> Iterator[tuple[Any, list[Any]]]:
    """The links by number, each as its source node and output."""
    for link in links if isinstance(links, list) else ():
        if isinstance(link, list) and len(link) >= 5 and isinstance(link[0], int):
            yield link[0], [str(link[1]), link[2]]
        elif isinstance(link, dict) and isinstance(link.get("id"), int):
            yield link["id"], [str(link.get("origin_id")), link.get("origin_slot")]


def _inputs(node: dict[str, Any], links: dict[Any, list[Any]]) -> dict[str, Any]:
    slots = [slot for slot in _listed(node.get("inputs")) if isinstance(slot, dict)]
    values = node.get("widgets_values")
    inputs: dict[str, Any] = {}
    if isinstance(values, dict):
        inputs |= values
    elif isinstance(values, list):
        names = _VALUES.get(str(node.get("type"))) or tuple(_widgets(slots))
        inputs |= {name: value for name, value in zip(names, values, strict=False) if name}
    for slot in slots:
        link = slot.get("link")
        if isinstance(link, int) and link in links:
            inputs[str(slot.get("name", ""))] = links[link]
    return inputs


def _widgets(slots: list[dict[str, Any]]) -> Iterator[str]:
    """The names of a node's values, from inputs that name the value they replace."""
    for slot in slots:
        widget = slot.get("widget")
        if isinstance(widget, dict) and isinstance(widget.get("name"), str):
            yield widget["name"]
            if widget["name"] in ("seed", "noise_seed"):
                yield ""  # the "control after generate" setting


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
