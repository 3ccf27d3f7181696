"""Records that share what is equal in them: those of thousands of images then take little memory."""

from __future__ import annotations

import msgspec

from seedtui.core.images.record import ImageRecord

_PARTS = ("prompt", "suffix", "recipe", "environment", "round_id", "parent", "batch", "adjustments", "form", "template",
          "stop", "axes")  # fmt: skip


class SharedParts:
    """Remembers the parts of the last record: the images of a round come one after the other."""

    def __init__(self) -> None:
        self._last: ImageRecord | None = None

    def share(self, record: ImageRecord) -> ImageRecord:
        """`record`, with those parts of the one before that are equal."""
        if (last := self._last) is not None:
            pairs = ((name, getattr(last, name), getattr(record, name)) for name in _PARTS)
            record = msgspec.structs.replace(record, **{name: old for name, old, new in pairs if old == new})
        self._last = record
        return record
