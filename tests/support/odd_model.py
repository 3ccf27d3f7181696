"""A model's folder as far as its files are looked at, made without torch, and what may be wrong with one."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

CONFIGS = {
    "unet/config.json": {"_class_name": "UNet2DConditionModel", "in_channels": 4},
    "vae/config.json": {"_class_name": "AutoencoderKL", "block_out_channels": [8, 8, 8, 8], "latent_channels": 4},
    "scheduler/scheduler_config.json": {"_class_name": "PNDMScheduler"},
    "tokenizer/vocab.json": {"a": 0},
}

INDEX = {
    "_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.40.0",
    "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"],
    "scheduler": ["diffusers", "PNDMScheduler"], "tokenizer": ["transformers", "CLIPTokenizer"],
}  # fmt: skip

WEIGHTS = "unet/diffusion_pytorch_model.safetensors"


def make_model(folder: Path) -> Path:
    """The model in `folder`, whole."""
    for name, config in {"model_index.json": INDEX, **CONFIGS}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(config))
    for part in ("unet", "vae"):
        save_file({"weight": np.zeros(4, np.float32)}, folder / part / "diffusion_pytorch_model.safetensors")
    return folder


def with_header(header: bytes, rest: bytes = b"", length: int | None = None) -> bytes:
    """A .safetensors file with that header."""
    return struct.pack("<Q", len(header) if length is None else length) + header + rest


def entry(**changes: object) -> bytes:
    """A header of one weight of 4 bytes, with `changes`."""
    return json.dumps({"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4], **changes}}).encode()


HEADERS: dict[str, bytes] = {
    "empty": b"",
    "seven bytes": b"1234567",
    "no header": with_header(b""),
    "deep": with_header(b"[" * 200_000),
    "deep tables": with_header(b'{"a":' * 200_000),
    "words for numbers": with_header(entry(data_offsets=["0", "x"])),
    "a word for an offset": with_header(entry(data_offsets=[0, "4"]), b"abcd"),
    "one offset": with_header(entry(data_offsets=[4]), b"abcd"),
    "no offsets": with_header(b'{"x": {"dtype": "F32", "shape": [1]}}', b"abcd"),
    "offsets backwards": with_header(entry(data_offsets=[4, 0]), b"abcd"),
    "below zero": with_header(entry(data_offsets=[-8, 4]), b"abcd"),
    "huge offset": with_header(entry(data_offsets=[0, 10**4000]), b"abcd"),
    "huge number": with_header(b'{"x": ' + b"9" * 5000 + b"}"),
    "nan": with_header(b'{"x": NaN}'),
    "infinity": with_header(entry(data_offsets=[0, float("inf")]), b"abcd"),
    "a list": with_header(b"[1, 2]"),
    "null": with_header(b"null"),
    "a word": with_header(b'{"x": "y"}'),
    "no text": with_header(b"\xff\xfe{}"),
    "a shape of words": with_header(entry(shape=["a"]), b"abcd"),
    "a shape that is none": with_header(entry(shape=4), b"abcd"),
    "a huge side": with_header(entry(shape=[10**30]), b"abcd"),
    "metadata that is a list": with_header(entry()[:-1] + b', "__metadata__": [1]}', b"abcd"),
    "metadata that is a word": with_header(entry()[:-1] + b', "__metadata__": "a"}', b"abcd"),
    "metadata of numbers": with_header(entry()[:-1] + b', "__metadata__": {"a": 1}}', b"abcd"),
    "a dtype that is none": with_header(entry(dtype=None), b"abcd"),
    "length beyond the file": with_header(entry(), b"abcd", 2**40),
    "length beyond all": with_header(entry(), b"abcd", 2**64 - 1),
    "cut short": with_header(entry(), b"abc"),
    "too long": with_header(entry(), b"abcde"),
}

Change = Callable[[Path], object]

TEXTS: dict[str, bytes] = {
    "empty": b"",
    "cut off": b"{",
    "deep": b"[" * 1_000_000,
    "deep tables": b'{"a":' * 1_000_000,
    "huge number": b'{"a": ' + b"9" * 5000 + b"}",
    "nan": b'{"_class_name": NaN, "block_out_channels": Infinity, "patch_size": -Infinity}',
    "no text": b"\xff\xfe\x00",
    "half a character": b'{"_class_name": "\\ud800", "unet": ["\\udfff", "\\ud800"]}',
    "twice": b'{"_class_name": "A", "_class_name": ["B"]}',
    "numbers": b'{"_class_name": 3, "unet": 4, "block_out_channels": 3, "patch_size": 0, "latent_channels": "x"}',
    "lists": b'{"_class_name": "A", "unet": [[], []], "block_out_channels": [], "patch_size": []}',
    "huge channels": b'{"block_out_channels": [' + b"1," * 100_000 + b'1], "patch_size": 1' + b"0" * 4000 + b"}",
    "below zero": b'{"patch_size": -4, "in_channels": -16, "latent_channels": -4}',
    "parts elsewhere": b'{"_class_name": "A", "../../../etc": ["a", "b"], "/etc": ["a", "b"], "a\\u0000": ["a", "b"]}',
    "long part": b'{"_class_name": "A", "' + b"a" * 5000 + b'": ["a", "b"]}',
    "markup": b'{"_class_name": "[/b]", "unet": ["[/b]", "\\u001b]52;c;x"]}',
}
