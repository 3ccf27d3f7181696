"""Encodes the record of an image as text, and decodes it from untrusted text."""

from __future__ import annotations

import re

import msgspec

from seedtui.core.errors import FileError, InputError, quoted
from seedtui.core.images.finishing import MAX_SOURCES, depth
from seedtui.core.images.record import VERSION, ImageRecord
from seedtui.core.prompts.prompt import check_prompt, check_text
from seedtui.core.recipes.recipe import MAX_BATCH
from seedtui.core.rounds.grid import MAX_CELLS
from seedtui.core.rounds.rounds import Pick
from seedtui.core.rounds.seeds import check_seed
from seedtui.library.images.chunks import MAX_TEXT

MAX_INDEX = 99_999
MAX_NOTES = 100
MAX_NOTE = 20_000
"""Maximum length of a note in characters: it may quote a whole prompt and suffix."""
MAX_WORD = 1000
"""Maximum length of the name of a GPU, a revision or a scheduler, in characters."""

_UPDATE = "Update seedtui, then try again"


class _Version(msgspec.Struct):
    version: int


_record = msgspec.json.Decoder(ImageRecord)
_version = msgspec.json.Decoder(_Version)


def encode_record(record: ImageRecord) -> str:
    """`record` as JSON that `decode_record` reads.

    Raises:
        FileError: it has a value that `decode_record` would reject.
    """
    try:
        text = msgspec.json.encode(_checked(record))
    except UnicodeError as error:
        raise FileError(f"the record contains bytes that are not text: {error}") from error
    if len(text) > MAX_TEXT:
        raise FileError(f"the record has {len(text):,} bytes, more than the limit of {MAX_TEXT:,}")
    return text.decode()


def decode_record(text: str | bytes) -> ImageRecord:
    """The record in `text`, with every value checked.

    Raises:
        FileError: not JSON, not a record, a newer version, or an invalid value.
    """
    try:
        version = _version.decode(text).version
        if version > VERSION:
            raise FileError(f"its record has version {version}, this seedtui reads {VERSION}", _UPDATE)
        return _checked(_record.decode(text))
    except RecursionError as error:
        raise FileError("its record is nested too deeply") from error
    except (msgspec.DecodeError, UnicodeError) as error:
        raise FileError(f"its record cannot be read: {error}") from error


def _checked(record: ImageRecord) -> ImageRecord:
    try:
        _check(record)
    except InputError as error:
        raise FileError(f"its record is invalid: {error.problem.message}") from error
    return record


def _check(record: ImageRecord) -> None:
    _check_finish(record)
    record.recipe.check()
    _check_that((record.kind == "scout") == (record.stop is not None), "kind", record.kind)
    _check_that((record.kind == "grid") == bool(record.axes), "kind", record.kind)
    if record.stop is not None:
        record.stop.check()
    _check_axes(record)
    record.form.check()
    check_prompt(record.prompt)
    record.shot.check()
    check_text(record.template, "template")
    _check_that(1 <= record.version <= VERSION, "version", record.version)
    _check_that(0 <= record.slot < record.recipe.batch_size, "slot", record.slot)
    _check_that(bool(re.fullmatch(r"[0-9a-f]{64}", record.sha256)), "sha256", record.sha256)
    _check_place(Pick(record.round_id, record.index))
    if record.parent is not None:
        _check_place(record.parent)
    words = (record.recipe.revision or "", record.recipe.scheduler or "", record.worker)
    for word in (*words, *(v for v in msgspec.structs.astuple(record.environment) if isinstance(v, str))):
        _check_that(len(word) <= MAX_WORD and word.isprintable(), "name", word)
    _check_that(record.environment.threads >= 0, "threads", record.environment.threads)
    if record.batch is not None:
        record.batch.check(record.recipe.batch_size)
    check_seed(record.adjustments.global_seed or 0)
    _check_that(len(record.notes) <= MAX_NOTES, "number of notes", len(record.notes))
    for note in record.notes:
        _check_that(len(note) <= MAX_NOTE and "\0" not in note, "note", note)


def _check_finish(record: ImageRecord) -> None:
    finish, source = record.finish, record.source
    _check_that((record.kind == "finish") == (finish is not None), "kind", record.kind)
    _check_that((source is not None) == (finish is not None and finish.keeps_source), "source", source is not None)
    _check_that(depth(record) <= MAX_SOURCES, "number of sources", depth(record))
    if finish is not None:
        finish.check()
    if source is not None:
        _check_that(None not in (source.recipe.width, source.recipe.height), "size of the source", None)
        _check(source)


def _check_axes(record: ImageRecord) -> None:
    _check_that(len(record.axes) in (0, 2), "number of axes", len(record.axes))
    for axis in record.axes:
        axis.check(record.recipe)
    if record.axes:
        cells = record.axes[0].size * record.axes[1].size
        _check_that(cells <= MAX_CELLS and record.index < cells, "index", record.index)


def _check_place(pick: Pick) -> None:
    # A round's id becomes part of a file name.
    _check_that(bool(re.fullmatch(r"[0-9A-Za-z_-]{1,64}", pick.round_id)), "round", pick.round_id)
    _check_that(0 <= pick.index <= MAX_INDEX, "index", pick.index)
    _check_that(bool(re.fullmatch(r"[0-9a-f]{64}|", pick.sha256)), "sha256", pick.sha256)
    _check_that(pick.slot is None or 0 <= pick.slot < MAX_BATCH, "slot", pick.slot)


def _check_that(right: bool, name: str, value: object) -> None:
    if not right:
        raise InputError(f"{name} {quoted(str(value))} is out of range")
