"""Encoded training pictures, kept on the device and replaced a few at a time during training."""

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor
from transformers import CLIPTokenizer

from seedtui.starter.recipe.networks.text_encoder import token_ids
from seedtui.starter.recipe.pictures.captions import captions
from seedtui.starter.recipe.pictures.compose import Composer
from seedtui.starter.recipe.pictures.scenes import Scenes, draw_scenes
from seedtui.starter.recipe.training.loop import autocast

WORDINGS = 4
"""Captions per picture."""


@dataclass(frozen=True, slots=True)
class CaptionedScenes:
    """Scenes and their captions as token ids: int16 (scenes, WORDINGS, LENGTH)."""

    scenes: Scenes
    tokens: np.ndarray


def tell(rng: np.random.Generator, tokenizer: CLIPTokenizer, count: int, subjects: int) -> CaptionedScenes:
    """`count` new scenes with captions, none of which is empty."""
    scenes = draw_scenes(rng, count, subjects)
    texts = [text for _ in range(WORDINGS) for text in captions(rng, scenes, empty=0.0)]
    tokens = token_ids(tokenizer, texts).reshape(WORDINGS, count, -1).swapaxes(0, 1)
    return CaptionedScenes(scenes, tokens.astype(np.int16))


def tales(
    tokenizer: CLIPTokenizer, subjects: int, *, chunk: int = 256, seed: int = 0, processes: int = 0
) -> Iterator[CaptionedScenes]:
    """Endless chunks of captioned scenes, made in advance in `processes` other processes, if any."""
    if not processes:
        rng = np.random.default_rng((seed, 7))
        while True:
            yield tell(rng, tokenizer, chunk, subjects)
    context = multiprocessing.get_context("fork")
    queue = context.Queue(4 * processes)

    def work(rank: int) -> None:
        torch.set_num_threads(1)
        rng = np.random.default_rng((seed, 7, rank))
        while True:
            queue.put(tell(rng, tokenizer, chunk, subjects))

    for rank in range(processes):
        context.Process(target=work, args=(rank,), daemon=True).start()
    while True:
        yield queue.get(timeout=120)


class Pool:
    """A ring buffer of encoded pictures with their layouts and captions."""

    def __init__(self, composer: Composer, vae: AutoencoderTiny, told: Iterator[CaptionedScenes], size: int) -> None:
        self._composer, self._vae, self._told, self._size = composer, vae, told, size
        self._written, self._owed = 0, 0
        self._kept: dict[str, Tensor] = {}

    def __len__(self) -> int:
        return min(self._written, self._size)

    def fill(self, count: int) -> None:
        """Add at least `count` new pictures, in whole chunks, replacing the oldest."""
        until = self._written + count
        while self._written < until:
            self._add(*self._encoded(next(self._told)))

    def renew(self, count: int) -> None:
        """Like `fill`, but only adds a chunk now and then, for an average of `count` new pictures per call."""
        self._owed += count
        if self._owed > 0:
            before = self._written
            self.fill(1)
            self._owed -= self._written - before

    @torch.no_grad()
    def _encoded(self, told: CaptionedScenes) -> tuple[Tensor, ...]:
        device = self._composer.device
        pictures = self._composer.compose(told.scenes).contiguous(memory_format=torch.channels_last)
        with autocast(device.type):
            latents = self._vae.encode(pictures).latents
        layout = torch.from_numpy(told.scenes.layout).to(device)
        return latents.to(torch.float16), layout, torch.from_numpy(told.tokens).to(device)

    def _add(self, *parts: Tensor) -> None:
        names = ("latents", "layout", "tokens")
        if not self._kept:
            self._kept = {
                name: torch.empty((self._size, *part.shape[1:]), dtype=part.dtype, device=part.device)
                for name, part in zip(names, parts, strict=True)
            }
        begin = self._written % self._size
        room = min(len(parts[0]), self._size - begin)
        for name, part in zip(names, parts, strict=True):
            self._kept[name][begin : begin + room] = part[:room]
        self._written += room

    def draw(self, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """Latents (float32), layouts and tokens (int64) of `count` random pictures."""
        device = self._composer.device
        chosen = torch.randint(len(self), (count,), device=device)
        wording = torch.randint(WORDINGS, (count,), device=device)
        tokens = self._kept["tokens"][chosen, wording].long()
        return self._kept["latents"][chosen].float(), self._kept["layout"][chosen], tokens
