"""The drawings from which the training pictures are composed."""
