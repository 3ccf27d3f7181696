"""Output to the terminal: pacing, throttling, the clipboard, printed pictures."""
