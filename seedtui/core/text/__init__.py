"""Text for people: what a terminal would obey is marked, numbers are spelled out."""
