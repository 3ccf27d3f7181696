"""Images as files: PNGs with their records inside, file names, and sheets."""
