"""Rounds as values: seeds, batches, and which round came of which."""
