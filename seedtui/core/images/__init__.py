"""Images as values: pixels, the record of how they were made, and how they are compared."""
