"""Brush strokes that follow a picture's form: line integral convolution along its edges."""

import numpy as np


def blurred(plane: np.ndarray, radius: float) -> np.ndarray:
    """A float plane of any range, blurred; `radius` in pixels."""
    plane = plane.astype(np.float32)
    for _ in range(3):  # three box blurs approximate a Gaussian
        plane = _boxed(plane, max(round(radius), 1))
    return plane


def _boxed(plane: np.ndarray, reach: int) -> np.ndarray:
    for axis in (0, 1):
        padded = np.pad(plane, [(reach + 1, reach) if at == axis else (0, 0) for at in (0, 1)], mode="edge")
        sums = padded.cumsum(axis, dtype=np.float64)
        size = plane.shape[axis]
        upper = np.take(sums, range(2 * reach + 1, 2 * reach + 1 + size), axis)
        lower = np.take(sums, range(size), axis)
        plane = ((upper - lower) / (2 * reach + 1)).astype(np.float32)
    return plane


def flow_of(planes: np.ndarray, fine: float = 3, broad: float = 14) -> tuple[np.ndarray, np.ndarray]:
    """The direction along edges at each pixel, as (down, right) of length 1; `planes` is (side, side, channels)."""
    down, right = np.gradient(planes, axis=(0, 1))
    tensors = [(down * down).sum(-1), (right * right).sum(-1), (down * right).sum(-1)]
    # The broad part extends the direction of the nearest edges into uniform areas.
    dd, rr, dr = (blurred(part, fine) + 0.15 * blurred(part, broad) for part in tensors)
    across = 0.5 * np.arctan2(2 * dr, rr - dd)
    return np.cos(across), -np.sin(across)


def along(planes: np.ndarray, flow: tuple[np.ndarray, np.ndarray], reach: int) -> np.ndarray:
    """`planes` (side, side, channels) averaged along `flow`, `reach` pixels in both directions."""
    side = planes.shape[0]
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float32)
    total, count = planes.astype(np.float32).copy(), 1
    for sign in (1, -1):
        at_row, at_column = rows.copy(), columns.copy()
        before = (sign * flow[0], sign * flow[1])
        for _ in range(reach):
            near = (
                np.clip(at_row.round(), 0, side - 1).astype(int),
                np.clip(at_column.round(), 0, side - 1).astype(int),
            )
            step = flow[0][near], flow[1][near]
            # The sign of a direction is arbitrary: keep going the same way.
            turn = np.where(step[0] * before[0] + step[1] * before[1] < 0, -1, 1)
            before = (step[0] * turn, step[1] * turn)
            at_row, at_column = at_row + before[0], at_column + before[1]
            total += sampled(planes, at_row, at_column)
            count += 1
    return total / count


def sampled(planes: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """`planes` at positions between pixels, bilinear, with the border repeated."""
    side = planes.shape[0]
    rows, columns = np.clip(rows, 0, side - 1.001), np.clip(columns, 0, side - 1.001)
    top, left = rows.astype(int), columns.astype(int)
    down, right = (rows - top)[..., None], (columns - left)[..., None]
    upper = planes[top, left] * (1 - right) + planes[top, left + 1] * right
    lower = planes[top + 1, left] * (1 - right) + planes[top + 1, left + 1] * right
    result: np.ndarray = upper * (1 - down) + lower * down
    return result


def bristles(rng: np.random.Generator, flow: tuple[np.ndarray, np.ndarray], reach: int = 13) -> np.ndarray:
    """The texture of a brush along `flow`: (side, side), mean 0, standard deviation 1, clipped to ±2.2."""
    side = flow[0].shape[0]
    noise = blurred(rng.normal(size=(side, side)).astype(np.float32), 2)[..., None]
    streaks = along(noise, flow, reach)[..., 0]
    result: np.ndarray = np.clip((streaks - streaks.mean()) / streaks.std(), -2.2, 2.2)
    return result
