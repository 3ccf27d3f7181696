"""Tests of seedtui; the folders mirror the package."""
