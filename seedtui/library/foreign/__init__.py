"""Reads how images of other programs were made, with one module per program or format."""
