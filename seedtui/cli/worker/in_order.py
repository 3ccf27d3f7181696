"""Brings results that come in any order into the order in which they are shown."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def in_order(keys: Iterable[K], found: Iterable[tuple[K, V]]) -> Iterator[tuple[K, V]]:
    """The results `found`, each with its key, in the order of `keys`; each as soon as those before it are there."""
    waiting: dict[K, V] = {}
    results = iter(found)
    for key in keys:
        while key not in waiting:
            other, value = next(results)
            waiting[other] = value
        yield key, waiting.pop(key)
