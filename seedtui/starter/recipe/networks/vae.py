"""The codec: an AutoencoderTiny, trained on crops of compositions.

Latents have unit variance per channel: during training there is a batch normalisation between encoder and decoder,
which is then folded into the encoder's last convolution. So the scaling factor of the model is 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor, nn
from torch.nn import functional

from seedtui.starter.recipe import files
from seedtui.starter.recipe.art.subjects import SUBJECTS
from seedtui.starter.recipe.pictures.compose import Composer
from seedtui.starter.recipe.pictures.scenes import draw_scenes
from seedtui.starter.recipe.training.loop import Loop, autocast, placed, set_rate
from seedtui.starter.recipe.training.muon import build_optimizers

CHANNELS = 16
"""Channels of the latents, which are 1/16 as wide and high as the picture."""

CROP = 128
NOISE = 0.08
"""Standard deviation of the noise added to latents in training, which makes the decoder tolerant of small errors."""


def build_vae() -> AutoencoderTiny:
    """An untrained autoencoder with 2.8 M parameters, 64 channels throughout, and most blocks at low resolution."""
    return AutoencoderTiny(
        latent_channels=CHANNELS,
        encoder_block_out_channels=(64,) * 5,
        decoder_block_out_channels=(64,) * 5,
        num_encoder_blocks=(0, 1, 2, 3, 4),
        num_decoder_blocks=(4, 4, 3, 1, 0),
        scaling_factor=1.0,
    )


@dataclass(frozen=True, slots=True)
class VaeSettings:
    minutes: float = 20.0
    rate: float = 1e-3
    batch: int = 32
    decoder_only: bool = False
    """Keep the encoder unchanged, so that existing latents stay valid."""
    subjects: int = len(SUBJECTS)
    """Number of subjects to train on, from the first one."""
    device: str = "cpu"
    seed: int = 0


class Codec(nn.Module):
    """The autoencoder during training, with normalised latents."""

    def __init__(self) -> None:
        super().__init__()
        self.vae = build_vae()
        self.normal = nn.BatchNorm2d(CHANNELS, affine=False, momentum=0.02)

    def encode(self, pictures: Tensor) -> Tensor:
        result: Tensor = self.normal(self.vae.encoder(pictures).float())
        return result

    def decode(self, latents: Tensor) -> Tensor:
        result: Tensor = self.vae.decoder(latents).float()
        return result

    def folded(self) -> AutoencoderTiny:
        """A plain AutoencoderTiny that encodes to normalised latents by itself."""
        vae = build_vae()
        vae.load_state_dict(self.vae.state_dict())
        last = vae.encoder.layers[-1]
        assert isinstance(last, nn.Conv2d) and last.bias is not None
        assert self.normal.running_var is not None and self.normal.running_mean is not None
        scale = (self.normal.running_var + self.normal.eps).rsqrt()
        with torch.no_grad():
            last.weight.mul_(scale[:, None, None, None])
            last.bias.sub_(self.normal.running_mean).mul_(scale)
        return vae.eval()


def crops(composer: Composer, settings: VaeSettings, start: int) -> Iterator[Tensor]:
    """Endless batches (batch, 3, CROP, CROP). Each composition is cropped several times."""
    rng = np.random.default_rng((settings.seed, start))
    while True:
        pool = composer.compose(draw_scenes(rng, min(256, 8 * settings.batch), settings.subjects))
        pool = pool.contiguous(memory_format=torch.channels_last)
        for _ in range(4 * len(pool) // settings.batch):
            chosen = torch.from_numpy(rng.choice(len(pool), settings.batch, replace=False)).to(pool.device)
            top, left = rng.integers(0, pool.shape[-1] - CROP + 1, 2)
            yield pool[chosen, :, top : top + CROP, left : left + CROP]


def loss_of(made: Tensor, wanted: Tensor) -> Tensor:
    """Absolute and squared differences, plus the difference of edges, which keeps them sharp."""
    off = made - wanted
    edges = off.diff(dim=-1).abs().mean() + off.diff(dim=-2).abs().mean()
    return off.abs().mean() + 2 * off.square().mean() + 0.5 * edges


def train_vae(composer: Composer, path: Path, settings: VaeSettings) -> Codec:
    """Train for `settings.minutes`, or resume from `path`; writes checkpoints to `path`."""
    torch.manual_seed(settings.seed)
    codec = placed(Codec(), settings.device)
    trained = codec.vae.decoder if settings.decoder_only else codec.vae
    optimizers = build_optimizers(trained.parameters())
    loop = Loop(path, settings.minutes, {"codec": codec}, optimizers, keep_optimizers=not settings.decoder_only)
    codec.vae.encoder.requires_grad_(not settings.decoder_only)
    source = crops(composer, settings, loop.step)
    for step in loop:
        set_rate(optimizers, loop.rate(settings.rate))
        codec.normal.train(not settings.decoder_only)
        wanted = next(source).to(memory_format=torch.channels_last)
        with autocast(settings.device):
            latents = codec.encode(wanted)
            if step % 4 == 3:
                latents, wanted = functional.avg_pool2d(latents, 2), functional.avg_pool2d(wanted, 2)
            made = codec.decode(latents + NOISE * torch.randn_like(latents))
        loop.descend(loss_of(made, wanted), optimizers)
    return codec.eval()


def load_codec(path: Path, device: str = "cpu") -> Codec:
    """Load what `train_vae` wrote."""
    codec = Codec()
    codec.load_state_dict(files.load(path)["codec"])
    return codec.eval().to(device)


def finished_vae(path: Path, weights: Path) -> AutoencoderTiny:
    """The autoencoder trained at `path`, or if there is none, the one shipped in `weights`."""
    if path.exists():
        return load_codec(path).folded()
    return AutoencoderTiny.from_pretrained(weights / "vae", torch_dtype=torch.float32).eval()


@torch.no_grad()
def psnr(vae: AutoencoderTiny, pictures: Tensor) -> float:
    """Mean peak signal-to-noise ratio in dB of pictures (-1..1) after encoding and decoding."""
    made = vae.decode(vae.encode(pictures).latents).sample.clamp(-1, 1)
    error = ((made - pictures) / 2).square().mean((1, 2, 3))
    return float((-10 * error.log10()).mean())
