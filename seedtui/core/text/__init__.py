"""Text for display: control characters made visible, numbers formatted."""
