"""What the keys do, by the part of the app that they act on."""
