"""The matrix that makes previews: kept with the model, known, or fitted to its VAE; and where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKL

from seedtui.engine.diffusion.previews import find_matrix
from tests.support.pipelines import _vae


def pipe_with(vae: Any) -> Any:
    return SimpleNamespace(vae=vae)


def odd_vae(**config: object) -> AutoencoderKL:
    """A VAE of 4 channels whose factor is nobody's."""
    torch.manual_seed(0)
    vae = _vae()
    vae.register_to_config(scaling_factor=0.5, **config)
    return vae


def bits(vae: AutoencoderKL) -> list[torch.Tensor]:
    return [value.clone() for value in vae.state_dict().values()]


@torch.no_grad()
def test_a_fitted_matrix_is_nearer_than_one_colour(tmp_path: Path) -> None:
    vae = odd_vae()
    matrix = find_matrix(pipe_with(vae), tmp_path)
    assert matrix is not None
    latents = torch.nn.functional.interpolate(
        torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(7)), size=(16, 16), mode="bilinear"
    )
    decoded = torch.nn.functional.interpolate(vae.decode(latents / 0.5).sample, size=(16, 16), mode="area")
    told = (latents.permute(0, 2, 3, 1) @ matrix.weight + matrix.bias).permute(0, 3, 1, 2)
    assert ((told - decoded) ** 2).mean() < decoded.var()


def overflowing(vae: AutoencoderKL) -> AutoencoderKL:
    """`vae` in float16, in which its decoder's first layer gives more than there is."""
    with torch.no_grad():
        vae.decoder.conv_in.weight.mul_(30_000)
    return vae.half()


def test_a_vae_beyond_float16_is_fitted_in_float32_and_stays_what_it_was(tmp_path: Path) -> None:
    vae = overflowing(odd_vae(force_upcast=True))
    before = bits(vae)
    matrix = find_matrix(pipe_with(vae), tmp_path)
    assert matrix is not None
    assert matrix.weight.isfinite().all()
    assert vae.dtype == torch.float16
    assert all(torch.equal(one, other) for one, other in zip(before, bits(vae), strict=True))


def test_where_the_vae_gives_no_numbers_or_takes_no_such_latents_there_are_no_previews(tmp_path: Path) -> None:
    assert find_matrix(pipe_with(overflowing(odd_vae(force_upcast=False))), tmp_path) is None
    assert find_matrix(pipe_with(odd_vae(latent_channels=5)), tmp_path) is None
    assert find_matrix(SimpleNamespace(), tmp_path) is None


@pytest.mark.parametrize(
    "kept", ["", "{", "[]", '{"preview": 1}', '{"preview": {"matrix": [[1, 2, 3]], "bias": [0, 0, 0]}}']
)
def test_a_kept_matrix_that_can_not_be_used_is_fitted_anew(tmp_path: Path, kept: str) -> None:
    (tmp_path / "seedtui.json").write_text(kept)
    fitted, found = find_matrix(pipe_with(odd_vae()), tmp_path / "none"), find_matrix(pipe_with(odd_vae()), tmp_path)
    assert fitted is not None and found is not None
    assert torch.allclose(found.weight, fitted.weight, atol=1e-4)


def test_a_kept_matrix_is_taken(tmp_path: Path) -> None:
    rows = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0.5]]
    (tmp_path / "seedtui.json").write_text(f'{{"preview": {{"matrix": {rows}, "bias": [0, 0, 1]}}, "more": 1}}')
    matrix = find_matrix(pipe_with(odd_vae()), tmp_path)
    assert matrix is not None
    assert matrix.weight.tolist() == rows
    assert matrix.bias.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    "shape",
    [
        lambda cells: cells,
        lambda cells: cells.flatten(2).transpose(1, 2),
        lambda cells: cells[:, :, None],
        lambda cells: cells.permute(0, 2, 3, 1)[:, None],
    ],
)
def test_a_matrix_is_learned_from_latents_of_any_form(shape: Callable[[torch.Tensor], torch.Tensor]) -> None:
    from PIL import Image

    from seedtui.engine.diffusion.previews import grid, learned

    torch.manual_seed(0)
    cells, weight = torch.randn(2, 5, 6, 8), torch.randn(5, 3) * 0.1
    rgb = ((cells.permute(0, 2, 3, 1) @ weight + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    images = [Image.fromarray(each.numpy()).resize((64, 48), Image.Resampling.NEAREST) for each in rgb]
    matrix = learned(shape(cells), images)
    assert matrix is not None
    assert torch.allclose(matrix.weight, weight, atol=0.01)
    assert torch.equal(grid(shape(cells), 8 / 6), cells)
