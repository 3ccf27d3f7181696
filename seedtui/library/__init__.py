"""What is on disk: PNGs that describe themselves, and the journal of sessions."""
