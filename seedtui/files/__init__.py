"""Files that anybody may have written: opened, read and parsed within bounds, and what went wrong in plain words.

Every reader of a foreign file goes through here: model folders, settings, recipes, pictures, caches.
"""
