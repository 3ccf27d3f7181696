"""What `seedtui bench` measures, and how it is told."""
