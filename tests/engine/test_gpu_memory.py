"""The memory of a GPU is told once to each client, and again when it has changed; where there is none, nothing."""

from __future__ import annotations

import pytest
import torch

from seedtui.engine.diffusion.memory import gpu_memory
from seedtui.engine.wire import protocol as p


def test_a_small_change_is_not_worth_a_message():
    one = p.Memory(50, 10, 1000)
    assert not gpu_memory._apart(one, p.Memory(55, 14, 1000))
    assert gpu_memory._apart(one, p.Memory(60, 10, 1000))
    assert gpu_memory._apart(one, p.Memory(50, 20, 1000))


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without a GPU")
def test_without_a_gpu_nothing_is_told():
    assert gpu_memory.memory_of("cuda:0") is None
    assert gpu_memory._by_nvml("00000000-0000-0000-0000-000000000000") is None


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_the_memory_that_we_take_is_ours():
    before = gpu_memory.memory_of("cuda:0")
    taken = torch.zeros(2**28, dtype=torch.uint8, device="cuda:0")
    after = gpu_memory.memory_of("cuda:0")
    assert before and after
    assert after.ours - before.ours >= taken.nbytes
    assert after.ours + after.others <= after.total
