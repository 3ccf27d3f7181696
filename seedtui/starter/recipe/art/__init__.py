"""The drawings that the training pictures are composed of."""
