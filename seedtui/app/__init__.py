"""The program without a screen: its state, and what changes it. Knows no Textual."""
