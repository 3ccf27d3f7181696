"""Training pictures: scenes, captions, and compositions."""
