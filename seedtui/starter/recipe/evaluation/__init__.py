"""How good the trained model is."""
