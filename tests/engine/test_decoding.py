"""A decoder that gives NaN is seen under whatever name a pipeline has it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from seedtui.engine.diffusion.call.decoding import BLACK_IN_FLOAT32, DecoderWatch
from tests.support import tiny_parts as p


@pytest.mark.parametrize("name", ["vae", "movq", "vqgan", "vqvae"])
def test_nan_of_a_decoder_is_told_of_the_image_it_is_in(name: str) -> None:
    decoder = p.vae()
    pipe = SimpleNamespace(**{name: decoder})
    latents = torch.zeros(2, 4, 4, 4)
    with DecoderWatch(pipe, 2, rescue=True) as watch, torch.no_grad():
        decoder.decode(latents)
    assert [watch.notes(slot) for slot in (0, 1)] == [(), ()]
    with torch.no_grad():
        decoder.decoder.conv_out.bias.fill_(float("nan"))
    with DecoderWatch(pipe, 2, rescue=True) as watch, torch.no_grad():
        decoder.decode(latents)
    assert [watch.notes(slot) for slot in (0, 1)] == [(BLACK_IN_FLOAT32,)] * 2
