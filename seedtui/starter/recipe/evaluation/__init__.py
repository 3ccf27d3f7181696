"""Evaluates the trained model."""
