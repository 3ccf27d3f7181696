"""The starter model's text side: a small byte-level BPE tokenizer and the text encoder."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from seedtui.starter.recipe.art.styles import GROUNDS, STYLES, VERMEER
from seedtui.starter.recipe.art.subjects import SUBJECTS
from seedtui.starter.recipe.pictures.captions import UNKNOWN, captions
from seedtui.starter.recipe.pictures.scenes import draw_scenes

LENGTH = 40
"""Tokens in a prompt. Longer ones are truncated, as in every Stable Diffusion."""

WIDTH = 192
"""Width of the text encoder's output."""

VOCABULARY = 2048
START, END = "<|startoftext|>", "<|endoftext|>"

_WORDS = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
"""How CLIP splits a prompt into words."""


def _sample_captions(count: int) -> Iterator[str]:
    """Captions to learn the vocabulary from: every known word, then random captions."""
    for subject in SUBJECTS:
        yield from subject.words * 20
    for words in [*(style.words for style in STYLES.values()), VERMEER, UNKNOWN, tuple(GROUNDS)]:
        yield from words * 20
    rng = np.random.default_rng(0)
    yield from captions(rng, draw_scenes(rng, count), empty=0.0)


def train_tokenizer(texts: Iterable[str] | None = None) -> CLIPTokenizer:
    """A CLIPTokenizer with merges from `texts` (by default random captions), for any Unicode text."""
    tokenizer = Tokenizer(models.BPE(continuing_subword_prefix="", end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(alphabet) - 2,
        initial_alphabet=alphabet,
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts or _sample_captions(20_000), trainer)
    return _as_clip(tokenizer, alphabet)


def _as_clip(tokenizer: Tokenizer, alphabet: list[str]) -> CLIPTokenizer:
    """The trained merges with CLIP's vocabulary order: bytes, bytes that end a word, merges, start, end."""
    merges = [tuple(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]
    words = [*alphabet, *(char + "</w>" for char in alphabet), *("".join(pair) for pair in merges), START, END]
    vocabulary = {word: index for index, word in enumerate(dict.fromkeys(words))}
    return CLIPTokenizer(
        vocab=vocabulary,
        merges=merges,
        unk_token=END,
        bos_token=START,
        eos_token=END,
        pad_token=END,
        model_max_length=LENGTH,
    )


def token_ids(tokenizer: CLIPTokenizer, texts: list[str]) -> np.ndarray:
    """Token ids, padded as in StableDiffusionPipeline: int64 (texts, LENGTH)."""
    encoded = tokenizer(texts, padding="max_length", max_length=LENGTH, truncation=True, return_tensors="np")
    return np.asarray(encoded.input_ids, dtype=np.int64)


def build_text_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """An untrained text encoder with two layers."""
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=3 * WIDTH,
        projection_dim=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=6,
        max_position_embeddings=LENGTH,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return CLIPTextModel(config)


def tokenizer_in(folder: Path, shipped: Path | None = None) -> CLIPTokenizer:
    """The tokenizer in `folder`. If there is none, copy the one in `shipped`, or train a new one."""
    if not folder.exists():
        new = CLIPTokenizer.from_pretrained(shipped) if shipped else train_tokenizer()
        new.save_pretrained(folder)
    return CLIPTokenizer.from_pretrained(folder)
