"""What is noted on images that a pool made."""

from __future__ import annotations


def unlike_note(worker: str) -> str:
    """On an image of `worker`, whose class is not that of its round."""
    return f"made on {worker}, unlike others of its round: low bits may differ"
