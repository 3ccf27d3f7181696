"""Reads the text format of AUTOMATIC1111's web UI, which Forge, SD.Next, Fooocus and many others also write.

It has the prompt, lines from “Negative prompt:” on, and a line of settings. It is read like in the web UI itself
(`modules/infotext_utils.py`), but more leniently: some programs add text after that line, or omit settings.
"""

from __future__ import annotations

import json
import math
import re
from typing import Literal

import msgspec

from seedtui.core.errors import FileError
from seedtui.core.foreign.translate import ForeignSettings, aspect
from seedtui.files.json_files import parse_json
from seedtui.library.foreign.table import name_of, said_of, size_of, spelled, words
from seedtui.library.foreign.texts import Texts

MAX_LENGTH = 2**20
MAX_TABLES = 50
"""Maximum number of JSON values to parse in a line of settings; Civitai writes two, AUTOMATIC1111 one."""

_GAP = re.compile(r"[\s,]*+")
_KEY = re.compile(r"(\w[\w \-/.()+]{0,60}?)\s*+:\s*+")
_BRACKETS = re.compile(r'[\[{\]}]|"(?:\\.|[^\\"])*+"')
_QUOTED = re.compile(r'"(?:\\.|[^\\"])*+"')
_NEGATIVE = "Negative prompt:"
_CORE = frozenset(
    {"steps", "sampler", "cfgscale", "seed", "size", "model", "modelhash", "guidancescale", "scheduletype"}
)
_TEMPLATES = ("Template:", "Negative Template:")
_RESOURCES = {"lora": "LoRA", "locon": "LoRA", "dora": "LoRA", "embed": "embedding", "vae": "VAE"}
_RESOURCES_DEPTH = 4
_PROGRAMS = (
    (r"neo", "Forge Neo"),
    (r"f\d", "Forge"),
    (r"comfyui", "ComfyUI"),
    (r"fooocus", "Fooocus"),
    (r"sd\.next", "SD.Next"),
    (r"invokeai", "InvokeAI"),
)
"""Patterns for the start of the version or the app's name, in lower case."""

_NOISE: dict[str, Literal["GPU", "CPU", "NV"]] = {"GPU": "GPU", "CPU": "CPU", "NV": "NV"}
_DRAW_ON_GPU = ("AUTOMATIC1111", "Forge", "Forge Neo")
"""Programs that write RNG only if noise was not drawn on the GPU."""


def read(found: Texts) -> ForeignSettings | None:
    """The settings in the text of an AUTOMATIC1111 image. Text without settings counts only under `parameters`."""
    for keyword in ("parameters", "UserComment", "ImageDescription", "Comment", "Description"):
        text = found.texts.get(keyword, "")
        said = read_infotext(text)
        if said is not None and (keyword == "parameters" or said.steps is not None or said.negative):
            return said
    return None


def read_infotext(text: str) -> ForeignSettings | None:
    """The settings in `text`, None if there are none."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\0 \n\t\ufeff").split("\n")
    if len(text) > MAX_LENGTH or lines == [""] or lines[0].startswith("{"):
        return None
    place = next((n for n in reversed(range(len(lines))) if _is_settings(lines[n])), len(lines))
    prompt, negative = _prompts(lines[:place])
    behind = [line for line in lines[place:] if not line.strip().startswith(_TEMPLATES)]
    settings = read_settings("\n".join(behind))
    return _said(prompt, negative, settings) if prompt or settings else None


def read_settings(line: str) -> dict[str, str]:
    """The settings in ``Steps: 20, Sampler: Euler a, ...``. Values may be quoted or JSON. The first one counts."""
    settings: dict[str, str] = {}
    tables = MAX_TABLES
    match = _next(line, 0)
    while match:
        start = match.end()
        sign = line[start : start + 1]
        value = None
        if sign == '"':
            value = _QUOTED.match(line, start)
        elif sign in ("{", "[") and tables:
            tables -= 1
            value = _table(line, start)
        end = value.end() if value else _comma(line, start)
        text = line[start:end].strip()
        settings.setdefault(match[1], _unquoted(text) if value and sign == '"' else text)
        match = _next(line, end)
    return settings


def _next(line: str, start: int) -> re.Match[str] | None:
    """The next setting, at the start or after a comma; anything else is skipped."""
    place = start if start == 0 else _comma(line, start)
    while place < len(line):
        place = _GAP.match(line, place).end()  # type: ignore[union-attr]
        match = _KEY.match(line, place)
        if match:
            return match
        place = _comma(line, place)
    return None


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text.strip('"')


def _table(line: str, start: int) -> re.Match[str] | None:
    """A match that ends after the bracket that closes the one at `start`; None if that is missing or too far away."""
    depth = 0
    for match in _BRACKETS.finditer(line, start, start + 20_000):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return match
    return None


def _comma(line: str, start: int) -> int:
    end = line.find(",", start)
    return len(line) if end < 0 else end


def _is_settings(line: str) -> bool:
    """Whether `line` has the settings, and is not a prompt with colons."""
    if re.match(r"\s*Steps:\s*\d+\s*(,|$)", line):
        return True
    if line.count(":") < 3 or len(line) > 2**18 or line.lstrip().startswith(_TEMPLATES):
        return False
    return len({spelled(name) for name in read_settings(line)} & _CORE) >= 3


def _prompts(lines: list[str]) -> tuple[str, str]:
    """Prompt and negative prompt; the latter starts at the first line that begins with “Negative prompt:”."""
    prompt: list[str] = []
    negative: list[str] = []
    into = prompt
    for line in map(str.strip, lines):
        if line.startswith(_NEGATIVE):
            into = negative
        into.append(line.removeprefix(_NEGATIVE).strip())
    return "\n".join(prompt).strip(), "\n".join(negative).strip()


def _said(prompt: str, negative: str, settings: dict[str, str]) -> ForeignSettings:
    others = {name: value for name, value in settings.items() if spelled(name) not in ("prompt", "negativeprompt")}
    untaken = [*_second_pass(others), *_extension(others, "ControlNet", r"(?:module|preprocessor): *([\w-]+)")]
    untaken += _extension(others, "ADetailer", r"model\w*: ([^,]+)")
    untaken += _resources(others)
    first = others.pop("First pass size", None)
    program = _program(settings)
    noise = _NOISE.get(others.get("RNG", "GPU" if program in _DRAW_ON_GPU else "").upper())
    if noise:
        others.pop("RNG", None)
    table = {"Prompt": prompt, "Negative prompt": negative, **others}
    said = msgspec.structs.replace(said_of(program, table, untaken=untaken), noise=noise)
    return said if first is None else _first_pass(said, first)


def _second_pass(settings: dict[str, str]) -> list[str]:
    """The hires pass, in words; its settings, including the denoising strength, are removed from `settings`."""
    names = [name for name in settings if spelled(name).startswith("hires")]
    if not names and "First pass size" not in settings:
        return []
    names += [name for name in ("Denoising strength",) if name in settings]
    parts = [f"{name.removeprefix('Hires ').lower()} {settings.pop(name)}" for name in names]
    return [aspect("a second pass", ", ".join(parts))]


def _extension(settings: dict[str, str], name: str, what: str) -> list[str]:
    """The extension `name`, whose settings are removed from `settings`; `what` finds the most telling ones."""
    own = {key: settings.pop(key) for key in list(settings) if key.startswith(name)}
    if not own:
        return []
    text = ", ".join(f"{key.removeprefix(name).strip(' -0123456789')}: {value}" for key, value in own.items())
    return [aspect(name, ", ".join(dict.fromkeys(re.findall(what, text, re.IGNORECASE))))]


def _resources(settings: dict[str, str]) -> list[str]:
    """The resources listed by Civitai: the model is added to `settings`, the others are returned."""
    try:
        listed = parse_json(settings["Civitai resources"], _RESOURCES_DEPTH)
    except (KeyError, FileError):
        return []
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return []
    del settings["Civitai resources"]
    told = []
    for one in listed:
        kind = str(one.get("type", "resource")).lower()
        if kind in ("checkpoint", "model") and name_of(one):
            settings.setdefault("Model", name_of(one) or "")
        else:
            told.append(aspect(_RESOURCES.get(kind, kind), words(one)))
    return told


def _first_pass(said: ForeignSettings, size: str) -> ForeignSettings:
    """For the web UI before 1.0: `Size` was the second pass's; a first pass of 0x0 had as many pixels as 512x512."""
    width, height = size_of(size)
    if not width or not height:
        if not isinstance(said.width, int) or not isinstance(said.height, int) or not said.width * said.height:
            return said
        scale = math.sqrt(512 * 512 / (said.width * said.height))
        width, height = (math.ceil(scale * side / 64) * 64 for side in (said.width, said.height))
    untaken = (*said.untaken, aspect("a second pass of size", f"{said.width}x{said.height}"))
    return msgspec.structs.replace(said, width=width, height=height, untaken=untaken)


def _program(settings: dict[str, str]) -> str:
    for name in ("App", "Version"):
        word = settings.get(name, "").strip().lower()
        for start, program in _PROGRAMS:
            if re.match(start, word):
                return program
    return "Civitai" if "Civitai resources" in settings else "AUTOMATIC1111"
