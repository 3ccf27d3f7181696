"""Frozen values and pure functions: what a round is, not how it runs or how it is shown."""
