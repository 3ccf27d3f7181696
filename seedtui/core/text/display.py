"""The filter for untrusted text: characters that a terminal would obey, hide or reorder become visible marks.

Prompts, file names, metadata, settings and libraries' errors are stored unchanged and filtered here for display. Each
character becomes exactly one character, so positions in a text and in its displayed form agree.

Marks: ``⏎`` for a line break, Unicode's control pictures such as ``␛`` for other control characters, and ``�`` for
everything else: C1, bidi controls, zero-width and other invisible characters, lone surrogates.
"""

from __future__ import annotations

import re
from functools import cache

UNKNOWN = "�"

_MARKS = (
    {chr(code): chr(0x2400 + code) for code in range(0x20)} | dict.fromkeys("\n\x85\u2028\u2029", "⏎") | {"\x7f": "␡"}
)

_EMOJI = "\u203c-\u3299\U0001f000-\U0001faff"
_JOINING = "\u0620-\u109f\u1700-\u1cff\ua800-\uabff\U00010a00-\U00011fff"
"""Asian and African scripts in which an invisible character makes letters join or keeps them apart."""

_IDEOGRAPHS = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

_CONTROL = "\\x00-\\x1f\\x7f-\\x9f"
_BREAKS_AND_BIDI = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_JOINERS = "\u200c\u200d"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_MONGOLIAN = "\u180b-\u180f"
_INVISIBLE = (  # Unicode's Default_Ignorable_Code_Point without the above, and its other format controls
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_SURROGATES = "\ud800-\udfff"
_PLACEHOLDER = "\U0010eeee"
"""kitty's image placeholder: kitty replaces it with part of a picture that it has received."""

_OBEYED = f"[{_CONTROL}{_BREAKS_AND_BIDI}{_INVISIBLE}{_SURROGATES}]"
_HIDDEN = (
    f"[{_CONTROL}{_BREAKS_AND_BIDI}{_INVISIBLE}{_SURROGATES}{_PLACEHOLDER}]"
    # Joiners and variation selectors are part of the spelling in some scripts and in emoji: keep them there.
    f"|(?<![{_JOINING}{_EMOJI}\ufe0f])[{_JOINERS}]"
    f"|(?<![#*0-9©®{_EMOJI}{_IDEOGRAPHS}])[{_SELECTORS}]"
    f"|(?<![\u1820-\u18aa])[{_MONGOLIAN}]"
)


def visible(text: object) -> str:
    """`text` on one line, of the same length, with marks for characters that a terminal would obey or hide."""
    text = str(text)
    return text if text.isascii() and text.isprintable() else _compiled(_HIDDEN).sub(_mark, text)


def visible_lines(text: object) -> str:
    """Like `visible`, but keeps line feeds: for text whose line breaks are ours."""
    return "\n".join(map(visible, str(text).split("\n")))


def is_hidden(text: str) -> bool:
    """Whether `visible` would change `text`."""
    return visible(text) != text


def escaped(text: str) -> str:
    """`text` with a TOML escape (``\\u202E``, ``\\U000E0041``) for each character that `visible` would mark."""
    return _compiled(_HIDDEN).sub(lambda found: _escape(ord(found[0])), text)


def harmless(text: str) -> str:
    """The last filter before the terminal, for whole screen lines, in which kitty's placeholders must survive."""
    return text if text.isprintable() else _compiled(_OBEYED).sub(_mark, text)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled on first use: this takes 13 ms, which the first frame should not wait for."""
    return re.compile(pattern)


def _escape(code: int) -> str:
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _mark(found: re.Match[str]) -> str:
    return _MARKS.get(found[0], UNKNOWN)
