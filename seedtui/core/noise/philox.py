"""Normal numbers as an NVIDIA card draws them within one wave, computed on the CPU.

Philox 4x32-10 is from Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011). PyTorch uses it through
cuRAND: the key is the seed, the counter's upper half the number of the element, and its lower half the number of draws
before. The words are exact; the normal numbers equal the card's up to the rounding of sine and logarithm. These are
computed in double precision, as NumPy's in single precision depend on the kind of CPU.

`seedtui script` prints the functions below: they need nothing but numpy, and no name from elsewhere.
"""

from __future__ import annotations

import numpy as np


def philox(counter: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """Philox 4x32-10: (4, n) uint32 words for n counters of four words, the lowest first."""
    low, high = np.uint64(0xFFFFFFFF), np.uint64(32)
    c = [word.astype(np.uint64) for word in counter]
    for turn in range(10):
        k = [np.uint64((key[i] + turn * step) & 0xFFFFFFFF) for i, step in enumerate((0x9E3779B9, 0xBB67AE85))]
        a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(b >> high) ^ c[1] ^ k[0], b & low, (a >> high) ^ c[3] ^ k[1], a & low]
    return np.stack(c).astype(np.uint32)


def philox_normals(seed: int, count: int, draw: int) -> np.ndarray:
    """`count` normal numbers, float32, of the draw number `draw` (from 0) of a generator with that seed (0 to 2^64-1).

    Element i is the first value of subsequence i. A card does so up to its wave; here it holds for any count.
    """
    counter = np.zeros((4, count), np.uint32)
    counter[0], counter[1] = draw & 0xFFFFFFFF, draw >> 32
    counter[2] = np.arange(count, dtype=np.uint32)
    x, y = philox(counter, (seed & 0xFFFFFFFF, seed >> 32))[:2].astype(np.float32)
    step = np.float32(2**-32)
    u = x * step + step / np.float32(2)
    v = (y * step + step / np.float32(2)) * np.float32(2 * np.pi)
    normal: np.ndarray = np.sqrt(-2 * np.log(u.astype(np.float64))) * np.sin(v.astype(np.float64))
    return normal.astype(np.float32)
