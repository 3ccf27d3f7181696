"""One module for each program whose images are read."""
