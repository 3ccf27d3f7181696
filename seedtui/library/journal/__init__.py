"""The SQLite database of sessions and rounds: reading, writing, repair, rebuilding."""
