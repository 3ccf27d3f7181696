"""Frozen values and pure functions: what a round is, and nothing of how it runs or is shown."""
