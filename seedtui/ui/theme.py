"""The colours: quiet greys, and one accent for the pick. Every theme is made readable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from seedtui.core.config.settings import Config
from seedtui.core.errors import InputError, quoted

DARK = Theme(
    name="seedtui",
    primary="#8a9199",
    secondary="#8a9199",
    accent="#f2a65a",
    foreground="#d8dbe0",
    background="#121417",
    surface="#16191d",
    panel="#1c2025",
    warning="#d9b45a",
    error="#d96a6a",
    success="#8fae7f",
    dark=True,
    variables={
        "border": "#5b626b",
        "border-blurred": "#464c54",
        "text-muted": "#9ea4ac",
        "text-disabled": "#7f868e",
        "input-cursor-background": "#d8dbe0",
        "input-selection-background": "#3a4048",
        "footer-key-foreground": "#d8dbe0",
        "block-cursor-text-style": "none",
        "scrollbar": "#31363d",
        "scrollbar-background": "#121417",
    },
)

LIGHT = Theme(
    name="seedtui-light",
    primary="#565d66",
    secondary="#565d66",
    accent="#96470a",
    foreground="#24282d",
    background="#f8f7f4",
    surface="#f1efea",
    panel="#e9e7e1",
    warning="#7a5600",
    error="#a02c2c",
    success="#3a652b",
    dark=False,
    variables={
        "border": "#7d838b",
        "border-blurred": "#a4a8ad",
        "text-muted": "#535a62",
        "text-disabled": "#666d75",
        "surface-lighten-1": "#e9e6df",
        "surface-lighten-2": "#e0dcd3",
        "input-cursor-background": "#24282d",
        "input-selection-background": "#ccd2d9",
        "footer-key-foreground": "#24282d",
        "block-cursor-text-style": "none",
        "scrollbar": "#c6c3bb",
        "scrollbar-background": "#f8f7f4",
    },
)

OURS = (DARK, LIGHT)

GROUNDS = ("background", "surface", "surface-lighten-1", "surface-lighten-2")
"""What text and frames lie on; the last two are the cursor's rows."""

TEXTS = (
    "foreground", "accent", "text-muted", "text-disabled", "text-warning", "text-error", "text-success", "text-accent",
)  # fmt: skip
LINES = ("border", "border-blurred")
NOT_IN_ROWS = ("text-disabled",)
"""Texts that never lie on the cursor's row."""

TEXT_CONTRAST, LINE_CONTRAST, ROW_CONTRAST = 4.5, 2.0, 1.12
"""The least contrast (WCAG) of text with each ground, of frames with the background, of the cursor's row with it."""


def offered() -> tuple[str, ...]:
    """The names of the themes to choose from: not those whose colours the terminal decides, which may be unreadable."""
    return (*(theme.name for theme in OURS), *(name for name, theme in BUILTIN_THEMES.items() if not theme.ansi))


def usable(name: str) -> str:
    """The theme `name`, or ours in its place if it is not offered."""
    if name in offered():
        return name
    return LIGHT.name if name in BUILTIN_THEMES and not BUILTIN_THEMES[name].dark else DARK.name


def check_theme(config: Config, key: str) -> None:
    """Check the ``theme`` setting. One that is not offered any more is no error: the app says so, and uses ours.

    Raises:
        InputError: no such theme.
    """
    if config.theme not in (*offered(), *BUILTIN_THEMES):
        raise InputError(f"there is no theme {quoted(config.theme)}", f"Available themes: {', '.join(offered())}")


def readable(variables: Mapping[str, str]) -> dict[str, str]:
    """A theme's CSS `variables`, with each colour of text and frames brought as far from its ground as it needs."""
    found = dict(variables)
    ground = Color.parse(found["background"])
    far = _far(ground)
    for name, share in (("surface-lighten-1", 0.06), ("surface-lighten-2", 0.1)):
        if contrast(Color.parse(found[name]), ground) < ROW_CONTRAST:
            found[name] = ground.blend(far, share, alpha=1.0).hex
    grounds = [Color.parse(found[name]) for name in GROUNDS]
    for name in TEXTS:
        found[name] = _distinct(found[name], grounds[:2] if name in NOT_IN_ROWS else grounds, TEXT_CONTRAST)
    for name in LINES:
        found[name] = _distinct(found[name], [ground], LINE_CONTRAST)
    rows = [ground + Color.parse(found["block-cursor-background"])]
    found["block-cursor-foreground"] = _distinct(found["block-cursor-foreground"], rows, TEXT_CONTRAST)
    return found


def contrast(one: Color, other: Color) -> float:
    """WCAG's contrast ratio of two opaque colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def seen(words: str, ground: Color) -> Color:
    """A CSS colour, perhaps translucent or chosen by its ground, as it looks on `ground`."""
    if words.startswith("auto"):
        share = words.partition(" ")[2].rstrip("%")
        return ground + ground.get_contrast_text(float(share or 100) / 100)
    return ground + Color.parse(words)


def _distinct(words: str, grounds: Iterable[Color], least: float) -> str:
    """The colour, blended with black or white until its contrast with all `grounds` is enough."""
    grounds = list(grounds)
    if all(contrast(seen(words, ground), ground) >= least for ground in grounds):
        return words
    colour, far = seen(words, grounds[0]), _far(grounds[0])
    steps = (colour.blend(far, step / 25, alpha=1.0) for step in range(26))
    enough = (c for c in steps if all(contrast(c, ground) >= least for ground in grounds))
    return next(enough, far).hex


def _far(ground: Color) -> Color:
    return max(Color(0, 0, 0), Color(255, 255, 255), key=lambda end: contrast(end, ground))


def _luminance(colour: Color) -> float:
    parts = (part / 255 for part in colour.rgb)
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
