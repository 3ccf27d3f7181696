"""Finds out what the terminal is and what it can show."""
