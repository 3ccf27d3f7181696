"""PNGs: what is written is read back, for us and for other programs, and files of anybody do no harm."""

from __future__ import annotations

import io
import os
import random
import socket
import struct
import tracemalloc
import zlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from seedtui.core.errors import FileError
from seedtui.core.images.environment import Environment
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, pixel_hash
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Pick
from seedtui.core.rounds.seeds import MAX_SEED
from seedtui.library.files import write_file
from seedtui.library.images.parameters import sampler_name
from seedtui.library.images.png import encode_png, pixels_intact, read_picture, read_png, read_record

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
names = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)
ids = st.from_regex(r"[0-9a-f]{12}", fullmatch=True)
hashes = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
recipes = st.builds(
    Recipe,
    model=names, revision=st.none() | hashes, scheduler=st.none() | names, steps=st.none() | st.integers(1, 1000),
    guidance=st.none() | st.floats(0, 100), negative=st.none() | texts, batch_size=st.integers(1, 16),
)  # fmt: skip


@st.composite
def images(draw: st.DrawFn) -> tuple[Picture, ImageRecord]:
    """Any picture, and any record of it that a round can give."""
    width, height = draw(st.tuples(st.integers(1, 40), st.integers(1, 40)))
    pixels = random.Random(draw(st.integers(0, 9))).randbytes(width * height * 3)
    recipe = draw(recipes)
    record = ImageRecord(
        kind=draw(st.sampled_from(["explore", "refine"])), prompt=draw(texts.filter(str.strip)), suffix=draw(texts),
        seed=draw(st.integers(0, MAX_SEED)), slot=draw(st.integers(0, recipe.batch_size - 1)), recipe=recipe,
        environment=Environment(gpu=draw(names), threads=draw(st.integers(0, 99))), sha256=pixel_hash(pixels),
        round_id=draw(ids), index=draw(st.integers(0, 999)), notes=tuple(draw(st.lists(texts, max_size=3))),
        parent=draw(st.none() | st.builds(Pick, ids, st.integers(0, 9), hashes)),
    )  # fmt: skip
    return Picture(width, height, pixels), record


@given(images())
@quick
def test_what_is_written_is_read_back(tmp_path: Path, image: tuple[Picture, ImageRecord]) -> None:
    path = tmp_path / "image.png"
    write_file(path, encode_png(*image))
    assert read_png(path) == image
    assert read_record(path) == image[1]
    assert pixels_intact(*image)


def test_parameters_are_as_a1111_writes_them(record: ImageRecord, picture) -> None:
    record = msgspec.structs.replace(record, recipe=record.recipe.with_changes(negative="blurry, grey"))
    with Image.open(io.BytesIO(encode_png(picture(), record))) as image:
        assert image.text["parameters"] == (
            "Labrador in the style of Vermeer, artsy\n"
            "Negative prompt: blurry, grey\n"
            "Steps: 50, Sampler: PLMS, CFG scale: 7.5, Seed: 2, Size: 8x8, Model: starter"
        )


def test_a_record_that_could_not_be_read_is_not_written(record: ImageRecord, picture) -> None:
    for changes in ({"notes": ("\ud800",)}, {"notes": ("€" * 20_000,) * 20}, {"seed": -1}, {"round_id": "a/b"}):
        with pytest.raises(FileError):
            encode_png(picture(), msgspec.structs.replace(record, **changes))


def test_the_longest_record_is_read_back(tmp_path: Path, record: ImageRecord, picture) -> None:
    long = msgspec.structs.replace(
        record, prompt="€" * 4000, suffix="\x01" * 4000, notes=("\x01" * 8000,) * 3,
        recipe=record.recipe.with_changes(negative="\x01" * 4000),
    )  # fmt: skip
    write_file(tmp_path / "a.png", encode_png(picture(), long))
    assert read_record(tmp_path / "a.png") == long


def test_sampler_names() -> None:
    assert sampler_name("DPMSolverMultistepScheduler") == "DPM++ 2M"
    assert sampler_name("EulerAncestralDiscreteScheduler") == "Euler a"
    assert sampler_name("DEISMultistepScheduler") == "DEISMultistep"


def test_edited_pixels_are_noticed(tmp_path: Path, record: ImageRecord, picture) -> None:
    data = bytearray(picture().pixels)
    data[0] ^= 1
    write_file(tmp_path / "a.png", encode_png(Picture(8, 8, bytes(data)), record))
    assert not pixels_intact(*read_png(tmp_path / "a.png"))


def test_pictures_of_other_programs_can_be_seen(tmp_path: Path) -> None:
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        Image.new(mode, (5, 3)).save(tmp_path / "a.png")
        assert read_picture(tmp_path / "a.png")[:2] == (5, 3)


# --- files of anybody


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def png(*chunks: bytes, size: tuple[int, int] = (8, 8), data: bytes | None = None) -> bytes:
    """A PNG file with `chunks` before its image data."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    lines = zlib.compress(b"\0" * (8 * 25)) if data is None else data
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def ours(text: bytes) -> bytes:
    return chunk(b"iTXt", b"seedtui\0\0\0\0\0" + text)


def bomb(kind: bytes, key: bytes) -> bytes:
    return chunk(kind, key + (b"\0\0" if kind == b"zTXt" else b"\0\1\0\0\0") + PACKED)


PACKED = zlib.compress(b"a" * (100 * 2**20), 1)

BIG_TEXT = b"seedtui\0" + b"9" * (2 * 2**20)
BAD_SUM = ours(b"{}")[:-1] + b"?"
FILES = {
    "empty": b"",
    "not PNG": b"GIF89a" + bytes(100),
    "signature only": b"\x89PNG\r\n\x1a\n",
    "no metadata": png(),
    "another program's": png(chunk(b"tEXt", b"parameters\0a cat\nSteps: 20, Sampler: Euler a, Seed: 1")),
    "zTXt bomb": png(bomb(b"zTXt", b"seedtui")),
    "iTXt bomb": png(bomb(b"iTXt", b"seedtui")),
    "bomb of another key": png(bomb(b"zTXt", b"parameters")),
    "long text": png(chunk(b"tEXt", BIG_TEXT)),
    "bad checksum": png(BAD_SUM),
    "broken zlib": png(chunk(b"zTXt", b"seedtui\0\0not zlib")),
    "no UTF-8": png(ours(b"\xff\xfe")),
    "no text in it": png(chunk(b"iTXt", b"seedtui")),
    "deep JSON": png(ours(b"[" * 500_000)),
    "deep JSON in a field": png(ours(b'{"version": 1, "x": ' + b'{"a":' * 150_000 + b"1" + b"}" * 150_001)),
    "NUL": png(ours(b'{"version": 1}\0')),
    "not an object": png(ours(b"3")),
    "empty object": png(ours(b"{}")),
    "later version": png(ours(b'{"version": 2, "new": true}')),
    "huge version": png(ours(b'{"version": ' + b"9" * 10_000 + b"}")),
    "huge size": png(ours(b"{}"), size=(2**31 - 1, 2**31 - 1)),
    "no size": png(ours(b"{}"), size=(0, 8)),
    "two headers": png(chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))),
    "many chunks": png(chunk(b"teXt", b"") * 200_000),
    "chunk past the end": png(struct.pack(">I", 2**31 - 1) + b"IDAT"),
    "no chunk": png(struct.pack(">I", 4) + b"\0\1\2\3" + bytes(8)),
}


def assert_refused(path: Path, read=read_png) -> str:
    """`path` is refused in one clear line; the line."""
    with pytest.raises(FileError) as caught:
        read(path)
    line = str(caught.value)
    assert len(line) < 700
    assert line.isprintable()
    return line


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("read", [read_png, read_record])
def test_files_of_anybody_are_refused(tmp_path: Path, name: str, read) -> None:
    (tmp_path / "a.png").write_bytes(FILES[name])
    tracemalloc.start()
    try:
        assert_refused(tmp_path / "a.png", read)
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


CHANGES = {
    "seed": 2**64, "version": 0, "slot": 4, "index": 10**9, "sha256": "../../x", "round_id": "../x", "prompt": " ",
    "suffix": "x" * 5000, "kind": "other", "notes": ["x"] * 1000,
    "parent": {"round_id": "/etc", "index": 0}, "environment": {"gpu": "\x1b[2J"},
}  # fmt: skip
RECIPE_CHANGES = {
    "batch_size": 10**9, "width": 10**9, "steps": -1, "guidance": 1e300, "device": "rm -rf", "dtype": "int4",
    "model": "\x1b]0;x", "scheduler": "x" * 10_000, "negative": "\0",
}  # fmt: skip


@pytest.mark.parametrize("name", [*CHANGES, *(f"recipe.{name}" for name in RECIPE_CHANGES), "float seed", "NaN"])
def test_values_that_no_image_has_are_refused(tmp_path: Path, record: ImageRecord, name: str) -> None:
    values = msgspec.to_builtins(record)
    if name in CHANGES:
        values[name] = CHANGES[name]
    elif name.startswith("recipe."):
        values["recipe"][name[7:]] = RECIPE_CHANGES[name[7:]]
    text = msgspec.json.encode(values)
    if name == "float seed":
        text = text.replace(b'"seed":2,', b'"seed":2.5,')
    if name == "NaN":
        text = text.replace(b"7.5", b"NaN")
    (tmp_path / "a.png").write_bytes(png(ours(text)))
    assert_refused(tmp_path / "a.png", read_record)


def test_the_unchanged_values_are_read(tmp_path: Path, record: ImageRecord) -> None:
    (tmp_path / "a.png").write_bytes(png(ours(msgspec.json.encode(record))))
    assert read_record(tmp_path / "a.png") == record


def test_damaged_image_data_is_refused(tmp_path: Path, record: ImageRecord) -> None:
    path = tmp_path / "a.png"
    text = ours(msgspec.json.encode(record))
    for data in (b"", b"not zlib", zlib.compress(b"\0" * 99), zlib.compress(b"\x09" * 200)):
        path.write_bytes(png(text, data=data))
        assert read_record(path) == record
        assert_refused(path)


def test_places_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
    places = ("", "pipe", "loop", "socket", "gone", "gone/too", "x" * 300, "/dev/zero", "/dev/tty", "nul\0")
    for place in places:
        assert_refused(tmp_path / place)
    assert "it is a folder" in assert_refused(tmp_path)
    assert "no such file" in assert_refused(tmp_path / "gone")


def test_no_permission(tmp_path: Path, modes_hold: None) -> None:
    (tmp_path / "a.png").write_bytes(png())
    (tmp_path / "a.png").chmod(0)
    assert "permission denied" in assert_refused(tmp_path / "a.png")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with open(tmp_path / "a.png", "wb") as file:
        file.truncate(10 * 2**40)
    assert "bytes" in assert_refused(tmp_path / "a.png")


@given(cut=st.floats(0, 1, exclude_max=True))
@quick
def test_a_file_that_is_cut_off(tmp_path: Path, record: ImageRecord, cut: float) -> None:
    whole = png(ours(msgspec.json.encode(record)))
    (tmp_path / "a.png").write_bytes(whole[: int(len(whole) * cut)])
    assert_refused(tmp_path / "a.png")
    assert_refused(tmp_path / "a.png", read_record)


@given(st.data())
@settings(quick, max_examples=200)
def test_changed_bytes_are_read_or_refused(tmp_path: Path, record: ImageRecord, data: st.DataObject) -> None:
    """Any change to a header, or to image data with the checksum put right, gives a picture or one FileError."""
    header = bytearray(struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    lines = bytearray(zlib.compress(bytes(200)))
    for part in (header, lines):
        for _ in range(data.draw(st.integers(0, 2))):
            part[data.draw(st.integers(0, len(part) - 1))] = data.draw(st.integers(0, 255))
    text = ours(msgspec.json.encode(record))
    extra = data.draw(st.sampled_from([b"", chunk(b"PLTE", b"\1\2\3"), chunk(b"PLTE", b"\1"), chunk(b"tRNS", b"\0")]))
    (tmp_path / "a.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(header)) + text + extra + chunk(b"IDAT", bytes(lines))
        + chunk(b"IEND", b"")
    )  # fmt: skip
    try:
        picture, read = read_png(tmp_path / "a.png")
    except FileError:
        return
    assert len(picture.pixels) == picture.width * picture.height * 3
    assert read == record
