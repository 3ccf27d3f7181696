"""One way of drawing pictures a module."""
