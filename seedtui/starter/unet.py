"""The denoiser and its text encoder, trained together on encoded pictures by predicting velocity."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import DPMSolverMultistepScheduler, UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from seedtui.starter import files
from seedtui.starter.captions import captions
from seedtui.starter.latents import Latents
from seedtui.starter.loop import Loop, autocast, cosine, placed
from seedtui.starter.scenes import Scenes
from seedtui.starter.team import Member, Team
from seedtui.starter.text import WIDTH, build_text_encoder, token_ids
from seedtui.starter.vae import CHANNELS

SIDE = 16
"""Of the latents; the picture is 8 times as wide."""

EMA = 0.998


@dataclass(frozen=True, slots=True)
class UnetSettings:
    minutes: float = 90.0
    rate: float = 1e-3
    batch: int = 64
    guided: float = 1.0
    """The guidance at which the model is to be exact; see `guided`."""
    processes: int = 1
    """Of one thread each, where more than 1; see `team`. They share the batch."""
    compile: bool = False
    device: str = "cpu"
    seed: int = 0


def build_unet() -> UNet2DConditionModel:
    """Untrained; 18 M parameters, attention where latents are 8x8 and 4x4.

    The prompt also reaches every block through the time embedding, pooled: what to draw is learned much
    sooner so than by cross-attention alone.
    """
    return UNet2DConditionModel(
        sample_size=SIDE,
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        block_out_channels=(96, 192, 256),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(3, 6, 8),
        cross_attention_dim=WIDTH,
        addition_embed_type="text",
        addition_embed_type_num_heads=6,
        resnet_time_scale_shift="scale_shift",
    )


def build_scheduler() -> DPMSolverMultistepScheduler:
    """DPM-Solver++ of second order: no noise in its steps, so a seed alone decides."""
    return DPMSolverMultistepScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        steps_offset=1,
    )


class Denoiser(nn.Module):
    """UNet and text encoder as one module."""

    def __init__(self, tokenizer: CLIPTokenizer) -> None:
        super().__init__()
        self.unet: UNet2DConditionModel = build_unet()
        self.text: CLIPTextModel = build_text_encoder(tokenizer)

    def forward(self, noisy: Tensor, times: Tensor, tokens: Tensor) -> Tensor:
        """Velocities, like `noisy`; `tokens` are ids, (batch, LENGTH)."""
        words = self.text(tokens)[0]
        return self.unet(noisy, times, words, return_dict=False)[0].float()


@dataclass(frozen=True, slots=True)
class Batch:
    noisy: Tensor
    times: Tensor
    tokens: Tensor
    velocity: Tensor


class Source:
    """Random batches of noised latents and freshly worded captions."""

    def __init__(self, latents: Latents, tokenizer: CLIPTokenizer, settings: UnetSettings, start: int) -> None:
        self._latents, self._tokenizer, self._settings = latents, tokenizer, settings
        self._rng = np.random.default_rng((settings.seed, 7, start))
        self._noise = torch.Generator().manual_seed(settings.seed * 1_000_003 + start)
        self._kept = build_scheduler().alphas_cumprod

    def draw(self, count: int) -> Batch:
        chosen = self._rng.choice(len(self._latents.values), count, replace=False)
        clean = self._latents.values[torch.from_numpy(chosen)].float()
        noise = torch.randn(clean.shape, generator=self._noise)
        times = self._spread_times(count)
        signal = self._kept[times].sqrt().view(-1, 1, 1, 1)
        spoil = (1 - self._kept[times]).sqrt().view(-1, 1, 1, 1)
        tokens = torch.from_numpy(token_ids(self._tokenizer, captions(self._rng, _taken(self._latents.scenes, chosen))))
        layout, device = torch.channels_last, self._settings.device
        return Batch(
            (signal * clean + spoil * noise).to(device, memory_format=layout),
            times.to(device),
            tokens.to(device),
            (signal * noise - spoil * clean).to(device, memory_format=layout),
        )

    def _spread_times(self, count: int) -> Tensor:
        """One time from each of `count` equal stretches of the schedule: less chance in the loss."""
        stretch = (torch.arange(count) + torch.rand(count, generator=self._noise)) / count
        return (stretch * len(self._kept)).long().clamp(max=len(self._kept) - 1)


def _taken(scenes: Scenes, chosen: np.ndarray) -> Scenes:
    return Scenes(**{name: getattr(scenes, name)[chosen] for name in Scenes.__dataclass_fields__})


def train_unet(
    latents: Latents,
    tokenizer: CLIPTokenizer,
    path: Path,
    settings: UnetSettings,
    resume_from: Path | None = None,
) -> None:
    """Train until `settings.minutes` are spent, or take up where `path` stopped; writes `path` as it goes.

    `resume_from`: exported weights to begin with, where there is no checkpoint yet.
    """
    torch.manual_seed(settings.seed)
    model = exported_denoiser(resume_from, tokenizer) if resume_from else Denoiser(tokenizer)
    model = placed(model, settings.device)
    average = copy.deepcopy(model).requires_grad_(False)
    loop = Loop(path, settings.minutes, {"model": model, "average": average}, [])
    team = Team(model, average, settings.processes)
    begin = loop.step
    nothing = torch.from_numpy(token_ids(tokenizer, [""])).to(settings.device)

    def losses(rank: int) -> Iterator[Tensor]:
        source = Source(latents, tokenizer, settings, begin + rank * 1_000_003)
        forward = torch.compile(model) if settings.compile else model
        while True:
            batch = source.draw(settings.batch // team.size)
            with autocast(settings.device):
                made = forward(batch.noisy, batch.times, batch.tokens)
                made = guided(model, batch, made, nothing, settings.guided) if settings.guided != 1 else made
            yield (made - batch.velocity).square().mean()

    def follow_the_first(member: Member) -> None:
        for loss in losses(member.rank):
            member.descend(loss)

    if team.size > 1:
        torch.set_num_threads(1)
    member = team.start(follow_the_first)
    for step, loss in zip(loop, losses(0), strict=False):
        loop.note(loss)
        since = step - begin
        rate = settings.rate * cosine(loop.progress, since)
        member.descend(loss, rate=rate, follow=1 - min(EMA, (1 + since) / (10 + since)))
    team.stop()


def guided(model: Denoiser, batch: Batch, made: Tensor, nothing: Tensor, scale: float) -> Tensor:
    """What `made` becomes under guidance of `scale`; rows without a caption, like `nothing`, stay as they are.

    A model that is trained on this, in the last part of its training, is exact at guidance `scale` and not at 1. The
    pipeline's own 7.5 is then as 7.5 / `scale` is elsewhere, and a small model looks best at about 3.
    """
    with torch.no_grad():
        blank = model(batch.noisy, batch.times, nothing.expand(len(batch.tokens), -1))
    captioned = (batch.tokens != nothing).any(1).view(-1, 1, 1, 1)
    return torch.where(captioned, blank + scale * (made - blank), made)


def load_denoiser(path: Path, tokenizer: CLIPTokenizer) -> Denoiser:
    """The averaged weights of a checkpoint."""
    model = Denoiser(tokenizer)
    model.load_state_dict(files.load(path)["average"])
    return model.eval()


def exported_denoiser(folder: Path, tokenizer: CLIPTokenizer) -> Denoiser:
    """The UNet and text encoder of an exported pipeline, in fp32."""
    model = Denoiser(tokenizer)
    model.unet = UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=torch.float32)
    model.text = CLIPTextModel.from_pretrained(folder / "text_encoder", dtype=torch.float32)
    return model
