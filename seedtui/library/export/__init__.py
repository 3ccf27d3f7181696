"""Exports sessions and images for others."""
