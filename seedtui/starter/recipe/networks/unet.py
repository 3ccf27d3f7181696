"""The denoiser and its text encoder, trained together on encoded pictures with velocity prediction."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import DPMSolverMultistepScheduler, UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from seedtui.starter.recipe import files
from seedtui.starter.recipe.networks.latents import Pool
from seedtui.starter.recipe.networks.text_encoder import WIDTH, build_text_encoder, token_ids
from seedtui.starter.recipe.networks.vae import CHANNELS
from seedtui.starter.recipe.pictures.layout import written
from seedtui.starter.recipe.training.loop import Loop, autocast, placed, set_rate
from seedtui.starter.recipe.training.muon import build_optimizers, tables

SIDE = 16
"""Side of the latents; the picture is 16 times as wide."""

EMA = 0.999
EMPTY = 0.1
"""Share of pictures trained without their caption, for the unconditional prediction of guidance."""

UNPAIRED = 0.1
"""Share of pictures with arbitrary noise that does not encode their layout. Samplers that add noise need it."""

_PAIRED_FROM = 0.85
"""From this share of the schedule on, every picture is paired with its noise: the first steps rely on it."""

_GUIDED_FROM, _GUIDED_FULLY = 0.35, 0.5
"""The part of the training during which guidance grows from 1 to its full value."""


@dataclass(frozen=True, slots=True)
class UnetSettings:
    minutes: float = 90.0
    rate: float = 1e-3
    batch: int = 64
    guided: float = 5.0
    """The guidance at which the final model should be exact; see `guided`."""
    exact: bool = False
    """Whether the weights to start from are already exact at `guided`; others get there gradually."""
    renewed: int = 8
    """Number of pictures in the pool to replace per step."""
    device: str = "cpu"
    seed: int = 0


def build_unet() -> UNet2DConditionModel:
    """An untrained UNet with 19 M parameters and attention at 8x8 and 4x4 latents.

    The pooled prompt also reaches every block through the time embedding: this way the subject is learned much sooner
    than with cross-attention alone.
    """
    return UNet2DConditionModel(
        sample_size=SIDE,
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        block_out_channels=(128, 192, 256),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(4, 6, 8),
        cross_attention_dim=WIDTH,
        addition_embed_type="text",
        addition_embed_type_num_heads=6,
        resnet_time_scale_shift="scale_shift",
    )


def build_scheduler() -> DPMSolverMultistepScheduler:
    """Second-order DPM-Solver++: its steps add no noise, so only the seed decides.

    The schedule ends in pure noise (zero signal), which is what a round starts from and what encodes the layout.
    """
    return DPMSolverMultistepScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        rescale_betas_zero_snr=True,
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
        result: Tensor = self.unet(noisy, times, words, return_dict=False)[0].float()
        return result


@dataclass(frozen=True, slots=True)
class TrainingBatch:
    noisy: Tensor
    times: Tensor
    tokens: Tensor
    velocity: Tensor


class BatchSource:
    """Random batches of noisy latents, most of them with captions."""

    def __init__(self, pool: Pool, nothing: Tensor) -> None:
        self._pool, self._nothing = pool, nothing
        self._kept = build_scheduler().alphas_cumprod.to(nothing.device)

    def draw(self, count: int) -> TrainingBatch:
        clean, layout, tokens = self._pool.draw(count)
        device = clean.device
        times = self._spread_times(count, device)
        noise = torch.randn_like(clean)
        paired = (torch.rand(count, device=device) > UNPAIRED) | (times > _PAIRED_FROM * len(self._kept))
        noise = torch.where(paired[:, None, None, None], written(noise, layout), noise)
        signal = self._kept[times].sqrt()[:, None, None, None]
        spoil = (1 - self._kept[times]).sqrt()[:, None, None, None]
        empty = torch.rand(count, 1, device=device) < EMPTY
        return TrainingBatch(
            (signal * clean + spoil * noise).contiguous(memory_format=torch.channels_last),
            times,
            torch.where(empty, self._nothing, tokens),
            signal * noise - spoil * clean,
        )

    def _spread_times(self, count: int, device: torch.device) -> Tensor:
        """One random time from each of `count` equal parts of the schedule, which reduces the variance of the loss."""
        stretch = (torch.arange(count, device=device) + torch.rand(count, device=device)) / count
        return (stretch * len(self._kept)).long().clamp(max=len(self._kept) - 1)


Forward = Callable[[Tensor, Tensor, Tensor], Tensor]


def train_unet(
    pool: Pool,
    tokenizer: CLIPTokenizer,
    path: Path,
    settings: UnetSettings,
    *,
    model: Denoiser | None = None,
    watch: Callable[[int, Denoiser], None] = lambda step, average: None,
) -> None:
    """Train for `settings.minutes`, or resume from `path`; writes checkpoints to `path`.

    `model` is one to start from, possibly compiled. `watch` is called with each step and the averaged model.
    """
    torch.manual_seed(settings.seed)
    model = placed(model or Denoiser(tokenizer), settings.device)
    average = copy.deepcopy(model).requires_grad_(False)
    optimizers = build_optimizers(model.parameters(), tables(model))
    loop = Loop(path, settings.minutes, {"model": model, "average": average}, optimizers)
    nothing = torch.from_numpy(token_ids(tokenizer, [""])).to(settings.device)
    source = BatchSource(pool, nothing)
    for step in loop:
        if settings.renewed and step:
            pool.renew(settings.renewed)
        batch = source.draw(settings.batch)
        scale = 1 + (settings.guided - 1) * (1.0 if settings.exact else _ramp(loop.progress))
        with autocast(settings.device):
            made = model(batch.noisy, batch.times, batch.tokens)
            made = guided(model, batch, made, nothing, scale) if scale != 1 else made
        set_rate(optimizers, loop.rate(settings.rate))
        loop.descend((made - batch.velocity).square().mean(), optimizers)
        _follow(average, model, 1 - min(EMA, (1 + step) / (10 + step)))
        watch(step, average)


def _ramp(progress: float) -> float:
    return min(1.0, max(0.0, (progress - _GUIDED_FROM) / (_GUIDED_FULLY - _GUIDED_FROM)))


@torch.no_grad()
def _follow(average: nn.Module, model: nn.Module, share: float) -> None:
    """Move `average` towards `model` by the fraction `share`."""
    torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), share)


def guided(model: Forward, batch: TrainingBatch, made: Tensor, nothing: Tensor, scale: float) -> Tensor:
    """`made` with guidance `scale`; rows without a caption, equal to `nothing`, are unchanged.

    A model trained on this in the last part of its training is exact at guidance `scale`, not at 1. The pipeline's
    default of 7.5 then acts like 7.5 / `scale` in other models; this model needs little guidance.
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
