"""Images as values: pixels, the record of how they were made, and whether two are the same."""
