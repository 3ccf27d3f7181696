"""Rounds as values: seeds, batches, and the lineage."""
