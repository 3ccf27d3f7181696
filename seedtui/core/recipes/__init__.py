"""Recipes: the settings an image is made with."""
