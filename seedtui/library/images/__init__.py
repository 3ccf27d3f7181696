"""Images as files: PNGs with their records inside, their names, sheets."""
