"""How a worker tells its client why it ended."""

from __future__ import annotations

DEVICE_FAILED = 70
"""The exit code of a worker whose device no longer works in this process."""

LEAVING = "leaving: "
"""The start of the last log line of a worker that ended on its own; the reason follows."""


def is_device_failure(error: Exception) -> bool:
    """Whether `error` makes the device unusable for the rest of the process. Running out of memory does not."""
    text = f"{type(error).__name__}: {error}"
    return "OutOfMemory" not in text and "out of memory" not in text and (
        "CUDA error" in text or "HIP error" in text or "AcceleratorError" in text
    )  # fmt: skip
