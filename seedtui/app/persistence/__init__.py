"""What is written to the library and read from it, in a background thread."""
