"""The colours: quiet greys, and one accent for the pick."""

from __future__ import annotations

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
        "border-blurred": "#31363d",
        "text-muted": "#8a9199",
        "text-disabled": "#5b626b",
        "input-cursor-background": "#d8dbe0",
        "input-selection-background": "#3a4048",
        "footer-key-foreground": "#d8dbe0",
        "block-cursor-text-style": "none",
        "scrollbar": "#31363d",
        "scrollbar-background": "#121417",
    },
)


def check_theme(config: Config, key: str) -> None:
    """Check the ``theme`` setting.

    Raises:
        InputError: no such theme.
    """
    names = (DARK.name, *BUILTIN_THEMES)
    if config.theme not in names:
        raise InputError(f"there is no theme {quoted(config.theme)}", f"Available themes: {', '.join(names)}")
