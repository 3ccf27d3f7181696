"""Prompts: their limits, alternatives in braces, and suffixes."""
