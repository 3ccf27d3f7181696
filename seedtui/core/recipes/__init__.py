"""Recipes: the settings that an image is made with."""
