"""What the app knows, as frozen values."""
