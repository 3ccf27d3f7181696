"""The user's settings and recipe files: values, TOML, and validation errors."""
