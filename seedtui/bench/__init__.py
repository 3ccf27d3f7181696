"""What `seedtui bench` measures, and its report."""
