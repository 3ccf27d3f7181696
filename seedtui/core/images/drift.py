"""How far the images of each row of a grid drift from the one in the column of the pick.

NumPy is imported only when needed.
"""

from __future__ import annotations

from collections.abc import Mapping


def rows_by_drift(sketches: Mapping[int, bytes], columns: int, rows: int, column: int) -> tuple[int, ...]:
    """The rows of a grid of `columns` by `rows` images, the one first whose images differ most from that in `column`.

    `sketches` are blurred images of equal size by index, three bytes for each pixel. The drift of a row is the mean
    distance of its other images; rows that have no two images yet come last.
    """
    import numpy as np

    def drift(row: int) -> float:
        own = sketches.get(row * columns + column)
        others = [sketches[i] for i in range(row * columns, (row + 1) * columns) if i in sketches]
        if own is None or len(others) < 2:
            return -1.0
        values = np.frombuffer(b"".join(others), np.uint8).reshape(len(others), -1).astype(np.float32)
        apart = np.sqrt(np.square(values - np.frombuffer(own, np.uint8)).mean(axis=1))
        return float(apart.sum()) / (len(others) - 1)

    drifts = [drift(row) for row in range(rows)]
    return tuple(sorted(range(rows), key=lambda row: (-drifts[row], row)))
