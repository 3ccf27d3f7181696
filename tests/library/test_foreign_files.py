"""Where the texts are: in PNG, JPEG and WebP files, in EXIF, XMP and pixels, in every encoding that is written."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import pytest

from seedtui.core.errors import FileError
from seedtui.core.foreign.translate import ForeignImage
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.text.display import is_hidden
from seedtui.library.opening import open_image
from tests.support import comfy_graphs as c
from tests.support import foreign_files as f
from tests.support import image_files as i

SETTINGS = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x640, Model: v1-5"
TEXT = f"un château à Zürich, 猫\nNegative prompt: unschön\n{SETTINGS}"
CJK = f"{'猫と城' * 60}\nNegative prompt: 雾\n{SETTINGS}"


def opened(path: Path) -> ForeignImage:
    return open_image(path, Recipe()).image


def assert_read(path: Path, text: str = TEXT) -> None:
    image = opened(path)
    lines = text.split("\n")
    assert (image.prompt, image.recipe.negative) == (lines[0], lines[1].removeprefix("Negative prompt: "))
    assert (image.seed, image.recipe.steps, image.recipe.width) == (42, 20, 512)


COMMENTS = {
    "piexif": lambda text: b"UNICODE\0" + text.encode("utf-16-be"),
    "little endian": lambda text: b"UNICODE\0" + text.encode("utf-16-le"),
    "with a mark": lambda text: b"UNICODE\0\xff\xfe" + text.encode("utf-16-le"),
    "UTF-8 that says it is UTF-16": lambda text: b"UNICODE\0" + text.encode(),
    "UTF-8 that says it is ASCII": lambda text: b"ASCII\0\0\0" + text.encode(),
    "undefined": lambda text: bytes(8) + text.encode(),
    "nothing before it": lambda text: text.encode() + b"\0",
}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("encoding", COMMENTS)
def test_user_comments_in_every_encoding(tmp_path: Path, encoding: str, order: str):
    for text in (TEXT, CJK):
        exif = i.tiff({i.USER_COMMENT: COMMENTS[encoding](text)}, order)
        assert_read(i.jpeg(tmp_path / "a.jpg", exif), text)
        assert_read(i.webp(tmp_path / "a.webp", exif), text)
        assert_read(i.webp(tmp_path / "b.webp", b"Exif\0\0" + exif, lossless=True), text)


def test_a_comment_in_jis(tmp_path: Path):
    text = f"猫\nNegative prompt: blurry\n{SETTINGS}"
    exif = i.tiff({i.USER_COMMENT: b"JIS\0\0\0\0\0" + text.encode("iso2022_jp")})
    assert_read(i.jpeg(tmp_path / "a.jpg", exif), text)


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt"])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_texts_of_png_in_utf8_though_the_standard_has_latin1(tmp_path: Path, kind: bytes, encoding: str):
    text = TEXT.replace(", 猫", "")
    if kind == b"iTXt" and encoding == "latin-1":
        return
    data = text.encode(encoding)
    body = {b"tEXt": b"parameters\0" + data, b"zTXt": b"parameters\0\0" + zlib.compress(data),
            b"iTXt": b"parameters\0\1\0\0\0" + zlib.compress(data)}[kind]  # fmt: skip
    assert_read(with_chunk(f.write(tmp_path / "a.png", {}), kind, body), text)


def with_chunk(path: Path, kind: bytes, data: bytes) -> Path:
    raw = path.read_bytes()
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    path.write_bytes(raw[:33] + chunk + raw[33:])
    return path


def test_exif_in_a_png(tmp_path: Path):
    exif = i.tiff({i.USER_COMMENT: COMMENTS["piexif"](TEXT)})
    assert_read(with_chunk(f.write(tmp_path / "a.png", {}), b"eXIf", exif))


def test_xmp_in_a_jpeg_and_a_webp(tmp_path: Path):
    table = json.dumps({"c": "a castle", "uc": "fog", "seed": 42, "steps": 20, "sampler": "Euler A", "size": "512x640"})
    for xmp in (
        f"<x><exif:UserComment><rdf:Alt><rdf:li xml:lang='x-default'>{table}</rdf:li></rdf:Alt></exif:UserComment></x>",
        f"<x exif:UserComment='{table}'/>",
    ):
        for path in (i.jpeg(tmp_path / "a.jpg", xmp=xmp), i.webp(tmp_path / "a.webp", xmp=xmp)):
            assert (opened(path).prompt, opened(path).seed) == ("a castle", 42)


def graph_tags() -> dict[str, dict[int, bytes]]:
    graph = json.dumps(c.graph())
    return {
        "ComfyUI's WebP": {0x010F: b"workflow:{}\0", 0x0110: f"prompt:{graph}\0".encode()},
        "Save Image Extended": {0x010E: b"Workflow: {}\0", 0x010F: f"Prompt: {graph}\0".encode()},
        "in one table": {i.USER_COMMENT: json.dumps({"prompt": json.loads(graph), "workflow": {}}).encode()},
        "in one table, packed twice": {i.USER_COMMENT: json.dumps({"prompt": graph, "workflow": "{}"}).encode()},
        "Civitai": {i.USER_COMMENT: COMMENTS["piexif"](json.dumps({**c.graph(), "extra": {}, "extraMetadata": "{}"}))},
    }


@pytest.mark.parametrize("form", graph_tags())
def test_graphs_of_comfyui_in_other_files(tmp_path: Path, form: str):
    exif = i.tiff(graph_tags()[form])
    for path in (i.jpeg(tmp_path / "a.jpg", exif), i.webp(tmp_path / "a.webp", exif)):
        image = opened(path)
        assert (image.prompt, image.recipe.negative, image.seed) == ("a castle", "watermark", 42)


def test_fooocus_writes_into_the_first_folder(tmp_path: Path):
    nothing = i.tiff({0x0131: b"Fooocus v2.5.0\0"})
    table = json.dumps({**f.FOOOCUS}).encode() + b"\0"
    plain = i.tiff({i.USER_COMMENT: table}, kind=2)
    assert opened(i.jpeg(tmp_path / "a.jpg", plain)).prompt == "a fox"
    with pytest.raises(FileError, match="does not say how"):
        opened(i.jpeg(tmp_path / "b.jpg", nothing))


@pytest.mark.parametrize("colours", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_texts_in_pixels(tmp_path: Path, colours: bool, packed: bool):
    assert_read(i.hidden(tmp_path / "a.png", TEXT, colours=colours, packed=packed))
    assert_read(i.hidden(tmp_path / "a.webp", TEXT, colours=colours, packed=packed))
    novelai = opened(i.hidden(tmp_path / "b.png", json.dumps(f.NOVELAI), colours=colours, packed=packed))
    assert (novelai.prompt, novelai.recipe.negative, novelai.seed) == ("a tower, night", "lowres", 2873)


def test_one_text_that_is_damaged_does_not_hide_the_others(tmp_path: Path):
    path = f.write(tmp_path / "a.png", {"parameters": TEXT})
    with_chunk(path, b"zTXt", b"workflow\0\0not packed")
    with_chunk(path, b"tEXt", b"notes\0" + b"a" * (8 * 2**20))
    with_chunk(path, b"tEXt", b"prompt\0{broken")
    assert_read(path)


def test_a_picture_larger_than_any_that_is_made_here_says_how_it_was_made(tmp_path: Path):
    path = f.write(tmp_path / "a.png", {"parameters": TEXT}, size=(5000, 4000))
    assert_read(path)


BROKEN = {
    "empty JPEG": b"\xff\xd8\xff",
    "JPEG without a picture": b"\xff\xd8\xff\xd9",
    "JPEG cut off": b"\xff\xd8\xff\xe1\xff\xffExif\0\0MM\0*",
    "endless JPEG marker": b"\xff\xd8" + b"\xff" * 3_000_000,
    "endless JPEG": b"\xff\xd8\xff" + b"\xe5\0\2\xff" * 1_000_000,
    "endless WebP": b"RIFF\x04\0\0\0WEBP" + b"ABCD\0\0\0\0" * 1_000_000,
    "WebP without a picture": b"RIFF\x04\0\0\0WEBP",
    "WebP whose chunk is too long": b"RIFF\x04\0\0\0WEBPEXIF\xff\xff\xff\xffMM\0*",
    "GIF": b"GIF89a" + bytes(40),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused_in_a_line(tmp_path: Path, name: str):
    path = tmp_path / "a.jpg"
    path.write_bytes(BROKEN[name])
    with pytest.raises(FileError) as error:
        opened(path)
    assert not is_hidden(str(error.value)) and "a.jpg" in str(error.value)


EXIF = {
    "nothing": b"",
    "no folder": b"MM\0*\0\0\0\x08",
    "a folder beyond the end": b"MM\0*\xff\xff\xff\xff",
    "a folder in itself": b"MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x08",
    "a value beyond the end": b"MM\0*\0\0\0\x08\0\x01\x92\x86\0\x07\xff\xff\xff\xff\0\0\0\x08",
    "65535 entries": b"MM\0*\0\0\0\x08\xff\xff" + b"\x92\x86\0\x07\0\0\0\x02ab\0\0" * 5000,
}


@pytest.mark.parametrize("name", EXIF)
def test_broken_exif_says_nothing(tmp_path: Path, name: str):
    for path in (i.jpeg(tmp_path / "a.jpg", EXIF[name]), i.webp(tmp_path / "a.webp", EXIF[name])):
        with pytest.raises(FileError):
            opened(path)
