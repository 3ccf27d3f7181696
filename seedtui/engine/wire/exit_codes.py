"""How a worker ends, as its client reads it."""

from __future__ import annotations

DEVICE_FAILED = 70
"""The exit code of a worker whose device does not work any more in this process."""

LEAVING = "leaving: "
"""How the last line of its log begins, if it left by itself; why follows."""


def is_device_failure(error: Exception) -> bool:
    """Whether `error` leaves the device unusable until the process is a new one; out of memory does not."""
    text = f"{type(error).__name__}: {error}"
    return "OutOfMemory" not in text and "out of memory" not in text and (
        "CUDA error" in text or "HIP error" in text or "AcceleratorError" in text
    )  # fmt: skip
