"""Finished images on disk: their records are read back, checked, and the journal is rebuilt from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from seedtui.core.errors import FileError
from seedtui.core.images.finishing import MAX_SOURCES, source_of
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord
from seedtui.core.rounds.finish import Finish
from seedtui.core.rounds.hold import Hold
from seedtui.core.rounds.rounds import Pick
from seedtui.core.rounds.seeds import MAX_SEED
from seedtui.core.rounds.variation import Variation
from seedtui.library.images.metadata import decode_record, encode_record
from seedtui.library.images.names import image_stem
from seedtui.library.images.parameters import parameters
from seedtui.library.library import Library

Make = Callable[..., Picture]


def finished(source: ImageRecord, /, **changes: Any) -> ImageRecord:
    recipe = msgspec.structs.replace(source.recipe, width=1024, height=1024, batch_size=1)
    values = {
        "version": 2, "kind": "finish", "prompt": source.full_prompt, "suffix": "", "slot": 0, "index": 0,
        "recipe": recipe, "round_id": f"f{source.round_id[:11]}", "parent": source.pick,
        "finish": Finish(strength=0.3), "source": source,
    }  # fmt: skip
    return msgspec.structs.replace(source, **(values | changes))


@pytest.fixture
def source(record: ImageRecord) -> ImageRecord:
    return msgspec.structs.replace(record, recipe=msgspec.structs.replace(record.recipe, width=512, height=512))


def test_a_record_is_read_back(source: ImageRecord) -> None:
    record = source
    for _ in range(MAX_SOURCES):
        record = finished(record)
        assert decode_record(encode_record(record)) == record
    with pytest.raises(FileError, match="number of sources"):
        encode_record(finished(record))


@pytest.mark.parametrize(
    "changes",
    [
        {"source": None}, {"finish": None}, {"kind": "explore"}, {"finish": Finish(strength=1)},
        {"finish": Finish(strength=0)}, {"finish": Finish(strength=7)}, {"finish": Finish(upscaler="rm -rf")},
        {"finish": Finish(upscaler="x.safetensors", sha256="no")},
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_is_refused(source: ImageRecord, changes: dict[str, Any]) -> None:
    text = msgspec.json.encode(finished(source, **changes))
    with pytest.raises(FileError, match="its record is invalid"):
        decode_record(text)


def test_a_source_is_checked_too(source: ImageRecord) -> None:
    for wrong in (
        msgspec.structs.replace(source, slot=99),
        msgspec.structs.replace(source, parent=Pick("../..", 0)),
        msgspec.structs.replace(source, recipe=msgspec.structs.replace(source.recipe, width=None, height=None)),
    ):
        with pytest.raises(FileError, match="its record is invalid"):
            decode_record(msgspec.json.encode(finished(wrong)))


def test_a_deep_record_is_refused(source: ImageRecord) -> None:
    text, end = msgspec.json.encode(finished(source)).decode().split('"source":', 1)[0] + '"source":', ""
    nested = text * 5000 + "null" + "}" * 5000 + end
    with pytest.raises(FileError):
        decode_record(nested)


def test_the_journal_is_rebuilt(library: Library, picture: Make, source: ImageRecord) -> None:
    session = library.new_session()
    record = finished(source)
    library.add_image(session, source, picture())
    library.add_image(session, record, picture())
    library.rebuild()
    loaded = library.load_session(session)
    round_ = loaded.lineage.get(record.round_id)
    assert (round_.kind, round_.finish, source_of(round_)) == ("finish", record.finish, source)
    assert loaded.lineage.parent(round_).id == source.round_id
    assert library.record(record.round_id, 0) == record


def test_names_and_words_for_other_programs(source: ImageRecord) -> None:
    record = finished(finished(source))
    assert image_stem(record) == f"{image_stem(source)}_1024x1024"
    words = parameters(finished(source), 1024, 1024)
    assert "Size: 512x512" in words
    assert "Denoising strength: 0.3, Hires upscale: 2, Hires upscaler: Lanczos" in words
    resized = finished(source, recipe=msgspec.structs.replace(source.recipe, steps=30))
    assert "Hires resize: 1000x1024, Hires steps: 30" in parameters(resized, 1000, 1024)


def test_the_longest_name_is_one_that_file_systems_allow(source: ImageRecord) -> None:
    held = msgspec.structs.replace(
        source, version=2, kind="refine", prompt="狐" * 100, suffix="画" * 60, seed=MAX_SEED,
        holds=(Hold(0.123456, "a fox"),), variations=(Variation(MAX_SEED, 0.123456),),
    )  # fmt: skip
    stem = image_stem(finished(held, seed=MAX_SEED))
    assert stem.startswith("狐" * 20) and stem.endswith(f"_hold-12-3456_12-3456-of-{MAX_SEED}_1024x1024")
    assert len(stem.encode()) <= 240
