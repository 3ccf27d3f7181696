"""The GPUs of a machine, as far as they are ours."""

from __future__ import annotations

import os

import pytest

from seedtui.engine.gpus import gpus, is_visible
from seedtui.engine.wire.pool_protocol import FREE, Gpu, users_in_words

CARD = Gpu(1, "GPU-8f2c51aa-0000", "NVIDIA L4", 24 * 10**9, 10**6)


@pytest.mark.parametrize(
    ("named", "visible"),
    [
        (None, True), ("1", True), ("0, 1", True), ("GPU-8f2c", True), ("", False), ("-1", False), ("0", False),
        ("10", False), ("GPU-", False), ("GPU-9", False),
    ],
)  # fmt: skip
def test_only_those_that_the_environment_leaves_us(named: str | None, visible: bool) -> None:
    assert is_visible(CARD, {} if named is None else {"CUDA_VISIBLE_DEVICES": named}) == visible


def test_a_gpu_is_free_if_others_use_next_to_nothing_of_it() -> None:
    assert CARD.is_free
    busy = Gpu(0, "GPU-1", "NVIDIA L4", 24 * 10**9, FREE, ("ana: python, 14 GB",))
    assert not busy.is_free
    assert users_in_words([busy, CARD]) == "GPU 0: ana: python, 14 GB; GPU 1: in use"


def test_nothing_is_found_where_there_is_no_driver() -> None:
    if not os.path.exists("/dev/nvidiactl"):
        assert gpus() == ()
