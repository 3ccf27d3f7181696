"""Prompts: limits, alternatives in braces, and suffixes."""
