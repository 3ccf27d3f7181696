"""Which noise a seed gives where: published boundaries of cards, and known answers for Philox."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from seedtui.core.noise.latents import LatentShape
from seedtui.core.noise.philox import philox, philox_normals
from seedtui.core.noise.wave import Card, card_named, same_on

WAVES = {
    "Tesla T4": 40_960,
    "AMD Radeon PRO W7800": 71_680,
    "NVIDIA L4": 89_088,
    "AMD Radeon PRO W7900": 98_304,
    "NVIDIA A10G": 122_880,
    "NVIDIA H20": 159_744,
    "AMD Instinct MI308X": 163_840,
    "NVIDIA GeForce RTX 4090 D": 175_104,
    "NVIDIA L40": 218_112,
    "NVIDIA L40S": 218_112,
    "NVIDIA H100 PCIe": 233_472,
    "NVIDIA H100 80GB HBM3": 270_336,
}
"""Measured: by others (PyTorch issues 194676, 196613 and 158398), and on the last one for this program."""

VECTORS = [
    ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]
"""Of Random123, the library of the authors of Philox: its file kat_vectors, philox 4x32 with 10 rounds."""

NORMALS = {
    (0, 0): (-0.92466241, -0.42534423, -2.64384580, 0.14518386),
    (0, 1): (0.18082583, -0.55226278),
    (1, 0): (-0.29627800, 2.67644811, -0.14084621, -0.84409523),
    (42, 0): (0.19401880, 2.16137362, -0.17205022, 0.84906012),
    (2**64 - 1, 0): (0.63230222, 0.03350111, 0.83908761, -2.06346822),
}
"""By seed and draw: the first of `torch.randn(n, device="cuda")`, measured on an H100 with torch 2.11."""


@pytest.mark.parametrize(("name", "wave"), WAVES.items())
def test_the_wave_of_a_card_is_the_measured_one(name: str, wave: int) -> None:
    card = card_named(name)
    assert card is not None
    assert card.wave == wave


def test_threads_that_fill_no_block_do_not_count() -> None:
    assert Card(10, 1000).wave == 10 * 768
    assert Card(0, 0).wave == 0


@pytest.mark.parametrize(
    "name",
    ["", "T400", "NVIDIA A100-SXM4-40GB MIG 1g.5gb", "NVIDIA L40X", "NVIDIA GeForce RTX 4090 Laptop GPU"],
)
def test_a_name_that_is_not_in_the_table_is_no_card(name: str) -> None:
    assert card_named(name) is None


@pytest.mark.parametrize(
    "name", ["NVIDIA A100-SXM4-40GB", "NVIDIA A100 80GB PCIe", "NVIDIA A100-PCIE-40GB", "NVIDIA A100-SXM4-80GB"]
)
def test_slot_and_memory_do_not_count(name: str) -> None:
    card = card_named(name)
    assert card is not None and card.wave == 221_184


def test_cards_draw_alike_up_to_the_smaller_wave() -> None:
    small, large = WAVES["Tesla T4"], WAVES["NVIDIA H100 PCIe"]
    assert same_on((small, large), small)
    assert not same_on((small, large), small + 1)
    assert same_on((large, large), 10**7)
    assert same_on((), 10**7)


def test_the_elements_of_known_models() -> None:
    assert LatentShape(4).elements(512, 512) == 16_384
    assert LatentShape(4).elements(1024, 1024) == 65_536
    assert LatentShape(16, 8, packed=True).elements(1024, 1024) == 262_144
    assert LatentShape(32, 32).elements(1024, 1024) == 32_768
    assert LatentShape(16, 8, packed=True).elements(1032, 1024) == 262_144  # the odd column is left out
    assert LatentShape().elements(1024, 1024) == 0


def test_sd15_is_the_same_on_all_of_these_and_16_channels_on_none() -> None:
    assert same_on(WAVES.values(), LatentShape(4).elements(512, 512))
    assert not same_on((WAVES["Tesla T4"], WAVES["NVIDIA L4"]), LatentShape(4).elements(1024, 1024))
    flux = LatentShape(16).elements(1024, 1024)
    different = sorted(set(WAVES.values()))
    assert not any(same_on(pair, flux) for pair in itertools.pairwise(different))


@pytest.mark.parametrize(("counter", "key", "words"), VECTORS)
def test_the_words_are_those_of_the_authors(counter: tuple[int, ...], key: tuple[int, int], words: str) -> None:
    found = philox(np.array(counter, np.uint32)[:, None], key)[:, 0]
    assert " ".join(f"{int(word):08x}" for word in found) == words


@pytest.mark.parametrize(("seed", "draw"), NORMALS)
def test_the_normal_numbers_are_the_cards(seed: int, draw: int) -> None:
    expected = NORMALS[seed, draw]
    found = philox_normals(seed, len(expected), draw)
    assert found.dtype == np.float32
    assert np.abs(found - np.array(expected)).max() < 2e-6


def test_an_element_does_not_depend_on_how_many_there_are() -> None:
    assert np.array_equal(philox_normals(7, 300_000, 0)[:1000], philox_normals(7, 1000, 0))
    assert np.isfinite(philox_normals(2**32 + 5, 300_000, 2)).all()
    assert len(philox_normals(0, 0, 0)) == 0
