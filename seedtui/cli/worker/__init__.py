"""A worker driven from the command line."""
