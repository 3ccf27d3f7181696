"""The Textual app. Knows no torch, no SQLite and no escape codes."""
