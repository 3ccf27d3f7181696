"""The renderers, one per mode of drawing pictures."""
