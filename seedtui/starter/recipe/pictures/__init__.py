"""Training pictures: scenes, their captions, and their encoded form."""
