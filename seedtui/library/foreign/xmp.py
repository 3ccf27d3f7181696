"""Reads the texts in a block of XMP that say how an image was made.

It is searched, not parsed: an XML parser would need protection against entity expansion attacks.
"""

from __future__ import annotations

import html
import re

_FIELDS = {
    "exif:UserComment": "UserComment",
    "dc:description": "Description",
    "xmp:CreatorTool": "CreatorTool",
}


def read(block: str) -> dict[str, str]:
    """The fields of the XMP packet `block` that image generators write."""
    found = {}
    for field, name in _FIELDS.items():
        text = _element(block, field)
        if text is None:
            text = _attribute(block, field)
        if text is not None:
            found[name] = html.unescape(text)
    return found


def _element(block: str, field: str) -> str | None:
    """The content of the element `field`, in its first language."""
    start = block.find(f"<{field}>")
    end = block.find(f"</{field}>", start)
    if start < 0 or end < 0:
        return None
    inside = block[start + len(field) + 2 : end]
    item = inside.find("<rdf:li")
    if item < 0:
        return inside.strip()
    begin, close = inside.find(">", item), inside.find("</rdf:li>", item)
    return inside[begin + 1 : close] if 0 <= begin < close else None


def _attribute(block: str, field: str) -> str | None:
    match = re.search(re.escape(field) + r"""\s{0,9}=\s{0,9}("[^"]*"|'[^']*')""", block)
    return match[1][1:-1] if match else None
