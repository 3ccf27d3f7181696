"""The user's settings and recipe files: their values, their TOML, and what is wrong with it."""
