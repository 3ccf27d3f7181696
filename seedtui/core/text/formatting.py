"""Numbers, sizes and times as text."""

from __future__ import annotations


def counted(count: int, thing: str, things: str = "") -> str:
    """For example ``1 round`` or ``10,000 rounds``; `things` is the plural if it is not `thing` with an s."""
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"


def size_in_words(size: float) -> str:
    """`size` in bytes as text, for example ``38 MB``."""
    for power, unit in ((12, "TB"), (9, "GB"), (6, "MB"), (3, "kB")):
        amount = size / 10**power
        if amount >= 0.9995:
            return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"
    return f"{size:.0f} bytes"


def time_in_words(seconds: float) -> str:
    """For example ``8 s`` or ``2 min 05 s``."""
    whole = max(1, round(seconds))
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole} s" if whole < 90 else f"{whole // 60} min {whole % 60:02d} s"


def nth(number: int) -> str:
    """For example ``1st``, ``2nd`` or ``11th``."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number:,}{ending}"


def age_in_words(seconds: float) -> str:
    """How long ago something was, for example ``now``, ``5 min``, ``2 h``, ``3 d``, ``4 mo``."""
    for unit, length in (("y", 31_557_600), ("mo", 2_629_800), ("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length * (2 if unit == "mo" else 1):
            return f"{int(seconds // length)} {unit}"
    return "now"
