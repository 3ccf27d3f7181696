"""Anything that anybody may have written into an image is understood, or refused in one line, and soon."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedtui.core.errors import FileError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.text.display import is_hidden
from seedtui.library.opening import open_image
from tests.library import test_foreign_programs as p
from tests.support import comfy_graphs as c
from tests.support import foreign_files as f
from tests.support import image_files as i

pytestmark = pytest.mark.slow

MANY = int(os.environ.get("FUZZ_EXAMPLES", "150"))
SOON = 5.0
"""Seconds; a file takes some ten milliseconds."""

thoroughly = settings(
    max_examples=MANY, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)

GRAPHS = [value for name, value in vars(c).items() if name.isupper() and isinstance(value, dict)] + [c.guided()]
KINDS = sorted({node["class_type"] for graph in GRAPHS for node in graph.values()} | {"Any Switch", "ShowText", "X"})
NAMES = sorted(
    {name for graph in GRAPHS for node in graph.values() for name in node["inputs"]} | {"select", "separator"}
)
SETTINGS = sorted(
    {name for table in (p.INVOKE_IMG2IMG, p.NOVELAI_4, p.EASY, p.DRAW_THINGS, p.RUINED, p.TENSOR) for name in table}
)

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(-(10**30), 10**30), st.floats(), st.text(max_size=20),
    st.sampled_from(["a castle", "None", "\x1b]52;c;aGk=\x07", "\u202e", "\ud800", "9" * 50, "1e999", "512x640", "-1"]),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ids = st.integers(0, 12).map(str)
links = st.tuples(ids, st.integers(-1, 3)).map(list)


def check(path: Path) -> None:
    started = time.monotonic()
    try:
        image = open_image(path, Recipe()).image
    except FileError as error:
        told: tuple[str, ...] = (str(error),)
    else:
        told = image.notes
        image.recipe.check()
        image.prompt.encode()
    assert time.monotonic() - started < SOON
    assert not any(map(is_hidden, told)) and all(len(line) < 2500 for line in told)


def texts_of(value: Any, folder: Path, *keywords: str) -> None:
    text = json.dumps(value)
    for keyword in keywords:
        check(f.write(folder / "a.png", {keyword: text}, size=(8, 8)))


@thoroughly
@given(graph=st.dictionaries(ids, st.fixed_dictionaries({
    "class_type": st.sampled_from(KINDS),
    "inputs": st.dictionaries(st.sampled_from(NAMES), links | values, max_size=8),
}), max_size=13))  # fmt: skip
def test_graphs(tmp_path: Path, graph: dict[str, Any]):
    texts_of(graph, tmp_path, "prompt")


@thoroughly
@given(data=st.data(), graph=st.sampled_from(GRAPHS))
def test_graphs_that_were_changed(tmp_path: Path, data: st.DataObject, graph: dict[str, Any]):
    graph = json.loads(json.dumps(graph))
    for _ in range(data.draw(st.integers(1, 4))):
        node = graph[data.draw(st.sampled_from(sorted(graph)))]
        names = sorted(node["inputs"]) or ["x"]
        other = st.tuples(st.sampled_from(sorted(graph)), st.integers(0, 3)).map(list)
        node["inputs"][data.draw(st.sampled_from(names))] = data.draw(other | values)
    texts_of(graph, tmp_path, "prompt")


@thoroughly
@given(value=values, nodes=st.lists(st.fixed_dictionaries({}, optional={
    "id": values, "type": st.sampled_from(KINDS), "inputs": values, "widgets_values": values, "mode": values,
}), max_size=5), links_=values)  # fmt: skip
def test_workflows_of_the_editor(tmp_path: Path, value: Any, nodes: list[Any], links_: Any):
    texts_of({"nodes": [*nodes, value], "links": links_}, tmp_path, "workflow")


@thoroughly
@given(table=st.dictionaries(st.sampled_from(SETTINGS), values, max_size=10))
def test_tables(tmp_path: Path, table: dict[str, Any]):
    texts_of(table, tmp_path, "parameters", "invokeai_metadata", "Comment", "UserComment", "generation_data")
    texts_of({"sui_image_params": table, "image": table}, tmp_path, "parameters", "sd-metadata")


@thoroughly
@given(value=values)
def test_any_json(tmp_path: Path, value: Any):
    texts_of(value, tmp_path, "parameters", "prompt", "workflow", "invokeai_metadata", "Comment", "sd-metadata")


@thoroughly
@given(text=st.lists(st.sampled_from([
    "Steps: 20", "Sampler: Euler a", "Seed: 4", "Size: 8x8", ", ", "\n", "\r", "Negative prompt:", '"', "\\", "{", "}",
    "[", "]", ":", "Hashes: ", "Hires upscale: 2", "First pass size: 0x0", "Template: ", "<lora:x:1>", "(a:1.2)", "\0",
    "\x1b[2J", "ControlNet 0: ", "CFG scale: ", "9" * 40, "nan", "é", "猫", "\ud800",
]), max_size=30).map("".join))  # fmt: skip
def test_settings_in_words(tmp_path: Path, text: str):
    text = text.encode("utf-8", "replace").decode()
    for keyword in ("parameters", "Dream", "Description"):
        check(f.write(tmp_path / "a.png", {keyword: text}, size=(8, 8)))
    check(i.jpeg(tmp_path / "a.jpg", i.tiff({i.USER_COMMENT: b"UNICODE\0" + text.encode("utf-16-be")})))


def samples(folder: Path) -> list[Path]:
    """A small file of each kind."""
    text = f.A1111
    exif = i.tiff({0x010F: b"Prompt: {}", i.USER_COMMENT: b"UNICODE\0" + text.encode("utf-16-le")}, "<")
    xmp = p.XMP.replace("COMMENT", p.comment(p.DRAW_THINGS))
    return [
        f.write(folder / "1.png", {"parameters": text}, size=(8, 8)),
        f.write(folder / "2.png", {"prompt": json.dumps(c.CONTROLNET), "x": "é" * 50}, zipped=True, size=(8, 8)),
        f.write(folder / "3.png", {"XML:com.adobe.xmp": xmp}, size=(8, 8)),
        i.jpeg(folder / "4.jpg", exif, xmp, text.encode()),
        i.webp(folder / "5.webp", exif, xmp),
        i.hidden(folder / "6.png", text),
        i.hidden(folder / "7.webp", json.dumps(f.NOVELAI)),
    ]


@thoroughly
@given(data=st.data(), number=st.integers(0, 6))
def test_files_that_were_changed(tmp_path: Path, data: st.DataObject, number: int):
    path = samples(tmp_path)[number]
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(raw) - 1))
        match data.draw(st.sampled_from(("byte", "cut", "double", "large"))):
            case "byte":
                raw[place] = data.draw(st.integers(0, 255))
            case "cut":
                del raw[place : place + data.draw(st.integers(1, 40))]
            case "double":
                raw[place:place] = raw[place : place + data.draw(st.integers(1, 40))]
            case "large":
                raw[place : place + 4] = b"\xff\xff\xff\xff"
        raw = raw or bytearray(b"\0")
    path.write_bytes(raw)
    check(path)


@thoroughly
@given(data=st.binary(max_size=300), order=st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]))
def test_any_exif(tmp_path: Path, data: bytes, order: bytes):
    check(i.jpeg(tmp_path / "a.jpg", order + data))
