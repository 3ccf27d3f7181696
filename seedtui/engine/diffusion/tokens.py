"""Counts the tokens of a prompt as the text encoder does. If that fails there is no count: no picture depends on it."""

from __future__ import annotations

import copy
import inspect
from typing import Any

from seedtui.engine.wire.protocol import TokenCount

NO_LIMIT = 10**6
"""Tokenizers without a limit report a huge number."""


def counter_for(pipe: Any) -> TokenCounter:
    """Counts like the text encoder of `pipe` that reads the most.

    With a T5 or an LLM next to CLIP, the text beyond CLIP's limit is not lost. Their own limit is a default of the
    pipeline's call.
    """
    takes = inspect.signature(type(pipe).__call__).parameters
    most = takes["max_sequence_length"].default if "max_sequence_length" in takes else None
    found = [_inner(getattr(pipe, name, None)) for name in ("tokenizer_3", "tokenizer_2", "tokenizer", "processor")]
    there = [tokenizer for tokenizer in found if tokenizer is not None]
    long = [tokenizer for tokenizer in there if "CLIP" not in type(tokenizer).__name__]
    if long:
        return TokenCounter(long[0], most if isinstance(most, int) else None)
    return TokenCounter(there[-1] if there else None)


def _inner(tokenizer: Any) -> Any | None:
    """The tokenizer itself, or the one inside a processor, which also prepares images; None if there is none."""
    inner = getattr(tokenizer, "tokenizer", tokenizer)
    return inner if callable(inner) and hasattr(inner, "model_max_length") else None


class TokenCounter:
    """Counts with a copy of `tokenizer`, so that it works while a round runs. The call reads at most `most` tokens.

    If an unusual tokenizer fails, the count and the limit are 0.
    """

    def __init__(self, tokenizer: Any | None, most: int | None = None) -> None:
        self._tokenizer: Any | None = None
        self.limit: int = 0
        try:
            length = min(getattr(tokenizer, "model_max_length", 0) or NO_LIMIT, most or NO_LIMIT)
            special = tokenizer.num_special_tokens_to_add() if tokenizer is not None else 0
            self._tokenizer = copy.deepcopy(tokenizer)
            self.limit = length - special if length < NO_LIMIT and tokenizer is not None else 0
            if tokenizer is not None:
                self._count("a")
        except Exception:  # a tokenizer may be any code and raise anything, but a picture needs no count
            self._tokenizer, self.limit = None, 0

    def count(self, prompt: str) -> TokenCount:
        """The number of tokens of `prompt` without special tokens, and the text beyond the limit."""
        if self._tokenizer is None:
            return TokenCount(0)
        try:
            return self._count(prompt)
        except Exception:  # as above
            return TokenCount(0)

    def _count(self, prompt: str) -> TokenCount:
        assert self._tokenizer is not None
        options = {"add_special_tokens": False, "truncation": False, "verbose": False}
        encoded = self._tokenizer(prompt, **options, return_offsets_mapping=self._tokenizer.is_fast)
        count = len(encoded["input_ids"])
        if not self.limit or count <= self.limit:
            return TokenCount(count)
        if self._tokenizer.is_fast:
            start, _ = encoded["offset_mapping"][self.limit]
            return TokenCount(count, prompt[start:].strip())
        return TokenCount(count, self._tokenizer.decode(encoded["input_ids"][self.limit :]).strip())
