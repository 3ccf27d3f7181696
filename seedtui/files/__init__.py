"""Opens, reads and parses untrusted files within limits, with error messages in plain words.

All untrusted files are read through this package: model folders, settings, recipes, pictures, caches.
"""
